import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Pod } from '../../api/index.ts';
import type { ContainerStats, CriRuntime } from '../../cri/index.ts';
import { findContainerStatus } from './pod-lookup.ts';

/** What is used, of a container, a pod or the node. */
export interface Usage {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly cpuNanoSeconds: number;
  readonly cpuNanoCores?: number;
  readonly workingSetBytes: number;
  readonly usageBytes?: number;
  readonly rssBytes?: number;
}

export interface ContainerUsage extends Usage {
  readonly name: string;
  /** RFC 3339. */
  readonly startTime: string | undefined;
  readonly rootfsUsedBytes: number | undefined;
}

export interface PodUsage {
  readonly pod: Pod;
  readonly containers: readonly ContainerUsage[];
}

const podUidLabel = 'io.kubernetes.pod.uid';
const containerNameLabel = 'io.kubernetes.container.name';

/** What the node itself uses, by /proc. */
export async function readNodeUsage(nowMs: number): Promise<Usage> {
  const cpuMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  return {
    atMs: nowMs,
    cpuNanoSeconds: cpuMs * 1e6,
    workingSetBytes: bytes('MemTotal') - bytes('MemAvailable'),
    usageBytes: bytes('MemTotal') - bytes('MemFree'),
    rssBytes: bytes('AnonPages'),
  };
}

/** What the containers of the pods use, asked of the runtime at once. */
export async function readPodUsage(runtime: Pick<CriRuntime, 'listContainerStats'>, pods: readonly Pod[]): Promise<readonly PodUsage[]> {
  const byUid = new Map<string, ContainerStats[]>();
  for (const stats of await runtime.listContainerStats()) {
    const uid = stats.attributes?.labels[podUidLabel] ?? '';
    const list = byUid.get(uid);
    if (list) list.push(stats);
    else byUid.set(uid, [stats]);
  }
  return pods.flatMap((pod) => {
    const containers = (byUid.get(pod.metadata?.uid ?? '') ?? []).flatMap((stats) => containerUsage(pod, stats));
    return containers.length === 0 ? [] : [{ pod, containers }];
  });
}

function containerUsage(pod: Pod, stats: ContainerStats): readonly ContainerUsage[] {
  const name = stats.attributes?.labels[containerNameLabel];
  const { cpu, memory } = stats;
  // Of a container that has ended the runtime knows no usage.
  if (name === undefined || !cpu?.usageCoreNanoSeconds) return [];
  return [
    {
      name,
      atMs: Number(cpu.timestamp / 1_000_000n),
      cpuNanoSeconds: cpu.usageCoreNanoSeconds.value,
      ...(cpu.usageNanoCores ? { cpuNanoCores: cpu.usageNanoCores.value } : {}),
      workingSetBytes: memory?.workingSetBytes?.value ?? 0,
      ...(memory?.usageBytes ? { usageBytes: memory.usageBytes.value } : {}),
      ...(memory?.rssBytes ? { rssBytes: memory.rssBytes.value } : {}),
      startTime: findContainerStatus(pod, name)?.state?.running?.startedAt,
      rootfsUsedBytes: stats.writableLayer?.usedBytes?.value,
    },
  ];
}

/** A pod's use is its containers'. */
export function sumUsage(parts: readonly Usage[]): Usage {
  const sum = (of: (u: Usage) => number | undefined) => parts.reduce((total, u) => total + (of(u) ?? 0), 0);
  const rates = parts.every((u) => u.cpuNanoCores !== undefined) ? { cpuNanoCores: sum((u) => u.cpuNanoCores) } : {};
  return {
    atMs: Math.max(0, ...parts.map((u) => u.atMs)),
    cpuNanoSeconds: sum((u) => u.cpuNanoSeconds),
    ...rates,
    workingSetBytes: sum((u) => u.workingSetBytes),
    usageBytes: sum((u) => u.usageBytes),
    rssBytes: sum((u) => u.rssBytes),
  };
}
