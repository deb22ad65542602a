import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Container, type ContainerStatus, CriError, type CriRuntime, type PodSandbox } from '../cri/index.ts';
import { app, made, sandboxOf } from './pod-fixtures.ts';
import { PodRuntimeReader, type RuntimeContainer } from './pod-runtime.ts';
import { labels } from './runtime-labels.ts';

/** A runtime that holds these, of several pods, and counts what it is asked. */
function holding(pods: Record<string, { readonly sandboxes: readonly PodSandbox[]; readonly containers: readonly RuntimeContainer[] }>) {
  const asked: string[] = [];
  const of = (filter: { readonly labelSelector: Record<string, string> }) =>
    pods[filter.labelSelector[labels.podUid]!] ?? { sandboxes: [], containers: [] };
  const gone = (id: string) => Promise.reject(new CriError('NOT_FOUND', `no ${id}`, { method: 'ContainerStatus' }));
  const runtime = {
    listPodSandbox: async (filter: { readonly labelSelector: Record<string, string> }) => of(filter).sandboxes,
    listContainers: async (filter: { readonly labelSelector: Record<string, string> }) =>
      of(filter).containers.map((c) => ({ ...c, labels: { [labels.containerName]: c.containerName } }) as unknown as Container),
    containerStatus: (id: string) => {
      asked.push(id);
      const found = Object.values(pods)
        .flatMap((p) => p.containers)
        .find((c) => c.id === id);
      return !found || found.message === 'vanished' ? gone(id) : Promise.resolve({ status: found as ContainerStatus, info: {} });
    },
    podSandboxStatus: (id: string) => {
      asked.push(id);
      return Promise.resolve({ status: { ...sandboxOf(), id, network: { ip: '10.0.0.9', additionalIps: [{ ip: 'fd00::9' }] } }, info: {} });
    },
  } as unknown as CriRuntime;
  return { reader: new PodRuntimeReader(runtime), take: () => asked.splice(0) };
}

test('newest first, with the addresses of the newest sandbox', async () => {
  const { reader } = holding({
    u: { sandboxes: [sandboxOf(0, false), sandboxOf(1)], containers: [made(app('a'), { exitCode: 1 }), made(app('a'), { count: 1, sandbox: 1 })] },
  });
  const read = await reader.read('u');
  assert.deepEqual(
    read.sandboxes.map((s) => s.id),
    ['sandbox-1', 'sandbox-0'],
  );
  assert.deepEqual(
    read.containers.map((c) => [c.id, c.containerName, c.podSandboxId]),
    [
      ['a-1', 'a', 'sandbox-1'],
      ['a-0', 'a', 'sandbox-0'],
    ],
  );
  assert.deepEqual(read.podIPs, ['10.0.0.9', 'fd00::9']);
  assert.deepEqual(await reader.read('nobody'), { sandboxes: [], containers: [], podIPs: [] });
});

test('what can no longer change is asked once, for each pod by itself', async () => {
  const { reader, take } = holding({
    u: { sandboxes: [sandboxOf()], containers: [made(app('ended'), { exitCode: 0 }), made(app('runs'))] },
    v: { sandboxes: [sandboxOf(7)], containers: [made(app('other'), { exitCode: 0 })] },
  });
  await reader.read('u');
  assert.deepEqual(take().toSorted(), ['ended-0', 'runs-0', 'sandbox-0']);
  await reader.read('v');
  assert.deepEqual(take().toSorted(), ['other-0', 'sandbox-7']);
  await reader.read('u');
  assert.deepEqual(take(), ['runs-0']);
  await reader.read('v');
  assert.deepEqual(take(), []);
});

test('what vanishes between the calls is left out', async () => {
  const { reader } = holding({ u: { sandboxes: [sandboxOf()], containers: [{ ...made(app('a')), message: 'vanished' }, made(app('b'))] } });
  assert.deepEqual(
    (await reader.read('u')).containers.map((c) => c.id),
    ['b-0'],
  );
});
