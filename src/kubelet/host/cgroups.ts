import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { amountsOf, type Pod, podLimits, podRequests, qosClass } from '../../api/index.ts';
import { cpuShares } from '../container-resources.ts';

const mountPoint = '/sys/fs/cgroup';
const cgroup2Magic = 0x63677270;
const periodMicros = 100_000;

/** Every mounted hierarchy: one of v2, or one a controller of v1. */
interface Hierarchies {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

function hierarchies(): Hierarchies {
  if (statfsSync(mountPoint).type === cgroup2Magic) return { version: 2, folders: [mountPoint] };
  const folders = readdirSync(mountPoint, { withFileTypes: true })
    .filter((e) => e.isDirectory() && e.name !== 'unified')
    .map((e) => join(mountPoint, e.name))
    .filter((f) => existsSync(join(f, 'cgroup.procs')));
  return { version: 1, folders };
}

export interface CgroupLimits {
  /** In thousandths of a core. */
  readonly cpuRequest: number;
  readonly cpuLimit?: number | undefined;
  readonly memoryLimit?: number | undefined;
}

/** `ROOT/kubepods[/burstable|/besteffort]/podUID`, as upstream's cgroupfs driver names it. */
export function podCgroup(root: string, pod: Pod): string {
  const qos = qosClass(pod);
  const tier = qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`;
  return `${root}/kubepods${tier}/pod${pod.metadata?.uid}`;
}

/** A limit holds for the pod only where every container has one. */
export function podCgroupLimits(pod: Pod): CgroupLimits {
  const limits = podLimits(pod);
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const every = (name: string) => pod.spec?.resources?.limits?.[name] !== undefined || all.every((c) => (amountsOf(c.resources?.limits).get(name) ?? 0) > 0);
  return {
    cpuRequest: podRequests(pod).get('cpu') ?? 0,
    cpuLimit: every('cpu') ? limits.get('cpu') : undefined,
    memoryLimit: every('memory') ? limits.get('memory') : undefined,
  };
}

/** Makes the group in every hierarchy and sets its limits. */
export function ensureCgroup(path: string, limits: CgroupLimits): void {
  const { version, folders } = hierarchies();
  for (const folder of folders) makeGroup(folder, path, version);
  if (version === 2) {
    const set = (file: string, value: string) => setFile(join(mountPoint, path, file), value);
    set('cpu.weight', String(weightOf(cpuShares(limits.cpuRequest))));
    set('cpu.max', limits.cpuLimit ? `${quota(limits.cpuLimit)} ${periodMicros}` : `max ${periodMicros}`);
    set('memory.max', limits.memoryLimit ? String(limits.memoryLimit) : 'max');
    return;
  }
  const set = (controller: string, file: string, value: string) => setFile(join(mountPoint, controller, path, file), value);
  set('cpu', 'cpu.shares', String(cpuShares(limits.cpuRequest)));
  set('cpu', 'cpu.cfs_period_us', String(periodMicros));
  set('cpu', 'cpu.cfs_quota_us', String(limits.cpuLimit ? quota(limits.cpuLimit) : -1));
  set('memory', 'memory.limit_in_bytes', String(limits.memoryLimit ?? -1));
}

function quota(milliCpu: number): number {
  return Math.max(1_000, (milliCpu * periodMicros) / 1000);
}

/** cpu.weight (1 to 10,000) of cpu.shares (2 to 262,144), as the OCI runtimes convert it. */
export function weightOf(shares: number): number {
  return Math.floor(1 + ((shares - 2) * 9_999) / 262_142);
}

/** A group needs its parents, and what v2 and cpuset want of them first. */
function makeGroup(hierarchy: string, path: string, version: 1 | 2): void {
  const folder = join(hierarchy, path);
  if (existsSync(folder)) return;
  const parent = dirname(path);
  if (parent !== '/' && parent !== '.') makeGroup(hierarchy, parent, version);
  const above = join(hierarchy, parent);
  if (version === 2) for (const c of ['cpu', 'memory', 'pids', 'cpuset', 'io']) setFile(join(above, 'cgroup.subtree_control'), `+${c}`);
  mkdirSync(folder, { recursive: true });
  if (version === 1 && hierarchy.endsWith('/cpuset')) {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) setFile(join(folder, file), readFileSync(join(above, file), 'utf8').trim());
  }
}

/** A controller that is not there limits nothing. */
function setFile(file: string, value: string): void {
  if (!existsSync(file)) return;
  try {
    writeFileSync(file, value);
  } catch (e) {
    if (!['EINVAL', 'ENOENT', 'EBUSY', 'EOPNOTSUPP'].includes((e as NodeJS.ErrnoException).code ?? '')) throw e;
  }
}

/** Uids of the pods that have a group below `root`. */
export function podsWithCgroups(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const hierarchy of hierarchies().folders) {
    for (const tier of ['', '/burstable', '/besteffort']) {
      const path = `${root}/kubepods${tier}`;
      for (const name of foldersIn(join(hierarchy, path))) if (name.startsWith('pod')) found.set(name.slice(3), `${path}/${name}`);
    }
  }
  return found;
}

/** Kills what is left in the group and removes it, with all below. False when something is still there: try again. */
export function removeCgroup(path: string): boolean {
  let gone = true;
  for (const hierarchy of hierarchies().folders) if (!removeTree(join(hierarchy, path))) gone = false;
  return gone;
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name);
}

function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  if (!foldersIn(folder).every((name) => removeTree(join(folder, name)))) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code !== 'EBUSY') throw e;
    killAll(folder);
    return false;
  }
}

function killAll(folder: string): void {
  for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
    }
  }
}
