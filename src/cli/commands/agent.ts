import { setFlagsFromString } from 'node:v8';
import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runAgentDaemon, UserError } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import { type Command, textFlag } from '../command.ts';

export const agent: Command = {
  use: 'agent',
  short: 'Run what a node needs (kubelet, proxy, DNS), in the foreground and inside the node’s namespaces',
  flags: [...clusterFlags, { flags: '--node <name>', description: 'which node of the cluster' }],
  async run(io, _args, flags) {
    const config = existingCluster(flags);
    const node = textFlag(flags, 'node');
    if (!config.nodes.includes(node)) throw new UserError(`"${node}" is no node of cluster "${config.name}": ${config.nodes.join(', ')}`);
    const daemon = becomeDaemon({ component: 'agent', signal: io.signal });
    // Loaded code is never optimised for long here: less memory for the same work. On the command line it would drop Node's own code cache.
    setFlagsFromString('--optimize-for-size');
    await runAgentDaemon(config, { daemon, node, clock: realClock, rng: systemRng });
    return 0;
  },
};
