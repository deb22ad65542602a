import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import { openMemoryEtcd } from '../etcd/index.ts';
import { servedNames } from './served-names.ts';
import { openStorage } from './storage.ts';
import type { ResourceWatch, StorageOptions, WatchItem } from './store.ts';
import { widget, widgets } from './test-definition.ts';
import { watchFrame } from './watch-frame.ts';

function setup(options: Partial<StorageOptions> = {}) {
  const clock = new FakeClock();
  const etcd = openMemoryEtcd({ clock });
  const storage = openStorage({ etcd, clock, logger: silentLogger, ...options });
  const store = storage.resource(widgets, { indexes: ['spec.nodeName'] });
  return {
    clock,
    etcd,
    storage,
    store,
    add: (name: string, app = 'x') => store.create({ namespace: 'default', name }, { object: widget(name, { labels: { app } }) }),
    relabel: (name: string, app: string, size = 0) =>
      store.guaranteedUpdate({ namespace: 'default', name }, () => ({ object: widget(name, { labels: { app }, spec: { size } }) })),
    remove: (name: string) => store.delete({ namespace: 'default', name }),
    [Symbol.asyncDispose]: async () => {
      await storage[Symbol.asyncDispose]();
      await etcd[Symbol.asyncDispose]();
    },
  };
}

const shown = (items: readonly WatchItem[] | undefined) =>
  items?.map((i) => `${i.type}${i.initialEventsEnd ? '!' : ''} ${i.object ? `${i.object.summary.name}@${i.object.revision}` : i.revision}`);

/** All that comes until `count` items are there. */
async function take(watch: ResourceWatch, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const items = shown(await watch.read());
    assert.ok(items, 'the watch goes on');
    seen.push(...items);
  }
  return seen;
}

