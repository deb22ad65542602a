import { downCluster, UserError } from '../../cluster/index.ts';
import { clusterFlags, clusterOf } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const down: Command = {
  use: 'down',
  short: 'Stop a cluster and remove all it made on this host but its data',
  example: 'kubets down --delete',
  flags: [...clusterFlags, { flags: '--delete', description: 'remove its data too, and its kubeconfig context' }],
  async run(io, _args, flags) {
    const cluster = clusterOf(flags);
    const existed = await downCluster({ ...cluster, deleteData: flags['delete'] === true });
    if (!existed && flags['delete'] !== true) throw new UserError(`there is no cluster "${cluster.name}" in ${cluster.dataDir}`);
    io.out(`Cluster "${cluster.name}" is down${flags['delete'] === true ? ' and deleted' : ''}.\n`);
    return 0;
  },
};
