import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runProxyDaemon, UserError } from '../../cluster/index.ts';
import type { Command } from '../command.ts';
import { cidrsFlag, hostnameFlag, kubeconfigFlag, needed, nodeNameOf } from '../daemon-flags.ts';

export const proxy: Command = {
  use: 'proxy',
  short: 'Run kube-proxy alone for this network namespace, in the foreground',
  flags: [
    kubeconfigFlag,
    hostnameFlag,
    { flags: '--cluster-cidr <range>', description: 'range of pod addresses: what comes from elsewhere is masqueraded on its way to a ClusterIP' },
  ],
  async run(io, _args, flags) {
    const kubeconfig = needed(flags, 'kubeconfig');
    needed(flags, 'cluster-cidr');
    const clusterCidr = cidrsFlag(flags, 'cluster-cidr').find((c) => !c.includes(':'));
    if (clusterCidr === undefined) throw new UserError('--cluster-cidr needs an IPv4 range');
    const options = { kubeconfig, clusterCidr, nodeName: nodeNameOf(flags), clock: realClock, rng: systemRng };
    const daemon = becomeDaemon({ component: 'proxy', signal: io.signal });
    await runProxyDaemon({ ...options, daemon });
    return 0;
  },
};
