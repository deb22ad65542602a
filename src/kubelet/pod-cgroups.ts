import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pod, podLimits, podRequests, qosClass } from '../api/index.ts';
import { cpuShares, resourcesOf } from './container-resources.ts';

const cgroup2Magic = 0x63677270;

/** Where this host has its control groups: one tree of version 2, or one a controller of version 1. */
export interface CgroupMounts {
  readonly mountPoint: string;
  readonly unified: boolean;
}

export function hostCgroups(mountPoint = '/sys/fs/cgroup'): CgroupMounts {
  return { mountPoint, unified: statfsSync(mountPoint).type === cgroup2Magic };
}

/** `PARENT/kubepods/[burstable|besteffort/]podUID`, as upstream names them. */
export function podCgroup(parent: string, pod: Pod): string {
  const qos = qosClass(pod);
  const tier = qos === 'Guaranteed' ? '' : `${qos.toLowerCase()}/`;
  return `/${parent}/kubepods/${tier}pod${pod.metadata?.uid}`;
}

/** The roots below which a pod's group is made. */
function hierarchies({ mountPoint, unified }: CgroupMounts): string[] {
  if (unified) return [mountPoint];
  return readdirSync(mountPoint, { withFileTypes: true })
    .filter((e) => e.isDirectory() && e.name !== 'unified')
    .map((e) => join(mountPoint, e.name));
}

/** Makes the pod's group in every hierarchy and sets what the pod may use as a whole. */
export function makePodCgroup(parent: string, pod: Pod, mounts: CgroupMounts = hostCgroups()): string {
  const { mountPoint, unified } = mounts;
  const group = podCgroup(parent, pod);
  for (const h of hierarchies(mounts)) makeGroup(h, group, unified);
  const limits = podLimits(pod);
  const whole = resourcesOf(podRequests(pod), everyContainerHas(pod, 'memory') ? limits : new Map([...limits].filter(([name]) => name !== 'memory')));
  const shares = cpuShares(podRequests(pod).get('cpu') ?? 0);
  if (unified) {
    const at = join(mountPoint, group);
    write(join(at, 'cpu.weight'), String(1 + Math.floor(((shares - 2) * 9999) / 262142)));
    if (whole.cpuQuota && everyContainerHas(pod, 'cpu')) write(join(at, 'cpu.max'), `${Math.floor(whole.cpuQuota)} ${whole.cpuPeriod}`);
    if (whole.memoryLimitInBytes) write(join(at, 'memory.max'), String(whole.memoryLimitInBytes));
    return group;
  }
  write(join(mountPoint, 'cpu', group, 'cpu.shares'), String(shares));
  if (whole.cpuQuota && everyContainerHas(pod, 'cpu')) {
    write(join(mountPoint, 'cpu', group, 'cpu.cfs_period_us'), String(whole.cpuPeriod));
    write(join(mountPoint, 'cpu', group, 'cpu.cfs_quota_us'), String(Math.floor(whole.cpuQuota)));
  }
  if (whole.memoryLimitInBytes) write(join(mountPoint, 'memory', group, 'memory.limit_in_bytes'), String(whole.memoryLimitInBytes));
  return group;
}

/** Removes the pod's group everywhere; false while something still runs in it. */
export function removePodCgroup(parent: string, pod: Pod, mounts: CgroupMounts = hostCgroups()): boolean {
  const group = podCgroup(parent, pod);
  return hierarchies(mounts)
    .map((h) => removeGroup(join(h, group)))
    .every(Boolean);
}

/** The groups of pods that exist, by uid. */
export function podCgroups(parent: string, mounts: CgroupMounts = hostCgroups()): Map<string, string> {
  const found = new Map<string, string>();
  for (const tier of ['', '/burstable', '/besteffort']) {
    const group = `/${parent}/kubepods${tier}`;
    for (const h of hierarchies(mounts)) {
      const folder = join(h, group);
      if (!existsSync(folder)) continue;
      for (const e of readdirSync(folder, { withFileTypes: true }))
        if (e.isDirectory() && e.name.startsWith('pod')) found.set(e.name.slice(3), `${group}/${e.name}`);
    }
  }
  return found;
}

/** Kills what runs in a group and below it, everywhere, and removes it. False while something is still there. */
export function endCgroup(group: string, mounts: CgroupMounts = hostCgroups()): boolean {
  for (const h of hierarchies(mounts)) killBelow(join(h, group));
  return hierarchies(mounts)
    .map((h) => removeGroup(join(h, group)))
    .every(Boolean);
}

function killBelow(folder: string): void {
  if (!existsSync(folder)) return;
  for (const e of readdirSync(folder, { withFileTypes: true })) if (e.isDirectory()) killBelow(join(folder, e.name));
  for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
    }
  }
}

/** A limit of the whole pod makes sense only where every container has one. */
function everyContainerHas(pod: Pod, resource: string): boolean {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].every((c) => c.resources?.limits?.[resource] !== undefined);
}

/** A cpuset must be told its cpus and memory nodes before it takes processes; in version 2 each level hands its controllers down. */
function makeGroup(hierarchy: string, group: string, unified: boolean): void {
  let at = hierarchy;
  for (const part of group.split('/').filter(Boolean)) {
    const parent = at;
    at = join(at, part);
    if (!existsSync(at)) mkdirSync(at);
    if (hierarchy.endsWith('/cpuset')) for (const f of ['cpuset.cpus', 'cpuset.mems']) inherit(join(parent, f), join(at, f));
    if (unified) handDown(parent, parent === hierarchy);
  }
}

/** Version 2 hands nothing down from a group that has processes of its own: those move into a leaf beside the pods. */
function handDown(folder: string, isRoot: boolean): void {
  const controllers = readWords(join(folder, 'cgroup.controllers')).filter((c) => ['cpu', 'cpuset', 'io', 'memory', 'pids', 'hugetlb'].includes(c));
  const enabled = readWords(join(folder, 'cgroup.subtree_control'));
  const missing = controllers.filter((c) => !enabled.includes(c)).map((c) => `+${c}`);
  if (missing.length === 0) return;
  const pids = isRoot ? [] : readWords(join(folder, 'cgroup.procs'));
  if (pids.length > 0) {
    const leaf = join(folder, 'system');
    mkdirSync(leaf, { recursive: true });
    for (const pid of pids) write(join(leaf, 'cgroup.procs'), pid);
  }
  write(join(folder, 'cgroup.subtree_control'), missing.join(' '));
}

function readWords(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split(/\s+/).filter(Boolean) : [];
}

function inherit(from: string, to: string): void {
  if (existsSync(to) && readFileSync(to, 'utf8').trim() === '') write(to, readFileSync(from, 'utf8').trim());
}

/** A controller that is missing or refuses is no reason not to run the pod. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (e) {
    if (!['ENOENT', 'ESRCH', 'EACCES', 'EINVAL', 'EBUSY', 'ENOTSUP'].includes((e as NodeJS.ErrnoException).code ?? '')) throw e;
  }
}

function removeGroup(folder: string): boolean {
  if (!existsSync(folder)) return true;
  for (const e of readdirSync(folder, { withFileTypes: true })) if (e.isDirectory() && !removeGroup(join(folder, e.name))) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code;
    if (code === 'EBUSY') return false;
    if (code === 'ENOENT') return true;
    throw e;
  }
}
