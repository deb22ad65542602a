import { realClock, systemRng } from '../../base/index.ts';
import { defaultUpTimeoutMs, files, readClusterConfig, thisMachine, upCluster } from '../../cluster/index.ts';
import { clusterFlags, clusterOf, numberFlag } from '../cluster-flags.ts';
import { type Command, textFlag } from '../command.ts';

export const up: Command = {
  use: 'up',
  short: 'Start a cluster, or start it again as it was',
  example: 'kubets up --nodes 2',
  flags: [
    ...clusterFlags,
    { flags: '--nodes <number>', description: 'nodes with real containers; 0 = an API server alone', default: '1' },
    { flags: '--port <number>', description: 'of the API server on 127.0.0.1', default: '6443' },
    { flags: '--no-egress', description: 'give pods no way out of the cluster, and change nothing of this host’s forwarding' },
    { flags: '--in-memory', description: 'keep no objects on disk' },
    { flags: '--container-runtime-endpoint <url>', description: 'a CRI socket to use in place of a containerd for each node' },
  ],
  async run(io, _args, flags) {
    const { name, dataDir } = clusterOf(flags);
    const started = realClock.monotonicMs();
    const existing = readClusterConfig(dataDir) !== undefined;
    const endpoint = textFlag(flags, 'containerRuntimeEndpoint');
    io.out(`${existing ? 'Starting' : 'Creating'} cluster "${name}"\n`);
    const config = await upCluster({
      name,
      dataDir,
      nodes: numberFlag(flags, 'nodes', { min: 0, max: 100 }),
      port: numberFlag(flags, 'port', { min: 1, max: 65_535 }),
      egress: flags['egress'] !== false,
      inMemory: flags['inMemory'] === true,
      ...(endpoint === '' ? {} : { containerRuntimeEndpoint: endpoint }),
      entry: io.entry,
      timeoutMs: defaultUpTimeoutMs,
      machine: thisMachine,
      clock: realClock,
      rng: systemRng,
      progress: (text) => io.out(`  ${((realClock.monotonicMs() - started) / 1000).toFixed(1).padStart(5)} s  ${text}\n`),
    });
    const seconds = ((realClock.monotonicMs() - started) / 1000).toFixed(1);
    io.out(`Cluster "${name}" is up after ${seconds} s: https://127.0.0.1:${config.port}, context "${name}".\n`);
    io.out(`\n  kubectl get nodes\n  kubectl create deployment web --image=…   (load images first: kubets image load FILE)\n  kubets down\n\n`);
    io.out(`Logs: ${files.log(dataDir, 'server')}\n`);
    return 0;
  },
};
