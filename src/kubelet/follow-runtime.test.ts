import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import type { CriRuntime } from '../cri/index.ts';
import { RuntimeStates } from './follow-runtime.ts';
import { labels } from './runtime-labels.ts';

/** A runtime that lists what is in `states`, by id: containers' states and sandboxes'. */
function following() {
  const states = new Map<string, string>();
  const woken: string[] = [];
  const clock = new FakeClock();
  const list = (prefix: string) => async (filter?: { readonly id?: string }) =>
    [...states]
      .filter(([id, state]) => state.startsWith(prefix) && (filter?.id === undefined || filter.id === id))
      .map(([id, state]) => ({ id, state, labels: id.startsWith('other') ? {} : { [labels.podUid]: `pod-of-${id}` } }));
  const runtime = { listContainers: list('CONTAINER'), listPodSandbox: list('SANDBOX') } as unknown as CriRuntime;
  const ended = new AbortController();
  const seen = new RuntimeStates({
    runtime,
    runtimeEndpoint: '',
    clock,
    logger: silentLogger,
    wake: (uid) => void woken.push(uid),
    signal: ended.signal,
  });
  return { states, woken, clock, seen, take: () => woken.splice(0) };
}

test('a comparison wakes the pods whose containers came, changed or went', async () => {
  const { states, seen, take } = following();
  states.set('a', 'CONTAINER_RUNNING').set('s', 'SANDBOX_READY').set('other', 'CONTAINER_RUNNING');
  await seen.relist();
  assert.deepEqual(take().toSorted(), ['pod-of-a', 'pod-of-s']);
  await seen.relist();
  assert.deepEqual(take(), []);
  states.set('a', 'CONTAINER_EXITED');
  await seen.relist();
  assert.deepEqual(take(), ['pod-of-a']);
  states.delete('s');
  await seen.relist();
  assert.deepEqual(take(), ['pod-of-s']);
});

test('an end wakes its pod once the runtime itself knows of it', async () => {
  const { states, seen, clock, take } = following();
  states.set('a', 'CONTAINER_RUNNING');
  await seen.relist();
  take();
  await seen.onEvent({ type: 'exited', containerId: 'a' });
  await clock.advance(40);
  assert.deepEqual(take(), [], 'still shown as running');
  states.set('a', 'CONTAINER_EXITED');
  await clock.advance(100);
  assert.deepEqual(take(), ['pod-of-a']);
  assert.equal(clock.pendingTimers, 0);
});

test('an end that the runtime never notes wakes its pod in the end', async () => {
  const { states, seen, clock, take } = following();
  states.set('a', 'CONTAINER_RUNNING');
  await seen.relist();
  take();
  await seen.onEvent({ type: 'exited', containerId: 'a' });
  await clock.advance(5_000);
  assert.deepEqual(take(), ['pod-of-a']);
});

test('events of containers that are new are looked up, those of strangers are left', async () => {
  const { states, seen, take } = following();
  states.set('new', 'CONTAINER_RUNNING').set('other', 'CONTAINER_RUNNING');
  await seen.onEvent({ type: 'started', containerId: 'new' });
  assert.deepEqual([...new Set(take())], ['pod-of-new']);
  await seen.onEvent({ type: 'started', containerId: 'other' });
  await seen.onEvent({ type: 'started', containerId: 'nobody' });
  assert.deepEqual(take(), []);
  await seen.onEvent({ type: 'deleted', containerId: 'new' });
  assert.deepEqual(take(), ['pod-of-new']);
});
