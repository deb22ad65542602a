import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerStatus, Pod } from '../../api/index.ts';
import { FakeClock } from '../../base/index.ts';
import { LruCache } from './lru-cache.ts';
import { bareId, logContainer } from './pod-lookup.ts';
import { nodeSubresources } from './request-attributes.ts';

const podWith = (status: Partial<ContainerStatus>): Pod => ({
  metadata: { name: 'p' },
  status: { containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, ...status }] },
});
const ended = (id: string) => ({ terminated: { exitCode: 1, ...(id === '' ? {} : { containerID: `containerd://${id}` }) } });

describe('logContainer', () => {
  const cases: { readonly name: string; readonly status: Partial<ContainerStatus>; readonly previous?: boolean; readonly expected: object }[] = [
    { name: 'the one that runs', status: { containerID: 'containerd://a', state: { running: {} } }, expected: { id: 'a' } },
    { name: 'the one that ended', status: { state: ended('a') }, expected: { id: 'a' } },
    {
      name: 'the one before, while the next waits',
      status: { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended('b') },
      expected: { id: 'b' },
    },
    {
      name: 'the one before, when asked for',
      status: { containerID: 'containerd://a', state: { running: {} }, lastState: ended('b') },
      previous: true,
      expected: { id: 'b' },
    },
    {
      name: 'none before',
      status: { state: { running: {} } },
      previous: true,
      expected: { error: 'previous terminated container "c" in pod "p" not found' },
    },
    { name: 'one that ended without a trace', status: { state: ended('') }, expected: { error: 'container "c" in pod "p" is terminated' } },
    {
      name: 'an image that cannot be had',
      status: { state: { waiting: { reason: 'ErrImagePull' } } },
      expected: { error: `container "c" in pod "p" is waiting to start: image can't be pulled` },
    },
    {
      name: 'an image that is tried again',
      status: { state: { waiting: { reason: 'ImagePullBackOff' } } },
      expected: { error: 'container "c" in pod "p" is waiting to start: trying and failing to pull image' },
    },
    { name: 'no state', status: {}, expected: { error: 'container "c" in pod "p" is waiting to start - no logs yet' } },
  ];
  for (const { name, status, previous = false, expected } of cases)
    it(`finds ${name}`, () => {
      assert.deepEqual(logContainer(podWith(status), 'c', previous), expected);
    });
  it('finds none without a status', () => {
    assert.deepEqual(logContainer({ metadata: { name: 'p' } }, 'c', false), { error: 'container "c" in pod "p" is not available' });
  });
});

describe('bareId', () => {
  it('takes the scheme off', () => {
    assert.equal(bareId('containerd://abc'), 'abc');
    assert.equal(bareId('abc'), 'abc');
    assert.equal(bareId(''), undefined);
    assert.equal(bareId(undefined), undefined);
  });
});

describe('nodeSubresources', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['/stats/summary', ['stats']],
    ['/metrics/resource', ['metrics']],
    ['/logs/', ['log']],
    ['/healthz', ['healthz', 'proxy']],
    ['/pods', ['pods', 'proxy']],
    ['/podsfoo', ['proxy']],
    ['/statsfoo', ['proxy']],
    ['/containerLogs/a/b/c', ['proxy']],
    ['/exec/a/b/c', ['proxy']],
  ];
  for (const [path, expected] of cases)
    it(`asks for ${expected.join(' or ')} at ${path}`, () => {
      assert.deepEqual(nodeSubresources(path), expected);
    });
});

describe('LruCache', () => {
  it('forgets what is old, and what was not asked for', async () => {
    const clock = new FakeClock();
    const cache = new LruCache<number>(2, clock);
    cache.set('a', 1, 1000);
    cache.set('b', 2, 5000);
    assert.equal(cache.get('a'), 1);
    cache.set('c', 3, 5000);
    assert.equal(cache.get('b'), undefined);
    await clock.advance(1000);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.get('c'), 3);
    assert.equal(cache.size, 1);
  });
});
