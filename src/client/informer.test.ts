import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, seededRng, silentLogger } from '../base/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import { statusErrors } from '../apimachinery/index.ts';
import { FakeApiServer } from '../../test/support/fake-api-server.ts';
import { createClient } from './client.ts';
import { inProcessTransport } from './in-process-transport.ts';
import { createInformer, type Informer } from './informer.ts';

const user = { name: 'tester', groups: [] };
const map = (name: string, value = '1'): KubeObject & { data: { v: string } } => ({ metadata: { name, namespace: 'default' }, data: { v: value } });

async function idle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function start(prepare?: (server: FakeApiServer) => void) {
  const clock = new FakeClock();
  const server = new FakeApiServer({ clock });
  prepare?.(server);
  const client = createClient(inProcessTransport(server.handler, user));
  const informer: Informer = createInformer(client.resource('configmaps'), { clock, rng: seededRng(7), logger: silentLogger });
  const seen: string[] = [];
  informer.addHandler({
    onAdd: (o, initial) => seen.push(`add ${o.metadata?.name}${initial ? ' initially' : ''}`),
    onUpdate: (_old, o) => seen.push(`update ${o.metadata?.name}`),
    onDelete: (o) => seen.push(`delete ${o.metadata?.name}`),
  });
  const end = new AbortController();
  const done = informer.run(end.signal);
  await idle();
  return {
    clock,
    server,
    informer,
    seen,
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
      assert.equal(clock.pendingTimers, 0);
    },
  };
}

for (const watchList of [true, false]) {
  test(`an informer follows ${watchList ? 'a watch with initial events' : 'a list and a watch'}`, async () => {
    await using t = await start((server) => {
      server.watchList = watchList;
      server.put('configmaps', map('a'));
    });
    assert.ok(t.informer.hasSynced());
    t.server.put('configmaps', map('b'));
    t.server.put('configmaps', map('a', '2'));
    t.server.remove('configmaps', 'b', 'default');
    await idle();
    assert.deepEqual(t.seen, ['add a initially', 'add b', 'update a', 'delete b']);
    assert.deepEqual(
      t.informer.lister.list('default').map((o) => o.metadata?.name),
      ['a'],
    );
    assert.equal(t.server.requests.filter((r) => !r.query.includes('watch=true')).length, watchList ? 0 : 1);
  });
}

test('after an ended watch it goes on from the last version, without a list', async () => {
  await using t = await start((server) => void server.put('configmaps', map('a')));
  t.server.endWatches();
  t.server.put('configmaps', map('b'));
  await idle();
  await t.clock.advance(2000);
  await idle();
  assert.deepEqual(t.seen, ['add a initially', 'add b']);
  assert.match(t.server.requests.at(-1)?.query ?? '', /resourceVersion=101/);
});

test('an expired version makes it list again, telling only what has changed', async () => {
  await using t = await start((server) => {
    server.put('configmaps', map('a'));
    server.put('configmaps', map('b'));
  });
  t.server.endWatches();
  t.server.remove('configmaps', 'a', 'default');
  t.server.put('configmaps', map('c'));
  t.server.compactedRevision = 104;
  await idle();
  await t.clock.advance(4000);
  await idle();
  assert.deepEqual(t.seen, ['add a initially', 'add b initially', 'add c', 'delete a']);
});

test('a server that fails is asked again after a back-off that grows', async () => {
  await using t = await start((server) => {
    server.intercept = () => statusErrors.serviceUnavailable('down');
  });
  const tries = () => t.server.requests.length;
  assert.equal(tries(), 1);
  await t.clock.advance(1600);
  await idle();
  assert.equal(tries(), 2);
  await t.clock.advance(1599);
  assert.equal(tries(), 2);
  t.server.intercept = undefined;
  await t.clock.advance(1700);
  await idle();
  assert.ok(t.informer.hasSynced());
});

test('a name made anew while the watch was away is told as delete and add', async () => {
  await using t = await start((server) => void server.put('configmaps', map('a')));
  t.server.endWatches();
  t.server.remove('configmaps', 'a', 'default');
  t.server.put('configmaps', map('a', '2'));
  t.server.compactedRevision = 104;
  await idle();
  await t.clock.advance(4000);
  await idle();
  assert.deepEqual(t.seen, ['add a initially', 'delete a', 'add a']);
});

test('a handler that throws does not keep the others from following', async () => {
  await using t = await start();
  t.informer.addHandler({
    onAdd: () => {
      throw new Error('bad handler');
    },
  });
  t.server.put('configmaps', map('a'));
  await idle();
  assert.equal(t.informer.lister.list().length, 1);
});

test('indexes follow changes', async () => {
  await using t = await start((server) => void server.put('configmaps', map('a')));
  t.informer.addIndexer('v', (o) => [(o as ReturnType<typeof map>).data.v]);
  assert.equal(t.informer.lister.byIndex('v', '1').length, 1);
  t.server.put('configmaps', map('a', '2'));
  await idle();
  assert.deepEqual([t.informer.lister.byIndex('v', '1').length, t.informer.lister.byIndex('v', '2').length], [0, 1]);
});
