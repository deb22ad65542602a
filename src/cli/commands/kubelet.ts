import { existsSync } from 'node:fs';
import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runKubeletDaemon, UserError } from '../../cluster/index.ts';
import type { Command, FlagValues } from '../command.ts';
import {
  addressFlag,
  boolFlag,
  hostAddress,
  hostnameFlag,
  kubeconfigFlag,
  listFlag,
  needed,
  nodeNameOf,
  optional,
  portFlag,
} from '../daemon-flags.ts';

export const kubelet: Command = {
  use: 'kubelet',
  short: 'Run the kubelet alone over a container runtime, in the foreground',
  flags: [
    kubeconfigFlag,
    { flags: '--bootstrap-kubeconfig <file>', description: 'as whom to ask for the node’s certificate, where --kubeconfig is not there yet' },
    { flags: '--cert-dir <folder>', description: 'the node’s certificates', default: '/var/lib/kubelet/pki' },
    { flags: '--root-dir <folder>', description: 'volumes and state of pods', default: '/var/lib/kubelet' },
    hostnameFlag,
    { flags: '--node-ip <address>', description: 'the node’s address (default: the first of this host)' },
    { flags: '--container-runtime-endpoint <url>', description: 'CRI socket', default: 'unix:///run/containerd/containerd.sock' },
    { flags: '--cluster-dns <address>', description: 'DNS servers that pods are told of', repeatable: true },
    { flags: '--cluster-domain <domain>', description: 'domain that pods search', default: 'cluster.local' },
    { flags: '--cgroup-root <group>', description: 'pods’ groups are made below it', default: 'kubets' },
    { flags: '--port <number>', description: 'serve here', default: '10250' },
    {
      flags: '--rotate-server-certificates [bool]',
      description: 'ask the cluster for a certificate to serve with; else one is made here',
      default: false,
    },
  ],
  async run(io, _args, flags) {
    const options = optionsOf(flags);
    const daemon = becomeDaemon({ component: 'kubelet', signal: io.signal });
    await runKubeletDaemon({ ...options, daemon });
    return 0;
  },
};

function optionsOf(flags: FlagValues) {
  const kubeconfig = needed(flags, 'kubeconfig');
  const bootstrapKubeconfig = optional(flags, 'bootstrap-kubeconfig');
  if (bootstrapKubeconfig === '' && !existsSync(kubeconfig))
    throw new UserError(`--kubeconfig: ${kubeconfig} is not there, and --bootstrap-kubeconfig, which would make it, is missing`);
  const cgroupParent = optional(flags, 'cgroup-root').replaceAll(/^\/+|\/+$/g, '');
  if (cgroupParent === '') throw new UserError('--cgroup-root takes a group below the root');
  return {
    kubeconfig,
    ...(bootstrapKubeconfig === '' ? {} : { bootstrapKubeconfig }),
    certDir: needed(flags, 'cert-dir'),
    rootDir: needed(flags, 'root-dir'),
    nodeName: nodeNameOf(flags),
    address: addressFlag(flags, 'node-ip') || hostAddress('node-ip'),
    containerRuntimeEndpoint: needed(flags, 'container-runtime-endpoint'),
    clusterDns: listFlag(flags, 'cluster-dns'),
    clusterDomain: needed(flags, 'cluster-domain'),
    cgroupParent,
    port: portFlag(flags, 'port'),
    serverCertificate: boolFlag(flags, 'rotate-server-certificates') ? ('requested' as const) : ('self-signed' as const),
    clock: realClock,
    rng: systemRng,
  };
}
