import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Processes are those that mention `mark` (a data directory, a cluster's name) in their command line or environment. */
export function hostSnapshot(mark: string): HostSnapshot {
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  return {
    processes: processesMentioning(mark),
    links: run('ip', '-o', 'link').map((l) => l.split(':')[1]!.trim()),
    routes: run('ip', '-4', 'route'),
    tables: run('nft', 'list', 'tables'),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((l) => l.split(' ')[4]!),
    cgroups: kubetsCgroups(),
    runFolder: existsSync('/run/kubets') ? readdirSync('/run/kubets') : [],
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
