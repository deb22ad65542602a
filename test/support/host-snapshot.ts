import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostLink } from '../../src/cluster/host/fabric.ts';

/** What a cluster could leave behind on this host, as lines to compare. */
export interface HostSnapshot {
  readonly processes: readonly string[];
  readonly links: readonly string[];
  readonly routes: readonly string[];
  readonly tables: readonly string[];
  readonly mounts: readonly string[];
  readonly cgroups: readonly string[];
  readonly runFolder: readonly string[];
  readonly ipForward: string;
}

/**
 * What is there of one cluster: what bears its name, and its leg in the fabric, whose name is made of it. Others may come and go
 * meanwhile.
 */
export function hostSnapshot(mark: string): HostSnapshot {
  const link = hostLink(mark);
  const named = (line: string) => line.includes(mark) || line.includes(link) || line.includes(link.slice('kb-'.length));
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  return {
    processes: processesMentioning(mark),
    links: run('ip', '-o', 'link').filter(named),
    routes: run('ip', '-4', 'route').filter(named),
    tables: run('nft', 'list', 'tables').filter(named),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((l) => l.split(' ')[4]!)
      .filter(named),
    cgroups: kubetsCgroups().filter(named),
    runFolder: existsSync('/run/kubets') ? readdirSync('/run/kubets').filter(named) : [],
    ipForward: readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim(),
  };
}

function processesMentioning(mark: string): string[] {
  return readdirSync('/proc')
    .filter((p) => /^\d+$/.test(p) && Number(p) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(mark) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

function kubetsCgroups(): string[] {
  const root = '/sys/fs/cgroup';
  const hierarchies = [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => join(root, e.name)),
  ];
  return hierarchies.flatMap((h) => {
    const folder = join(h, 'kubets');
    return existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((e) => e.isDirectory())
          .map((e) => join(folder, e.name))
      : [];
  });
}
