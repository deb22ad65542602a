import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runServerDaemon } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const server: Command = {
  use: 'server',
  short: 'Run the control plane of a cluster that was made by up, in the foreground',
  flags: clusterFlags,
  async run(io, _args, flags) {
    const daemon = becomeDaemon({ component: 'server', signal: io.signal });
    await runServerDaemon(existingCluster(flags), { daemon, entry: io.entry, clock: realClock, rng: systemRng });
    return 0;
  },
};
