import type { Clock, Logger } from '../../base/index.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { cgroupPath, joinCgroup } from '../host/cgroup.ts';
import { enter, namespacesOf } from '../host/namespaces.ts';
import { Keeper, type Part } from '../keeper/keeper.ts';

/** A key `__proto__` of a client is data: the accessor by that name is taken out of our processes. */
const commonFlags = ['--disable-proto=delete'];
/** V8 would let the nursery grow to 100 MiB in a burst and never give it back; this much costs no throughput that could be measured. */
const serverFlags = [...commonFlags, '--max-semi-space-size=8'];
/** An agent idles most of its life: small nurseries cost it nothing and save 20 MiB. */
const agentFlags = [...commonFlags, '--max-semi-space-size=2'];

/** Keeps the processes of one cluster until `signal` aborts or `kubets down` asks for the end. */
export async function runKeeperDaemon(
  config: ClusterConfig,
  options: { readonly entry: string; readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const asRoot = process.getuid?.() === 0;
  const into = (group: string) => (asRoot ? { started: (pid: number) => joinCgroup(group, pid) } : {});
  if (asRoot) joinCgroup(cgroupPath(config.name, 'control'), process.pid);
  const { dataDir, name } = config;
  const server: Part = {
    name: 'server',
    command: ['env', 'MALLOC_ARENA_MAX=1', process.execPath, ...serverFlags, options.entry, 'server', '--data-dir', dataDir, '--name', name],
    logFile: files.log(dataDir, 'server'),
    ...into(cgroupPath(name, 'control')),
  };
  const agents = config.nodes.map((node): Part => ({
    name: `agent ${node}`,
    command: [
      'env',
      'MALLOC_ARENA_MAX=1',
      ...enter(
        namespacesOf(name, node, 'node'),
        process.execPath,
        ...agentFlags,
        options.entry,
        'agent',
        '--data-dir',
        dataDir,
        '--name',
        name,
        '--node',
        node,
      ),
    ],
    logFile: files.log(dataDir, `agent-${node}`),
    // A leaf: in cgroup v2 a group whose children have controllers holds no processes itself.
    ...into(`${cgroupPath(name, node)}/system`),
  }));
  const keeper = new Keeper({ parts: [server, ...agents], socketPath: files.keeperSocket(dataDir), clock: options.clock, logger: options.logger });
  options.signal.addEventListener('abort', () => void keeper.stop(), { once: true });
  await keeper.start();
  await keeper.stopped();
}