describe('watch', () => {
  test('from nothing: what is there as ADDED, then what happens', async () => {
    await using s = setup();
    await s.add('a');
    await s.add('b');
    for (const resourceVersion of ['', '0']) {
      using watch = await s.store.watch({ resourceVersion });
      assert.deepEqual(await take(watch, 2), ['ADDED a@2', 'ADDED b@3']);
    }
    using watch = await s.store.watch();
    await s.relabel('a', 'y');
    await s.remove('b');
    assert.deepEqual(await take(watch, 4), ['ADDED a@2', 'ADDED b@3', 'MODIFIED a@4', 'DELETED b@5']);
  });

  test('from a revision: what follows it; from the future: what follows that', async () => {
    await using s = setup();
    for (const name of ['a', 'b', 'c']) await s.add(name);
    using watch = await s.store.watch({ resourceVersion: '3' });
    // The cache has started before the first write here, so that its history reaches back to the beginning.
    assert.deepEqual(await take(watch, 1), ['ADDED c@4']);
    using future = await s.store.watch({ resourceVersion: '5' });
    await s.add('d');
    await s.add('e');
    assert.deepEqual(await take(future, 1), ['ADDED e@6']);
  });

  test('a selector turns changes into additions and deletions', async () => {
    await using s = setup();
    await s.add('a', 'x');
    using watch = await s.store.watch({ resourceVersion: '2', matches: (o) => o.labels?.['app'] === 'y' });
    await s.relabel('a', 'y');
    await s.relabel('a', 'y', 1);
    await s.relabel('a', 'z');
    await s.relabel('a', 'y');
    await s.remove('a');
    await s.add('a', 'x');
    await s.remove('a');
    await s.add('b', 'y');
    const items: WatchItem[] = [];
    while (items.length < 6) items.push(...(await watch.read())!);
    assert.deepEqual(shown(items), ['ADDED a@3', 'MODIFIED a@4', 'DELETED a@5', 'ADDED a@6', 'DELETED a@7', 'ADDED b@10']);
    // What left the selection is sent as it was when it last belonged to it, at the revision of the change.
    assert.equal(items[2]!.object?.summary.labels?.['app'], 'y');
    assert.equal(items[2]!.object?.value().metadata?.resourceVersion, '5');
  });

  test('sendInitialEvents ends with a marked bookmark, or sends nothing when false', async () => {
    await using s = setup();
    await s.add('a');
    await s.etcd.put({ key: '/elsewhere', value: new Uint8Array(0) });
    using watch = await s.store.watch({ sendInitialEvents: true, allowWatchBookmarks: true });
    assert.deepEqual(await take(watch, 2), ['ADDED a@2', 'BOOKMARK! 3']);
    using quiet = await s.store.watch({ sendInitialEvents: false });
    await s.add('b');
    assert.deepEqual(await take(watch, 1), ['ADDED b@4']);
    assert.deepEqual(await take(quiet, 1), ['ADDED b@4']);
    using empty = await s.store.watch({ sendInitialEvents: true, namespace: 'none' });
    assert.deepEqual(await take(empty, 1), ['BOOKMARK! 4']);
  });

  test("bookmarks come once a minute, with the store's revision, to those who asked", async () => {
    await using s = setup();
    using watch = await s.store.watch({ allowWatchBookmarks: true });
    using without = await s.store.watch();
    await s.etcd.put({ key: '/elsewhere', value: new Uint8Array(0) });
    const read = watch.read();
    await s.clock.advance(61_000);
    assert.deepEqual(shown(await read), ['BOOKMARK 2']);
    await s.add('a');
    assert.deepEqual(await take(without, 1), ['ADDED a@3']);
  });

  test('history that is gone: 410 for who asks, the end for who is too slow', async () => {
    await using s = setup({ historyEvents: 3 });
    using slow = await s.store.watch({ resourceVersion: '1' });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await s.add(name);
    await assert.rejects(s.store.watch({ resourceVersion: '2' }), (e: Error) => e.message === 'too old resource version: 2 (3)');
    assert.equal(await slow.read(), undefined);
    using fine = await s.store.watch({ resourceVersion: '3' });
    assert.deepEqual(await take(fine, 3), ['ADDED c@4', 'ADDED d@5', 'ADDED e@6']);
  });

  test('all that happens in one turn comes in one read, frames are shared', async () => {
    await using s = setup();
    const watches = await Promise.all([s.store.watch(), s.store.watch()]);
    const reads = watches.map((w) => w.read());
    await Promise.all([s.add('a'), s.add('b'), s.add('c')]);
    const [first, second] = await Promise.all(reads);
    assert.deepEqual(shown(first), ['ADDED a@2', 'ADDED b@3', 'ADDED c@4']);
    const names = servedNames({ apiVersion: 'example.com/v1', kind: 'Widget' });
    assert.equal(watchFrame(first![0]!, names), watchFrame(second![0]!, names));
    assert.equal(first![0]!.object!.value(), second![0]!.object!.value());
    for (const w of watches) w.close();
  });

  test('frames', async () => {
    await using s = setup();
    await s.add('a');
    using watch = await s.store.watch({ sendInitialEvents: true });
    const names = servedNames({ apiVersion: 'example.com/v1', kind: 'Widget' });
    const items = [...(await watch.read())!, ...(await watch.read())!];
    assert.deepEqual(
      items.map((i) => Buffer.from(watchFrame(i, names)).toString()),
      [
        '{"type":"ADDED","object":{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"resourceVersion":"2","labels":{"app":"x"},"name":"a","namespace":"default","uid":"uid-a"}}}\n',
        '{"type":"BOOKMARK","object":{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"resourceVersion":"2","annotations":{"k8s.io/initial-events-end":"true"},"creationTimestamp":null}}}\n',
      ],
    );
  });

  test('many initial events come in parts, and what happens meanwhile comes after them', async () => {
    await using s = setup();
    for (let i = 0; i < 1200; i++) await s.add(`w${String(i).padStart(4, '0')}`);
    using watch = await s.store.watch();
    assert.equal((await watch.read())!.length, 500);
    await s.remove('w1199');
    const rest = await take(watch, 701);
    assert.deepEqual([rest[699], rest[700]], ['ADDED w1199@1201', 'DELETED w1199@1202']);
  });

  test('released and closed stores end their watches', async () => {
    await using s = setup();
    const watch = await s.store.watch();
    const read = watch.read();
    s.storage.release(widgets);
    assert.equal(await read, undefined);
    const again = await s.storage.resource(widgets).watch();
    again.close();
    assert.equal(await again.read(), undefined);
  });
});

test('a watch of one name or one indexed value outlives any number of other events', async () => {
  await using s = setup({ historyEvents: 10 });
  using byName = await s.store.watch({ resourceVersion: '1', name: 'rare', allowWatchBookmarks: true });
  using byNode = await s.store.watch({ resourceVersion: '1', indexed: { field: 'spec.nodeName', value: 'n1' } });
  const reads = [byName.read(), byNode.read()];
  for (let i = 0; i < 50; i++) {
    await s.add(`other${i}`);
    if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await s.clock.advance(61_000);
  assert.deepEqual(shown(await reads[0]), ['BOOKMARK 51']);
  const object = widget('rare', { spec: { nodeName: 'n1' } });
  await s.store.create({ namespace: 'default', name: 'rare' }, { object });
  assert.deepEqual(shown(await byName.read()), ['ADDED rare@52']);
  assert.deepEqual(shown(await reads[1]), ['ADDED rare@52']);
  await s.store.guaranteedUpdate({ namespace: 'default', name: 'rare' }, () => ({ object: widget('rare', { spec: { nodeName: 'n2' } }) }));
  assert.deepEqual(shown(await byNode.read()), ['DELETED rare@53']);
});

test('a writer that never leaves the turn does not push out who waits', async () => {
  await using s = setup({ historyEvents: 20 });
  using watch = await s.store.watch();
  const seen = take(watch, 200);
  for (let i = 0; i < 200; i++) await s.add(`w${i}`);
  assert.equal((await seen).length, 200);
});
