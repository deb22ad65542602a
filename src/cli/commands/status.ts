import { files, keeperStatus, processMemory } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const status: Command = {
  use: 'status',
  short: 'Show the processes of a cluster and the memory they use',
  flags: clusterFlags,
  async run(io, _args, flags) {
    const config = existingCluster(flags);
    const parts = await keeperStatus(files.keeperSocket(config.dataDir));
    if (!parts) {
      io.out(`Cluster "${config.name}" is down.\n`);
      return 1;
    }
    io.out(`Cluster "${config.name}": https://127.0.0.1:${config.port}, data in ${config.dataDir}\n`);
    io.out(`${'PART'.padEnd(24)}${'PID'.padEnd(10)}${'READY'.padEnd(8)}${'RESTARTS'.padEnd(10)}${'MEMORY'.padEnd(10)}LAST EXIT\n`);
    for (const p of parts) {
      const memory = p.pid === undefined ? '' : `${Math.round(processMemory(p.pid) / 1024 / 1024)} MiB`;
      io.out(
        `${p.name.padEnd(24)}${String(p.pid ?? '-').padEnd(10)}${String(p.ready).padEnd(8)}${String(p.restarts).padEnd(10)}${memory.padEnd(10)}${p.lastExit ?? ''}\n`,
      );
    }
    return parts.every((p) => p.ready) ? 0 : 1;
  },
};
