import { listImages } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const imageList: Command = {
  use: 'image list',
  short: 'List the images of every node',
  flags: clusterFlags,
  async run(io, _args, flags) {
    const config = existingCluster(flags);
    for (const node of config.nodes) for (const name of await listImages(config, node)) io.out(`${node}: ${name}\n`);
    return 0;
  },
};
