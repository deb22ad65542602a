import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../../base/index.ts';

const mountPoint = '/sys/fs/cgroup';
const cgroup2Magic = 0x63677270;

/** The hierarchy in which a cluster's processes are kept together, and all hierarchies in which groups may have been made for them. */
function hierarchies(): { readonly tracking: string; readonly all: readonly string[] } {
  if (statfsSync(mountPoint).type === cgroup2Magic) return { tracking: mountPoint, all: [mountPoint] };
  const all = readdirSync(mountPoint, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => join(mountPoint, e.name));
  const unified = join(mountPoint, 'unified');
  return { tracking: existsSync(join(unified, 'cgroup.procs')) ? unified : join(mountPoint, 'pids'), all };
}

/** `kubets/NAME` or `kubets/NAME/NODE`: the group of everything that a cluster, or a node of it, runs. */
export function cgroupPath(cluster: string, part?: string): string {
  return part === undefined ? `kubets/${cluster}` : `kubets/${cluster}/${part}`;
}

/** Makes the group and moves process `pid` (with all it starts later) into it. */
export function joinCgroup(group: string, pid: number): void {
  const folder = join(hierarchies().tracking, group);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
}

/** Pids of the group and of all groups below it. */
export function processesOf(group: string): number[] {
  return hierarchies().all.flatMap((h) => pidsBelow(join(h, group)));
}

function pidsBelow(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const pids = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  return [...pids, ...foldersIn(folder).flatMap(pidsBelow)];
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => join(folder, e.name));
}

/** Kills every process in the group and removes the group from every hierarchy. Rejects when something outlives 10 s of SIGKILL. */
export async function removeCgroup(group: string): Promise<void> {
  const { all } = hierarchies();
  for (let tries = 0; tries < 200; tries++) {
    const pids = processesOf(group).filter((pid) => pid !== process.pid);
    if (pids.length === 0) {
      const left = all.map((h) => join(h, group)).filter((folder) => !removed(folder));
      if (left.length === 0) return;
    }
    for (const pid of pids) kill(pid);
    await realClock.sleep(50);
  }
  throw new Error(`processes of ${group} do not end: ${processesOf(group).join(' ')}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
  }
}

function removed(folder: string): boolean {
  if (!existsSync(folder)) return true;
  if (!foldersIn(folder).every(removed)) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY') return false;
    throw e;
  }
}
