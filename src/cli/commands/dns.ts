import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runDnsDaemon } from '../../cluster/index.ts';
import type { Command } from '../command.ts';
import { addressFlag, endpointOf, kubeconfigFlag, listFlag, needed, portFlag } from '../daemon-flags.ts';

export const dns: Command = {
  use: 'dns',
  short: 'Run the cluster’s DNS server alone, in the foreground',
  flags: [
    kubeconfigFlag,
    { flags: '--bind-address <address>', description: 'listen here', default: '0.0.0.0' },
    { flags: '--port <number>', description: 'listen here, UDP and TCP', default: '53' },
    { flags: '--cluster-domain <domain>', description: 'names below it are the cluster’s', default: 'cluster.local' },
    {
      flags: '--upstream <address>',
      description: 'ADDRESS or ADDRESS:PORT of a server for other names; without one they are refused',
      repeatable: true,
    },
  ],
  async run(io, _args, flags) {
    const options = {
      kubeconfig: needed(flags, 'kubeconfig'),
      domain: needed(flags, 'cluster-domain').replace(/\.$/, ''),
      address: addressFlag(flags, 'bind-address'),
      port: portFlag(flags, 'port'),
      upstreams: listFlag(flags, 'upstream').map((text) => endpointOf(text, 'upstream', 53)),
      clock: realClock,
      rng: systemRng,
    };
    const daemon = becomeDaemon({ component: 'dns', signal: io.signal });
    await runDnsDaemon({ ...options, daemon });
    return 0;
  },
};
