import { formatTime } from '../../apimachinery/index.ts';
import { type PodUsage, sumUsage, type Usage } from './stats.ts';

function usageOf(usage: Usage) {
  const time = formatTime(usage.atMs);
  return {
    cpu: {
      time,
      ...(usage.cpuNanoCores === undefined ? {} : { usageNanoCores: usage.cpuNanoCores }),
      usageCoreNanoSeconds: usage.cpuNanoSeconds,
    },
    memory: {
      time,
      ...(usage.usageBytes === undefined ? {} : { usageBytes: usage.usageBytes }),
      workingSetBytes: usage.workingSetBytes,
      ...(usage.rssBytes === undefined ? {} : { rssBytes: usage.rssBytes }),
    },
  };
}

/** The Summary of /stats/summary (stats.k8s.io/v1alpha1), as far as it is known: cpu, memory, what containers wrote. Pure. */
export function statsSummary(nodeName: string, node: Usage, pods: readonly PodUsage[]): object {
  return {
    node: { nodeName, ...usageOf(node) },
    pods: pods.map(({ pod, containers }) => ({
      podRef: { name: pod.metadata?.name ?? '', namespace: pod.metadata?.namespace ?? '', uid: pod.metadata?.uid ?? '' },
      ...(pod.status?.startTime ? { startTime: pod.status.startTime } : {}),
      ...usageOf(sumUsage(containers)),
      containers: containers.map((c) => ({
        name: c.name,
        ...(c.startTime ? { startTime: c.startTime } : {}),
        ...usageOf(c),
        ...(c.rootfsUsedBytes === undefined ? {} : { rootfs: { time: formatTime(c.atMs), usedBytes: c.rootfsUsedBytes } }),
      })),
    })),
  };
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs?: number;
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function family(name: string, head: { readonly help: string; readonly type: 'counter' | 'gauge' }, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ labels = {}, value, atMs }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}${atMs === undefined ? '' : ` ${Math.floor(atMs)}`}\n`;
  });
  return `# HELP ${name} [STABLE] ${head.help}\n# TYPE ${name} ${head.type}\n${lines.join('')}`;
}

/** The text of /metrics/resource, which metrics-server reads. Pure. */
export function resourceMetrics(node: Usage, pods: readonly PodUsage[]): string {
  const containers = pods.flatMap(({ pod, containers: list }) =>
    list.map((usage) => ({ usage, labels: { container: usage.name, namespace: pod.metadata?.namespace ?? '', pod: pod.metadata?.name ?? '' } })),
  );
  const sums = pods.map(({ pod, containers: list }) => ({
    usage: sumUsage(list),
    labels: { namespace: pod.metadata?.namespace ?? '', pod: pod.metadata?.name ?? '' },
  }));
  const cpu = (usage: Usage) => ({ value: usage.cpuNanoSeconds / 1e9, atMs: usage.atMs });
  const memory = (usage: Usage) => ({ value: usage.workingSetBytes, atMs: usage.atMs });
  const cpuHelp = (of: string) => ({ help: `Cumulative cpu time consumed by the ${of} in core-seconds`, type: 'counter' as const });
  const memoryHelp = (of: string) => ({ help: `Current working set of the ${of} in bytes`, type: 'gauge' as const });
  return [
    family(
      'container_cpu_usage_seconds_total',
      cpuHelp('container'),
      containers.map(({ usage, labels }) => ({ labels, ...cpu(usage) })),
    ),
    family(
      'container_memory_working_set_bytes',
      memoryHelp('container'),
      containers.map(({ usage, labels }) => ({ labels, ...memory(usage) })),
    ),
    family(
      'container_start_time_seconds',
      { help: 'Start time of the container since unix epoch in seconds', type: 'gauge' },
      containers.flatMap(({ usage, labels }) => (usage.startTime ? [{ labels, value: Date.parse(usage.startTime) / 1000 }] : [])),
    ),
    family('node_cpu_usage_seconds_total', cpuHelp('node'), [cpu(node)]),
    family('node_memory_working_set_bytes', memoryHelp('node'), [memory(node)]),
    family(
      'pod_cpu_usage_seconds_total',
      cpuHelp('pod'),
      sums.map(({ usage, labels }) => ({ labels, ...cpu(usage) })),
    ),
    family(
      'pod_memory_working_set_bytes',
      memoryHelp('pod'),
      sums.map(({ usage, labels }) => ({ labels, ...memory(usage) })),
    ),
    family('resource_scrape_error', { help: '1 if there was an error while getting container metrics, 0 otherwise', type: 'gauge' }, [{ value: 0 }]),
  ].join('');
}
