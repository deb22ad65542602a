import { join } from 'node:path';
import { realClock } from '../src/base/index.ts';
import type { Pod } from '../src/api/index.ts';
import { createClient, transportFromKubeconfig } from '../src/client/index.ts';
import { connectRuntime, type CriRuntime, type PodSandboxConfig } from '../src/cri/index.ts';
import { processMemory } from '../src/cluster/index.ts';
import { systemRng } from '../src/base/index.ts';
import { E2eCluster } from '../test/support/e2e-cluster.ts';
import { busyboxImage, busyboxName } from '../test/support/images.ts';
import type { Row } from './table.ts';

const rounds = 10;
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const ms = (n: number) => `${Math.round(n)} ms`;

/** What needs a node: `up` of the built command, memory of its processes, and a Pod's start beside the bare CRI calls for the same. Needs root. */
export async function nodeRows(report: (row: Row) => void): Promise<void> {
  if (process.getuid?.() !== 0) return report({ name: 'rows of a node', note: 'left out: they need root' });
  const cluster = await E2eCluster.create('bench');
  try {
    for (const what of ['up, one node, from nothing', 'up again after down']) {
      const started = performance.now();
      await cluster.up();
      report({ name: what, rate: ms(performance.now() - started) });
      if (what.endsWith('nothing')) await cluster.kubets('down');
    }
    await cluster.kubets('image', 'load', await busyboxImage());
    await realClock.sleep(3_000);
    for (const line of (await cluster.kubets('status')).stdout.split('\n').filter((l) => / (true|false) /.test(l))) {
      const [name, pid] = line.split(/\s{2,}/) as [string, string];
      report({
        name: `idle memory of the ${name.split(' ')[0]} (PSS)`,
        rate: `${Math.round(processMemory(Number(pid)) / 1024 / 1024)} MiB`,
        goal: name === 'server' ? '120 MiB' : '55 MiB',
      });
    }
    report({ name: 'Pod, create to Ready', rate: ms(median(await podStarts(cluster))), note: 'median of 10, one after the other' });
    const runtime = connectRuntime({ endpoint: `unix:///run/kubets/${cluster.name}/runtime-${cluster.name}-1/containerd.sock`, clock: realClock });
    report({
      name: 'the bare CRI calls for it',
      rate: ms(median(await bareStarts(runtime))),
      note: 'RunPodSandbox, CreateContainer, StartContainer',
    });
    runtime.close();
  } finally {
    await cluster.delete();
  }
}

async function podStarts(cluster: E2eCluster): Promise<number[]> {
  const transport = await transportFromKubeconfig(join(cluster.dataDir, 'admin.conf'), { clock: realClock, rng: systemRng });
  const pods = createClient(transport).resource<Pod>('pods');
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const name = `start-${i}`;
    const container = { name: 'main', image: busyboxName, command: ['sleep', '1000'] };
    const watch = await pods.watch({ namespace: 'default', fieldSelector: `metadata.name=${name}` });
    const started = performance.now();
    await pods.create({ metadata: { name, namespace: 'default' }, spec: { containers: [container], terminationGracePeriodSeconds: 0 } });
    for (let ready = false; !ready;) {
      const frames = (await watch.read()) ?? [];
      ready = frames.some((f) => (f.object as Pod).status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
    }
    times.push(performance.now() - started);
    watch.close();
    await pods.delete({ namespace: 'default', name });
  }
  await transport[Symbol.asyncDispose]();
  return times;
}

async function bareStarts(runtime: CriRuntime): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const sandbox: PodSandboxConfig = { metadata: { name: `bare-${i}`, uid: `bare-${i}`, namespace: 'bench', attempt: 0 }, linux: {} };
    const started = performance.now();
    const id = await runtime.runPodSandbox(sandbox);
    const container = await runtime.createContainer(
      id,
      { metadata: { name: 'main', attempt: 0 }, image: { image: busyboxName }, command: ['sleep', '1000'], linux: {} },
      sandbox,
    );
    await runtime.startContainer(container);
    times.push(performance.now() - started);
    await runtime.stopContainer(container, 0);
    await runtime.stopPodSandbox(id);
    await runtime.removePodSandbox(id);
  }
  return times;
}
