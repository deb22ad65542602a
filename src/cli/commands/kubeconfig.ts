import { readFileSync } from 'node:fs';
import { files } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const kubeconfig: Command = {
  use: 'kubeconfig',
  short: 'Print a kubeconfig for the administrator of a cluster',
  example: 'kubets kubeconfig > kubets.conf',
  flags: clusterFlags,
  async run(io, _args, flags) {
    io.out(readFileSync(files.adminKubeconfig(existingCluster(flags).dataDir), 'utf8'));
    return 0;
  },
};
