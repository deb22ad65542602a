import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runSchedulerDaemon } from '../../cluster/index.ts';
import type { Command } from '../command.ts';
import { electionFlags, electionOf, kubeconfigFlag, needed } from '../daemon-flags.ts';

export const scheduler: Command = {
  use: 'scheduler',
  short: 'Run the scheduler alone, in the foreground',
  flags: [kubeconfigFlag, ...electionFlags],
  async run(io, _args, flags) {
    const options = { kubeconfig: needed(flags, 'kubeconfig'), election: electionOf(flags), clock: realClock, rng: systemRng };
    const daemon = becomeDaemon({ component: 'scheduler', signal: io.signal });
    return (await runSchedulerDaemon({ ...options, daemon })) === 'stopped' ? 0 : 1;
  },
};
