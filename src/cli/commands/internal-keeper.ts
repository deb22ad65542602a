import { realClock } from '../../base/index.ts';
import { becomeDaemon, runKeeperDaemon } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const internalKeeper: Command = {
  use: 'internal-keeper',
  short: 'Keep the processes of a cluster (started by up)',
  hidden: true,
  flags: clusterFlags,
  async run(io, _args, flags) {
    const { logger, signal } = becomeDaemon({ component: 'keeper', signal: io.signal });
    await runKeeperDaemon(existingCluster(flags), { entry: io.entry, clock: realClock, logger, signal });
    return 0;
  },
};
