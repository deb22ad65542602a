import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStatusError, type StatusError } from '../apimachinery/index.ts';
import { FakeClock, silentLogger } from '../base/index.ts';
import { type Etcd, openMemoryEtcd } from '../etcd/index.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { openStorage } from './storage.ts';
import type { ResourceOptions, ResourceStore, StorageOptions } from './store.ts';
import { widget, widgets, type Widget } from './test-definition.ts';

interface Setup extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly etcd: Etcd;
  readonly store: ResourceStore;
}

/** `remote` hides that the store is in this thread, so that the cache follows a watch as with an external etcd. */
function setup(options: Partial<StorageOptions> & { remote?: boolean } & ResourceOptions = {}): Setup {
  const clock = new FakeClock();
  const memory = openMemoryEtcd({ clock });
  const etcd = options.remote ? asRemote(memory) : memory;
  const storage = openStorage({ etcd, clock, logger: silentLogger, ...options });
  const store = storage.resource(widgets, { indexes: ['spec.nodeName'], ...options });
  const dispose = async () => {
    await storage[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
  };
  return { clock, etcd, store, [Symbol.asyncDispose]: dispose };
}

function asRemote(etcd: Etcd): Etcd {
  return new Proxy(etcd, {
    get: (target, name) => {
      if (name === 'local') return undefined;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const key = (name: string, namespace = 'default') => ({ namespace, name });
const add = (store: ResourceStore, name: string, more: Parameters<typeof widget>[1] = {}) =>
  store.create(key(name, more.namespace ?? 'default'), { object: widget(name, more) });
const names = (items: readonly { readonly summary: { readonly namespace: string; readonly name: string } }[]) =>
  items.map((i) => `${i.summary.namespace}/${i.summary.name}`);
const status = (code: number, message: string | RegExp) => (e: unknown) => {
  assert.ok(isStatusError(e), String(e));
  assert.equal(e.code, code);
  if (typeof message === 'string') assert.equal(e.status.message, message);
  else assert.match(e.status.message ?? '', message);
  return true;
};
const resize = (size: number) => (current: { value(): object } | undefined) => ({ object: { ...(current!.value() as Widget), spec: { size } } });

for (const remote of [false, true]) {
  describe(`resource store, ${remote ? 'store elsewhere' : 'store in this thread'}`, () => {
    test('create, get, read what was written', async () => {
      await using s = setup({ remote });
      const made = await add(s.store, 'a', { labels: { app: 'x' }, spec: { nodeName: 'n1', size: 3 } });
      const got = await s.store.get(key('a'));
      assert.deepEqual(got.value(), {
        kind: 'Widget',
        apiVersion: 'example.com/v1',
        metadata: { resourceVersion: String(made.revision), labels: { app: 'x' }, name: 'a', namespace: 'default', uid: 'uid-a' },
        spec: { nodeName: 'n1', size: 3 },
      });
      assert.deepEqual(got.summary, { namespace: 'default', name: 'a', uid: 'uid-a', labels: { app: 'x' }, fields: ['n1'], cells: [3] });
      await assert.rejects(add(s.store, 'a'), status(409, 'widgets.example.com "a" already exists'));
      await assert.rejects(s.store.get(key('b')), status(404, 'widgets.example.com "b" not found'));
      const { kvs } = await s.etcd.range({ key: '/', rangeEnd: '0', keysOnly: true });
      assert.deepEqual(
        kvs.map((kv) => kv.key),
        ['/registry/example.com/widgets/default/a'],
      );
    });

    test('updates that meet a conflict run again; equal bytes write nothing', async () => {
      await using s = setup({ remote });
      await add(s.store, 'a', { spec: { size: 0 } });
      const increments = Array.from({ length: 10 }, () =>
        s.store.guaranteedUpdate(key('a'), async (current) => {
          await Promise.resolve();
          return resize(((current!.value() as Widget).spec?.size ?? 0) + 1)(current);
        }),
      );
      await Promise.all(increments);
      const after = await s.store.get(key('a'));
      assert.equal((after.value() as Widget).spec?.size, 10);
      const again = await s.store.guaranteedUpdate(key('a'), resize(10));
      assert.deepEqual([again.outcome, again.object.revision], ['unchanged', after.revision]);
      await assert.rejects(s.store.guaranteedUpdate(key('b'), resize(1)), status(404, /"b" not found/));
      const created = await s.store.guaranteedUpdate(key('b'), () => ({ object: widget('b') }), { ignoreNotFound: true });
      assert.equal(created.outcome, 'created');
      const deleted = await s.store.guaranteedUpdate(key('b'), () => ({ delete: true }));
      assert.equal(deleted.outcome, 'deleted');
      assert.equal(await s.store.count(), 1);
    });

    test('delete checks preconditions and gives the last state at its own revision', async () => {
      await using s = setup({ remote });
      const a = await add(s.store, 'a');
      const why = (what: string, asked: string, found: string) =>
        `Operation cannot be fulfilled on widgets.example.com "a": StorageError: invalid object, Code: 4, Key: /registry/example.com/widgets/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`;
      await assert.rejects(s.store.delete(key('a'), { preconditions: { uid: 'other' } }), status(409, why('UID', 'other', 'uid-a')));
      await assert.rejects(
        s.store.delete(key('a'), { preconditions: { resourceVersion: '1' } }),
        status(409, why('ResourceVersion', '1', String(a.revision))),
      );
      const gone = await s.store.delete(key('a'), { preconditions: { uid: 'uid-a', resourceVersion: String(a.revision) } });
      assert.equal(gone.revision, a.revision + 1);
      await assert.rejects(s.store.delete(key('a')), status(404, /not found/));
    });

    test('a list selects by namespace, name, labels and index, in order of key', async () => {
      await using s = setup({ remote });
      for (const [name, namespace, node] of [
        ['b', 'x', 'n1'],
        ['a', 'x', 'n2'],
        ['a', 'x-y', 'n1'],
        ['c', 'w', 'n3'],
      ] as const) {
        await add(s.store, name, { namespace, labels: { app: name }, spec: { nodeName: node } });
      }
      assert.deepEqual(names((await s.store.list()).items), ['w/c', 'x-y/a', 'x/a', 'x/b']);
      assert.deepEqual(names((await s.store.list({ namespace: 'x' })).items), ['x/a', 'x/b']);
      assert.deepEqual(names((await s.store.list({ name: 'a' })).items), ['x-y/a', 'x/a']);
      assert.deepEqual(names((await s.store.list({ matches: (o) => o.labels?.['app'] === 'a' })).items), ['x-y/a', 'x/a']);
      assert.deepEqual(names((await s.store.list({ indexed: { field: 'spec.nodeName', value: 'n1' } })).items), ['x-y/a', 'x/b']);
      await s.store.guaranteedUpdate(key('a', 'x'), () => ({ object: widget('a', { namespace: 'x', spec: { nodeName: 'n1' } }) }));
      await s.store.delete(key('b', 'x'));
      assert.deepEqual(names((await s.store.list({ indexed: { field: 'spec.nodeName', value: 'n1' } })).items), ['x-y/a', 'x/a']);
    });

    test('pages keep the revision of the first one', async () => {
      await using s = setup({ remote });
      for (const name of ['a', 'b', 'c', 'd', 'e']) await add(s.store, name);
      const first = await s.store.list({ limit: 2 });
      assert.deepEqual([names(first.items), first.remainingItemCount], [['default/a', 'default/b'], 3]);
      assert.deepEqual(decodeContinue(first.continue), { start: 'default/b\0', revision: first.revision });
      await s.store.delete(key('c'));
      await add(s.store, 'bb');
      const second = await s.store.list({ limit: 2, continue: first.continue });
      assert.deepEqual([names(second.items), second.revision, second.remainingItemCount], [['default/c', 'default/d'], first.revision, 1]);
      const third = await s.store.list({ limit: 2, continue: second.continue });
      assert.deepEqual([names(third.items), third.continue, third.remainingItemCount], [['default/e'], '', undefined]);
      const inNamespace = await s.store.list({ limit: 2, namespace: 'default' });
      assert.equal(decodeContinue(inNamespace.continue).start, 'b\0');
      assert.equal((await s.store.list({ limit: 1, matches: () => true })).remainingItemCount, undefined);
      await assert.rejects(s.store.list({ continue: '%%' }), status(400, /^invalid continue token: continue key is not valid: /));
      await assert.rejects(s.store.list({ continue: encodeContinue({ start: '../x', revision: 3 }) }), status(400, /invalid continue token/));
    });

    test('a token whose revision is gone offers to go on inconsistently', async () => {
      await using s = setup({ remote });
      for (const name of ['a', 'b', 'c']) await add(s.store, name);
      await add(s.store, 'd');
      const old = encodeContinue({ start: 'default/a\0', revision: 3 });
      const page = await s.store.list({ limit: 5, continue: old });
      assert.deepEqual([names(page.items), page.revision], [['default/b'], 3]);
      await s.etcd.compact(5);
      let token = '';
      await assert.rejects(s.store.list({ limit: 5, continue: old }), (e: StatusError) => {
        token = e.status.metadata.continue ?? '';
        return status(
          410,
          /^The provided continue parameter is too old to display a consistent list result\. You can start a new list without the continue parameter, or use/,
        )(e);
      });
      assert.deepEqual(names((await s.store.list({ limit: 5, continue: token })).items), ['default/b', 'default/c', 'default/d']);
    });

    test('resourceVersion decides what a list may show', async () => {
      await using s = setup({ remote });
      await add(s.store, 'a');
      const b = await add(s.store, 'b');
      await add(s.store, 'c');
      const exact = await s.store.list({ resourceVersion: String(b.revision), resourceVersionMatch: 'Exact' });
      assert.deepEqual([names(exact.items), exact.revision], [['default/a', 'default/b'], b.revision]);
      assert.equal((await s.store.list({ resourceVersion: String(b.revision) })).items.length, 3);
      assert.equal((await s.store.list({ resourceVersion: String(b.revision), limit: 9 })).items.length, 2);
      assert.equal((await s.store.list({ resourceVersion: '0' })).items.length, 3);
      const late = s.store.list({ resourceVersion: '99' });
      const refused = assert.rejects(late, (e: StatusError) => {
        assert.deepEqual(e.status.details, {
          retryAfterSeconds: 1,
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        });
        return status(504, 'Timeout: Too large resource version: 99, current: 4')(e);
      });
      await s.clock.advance(0);
      await s.clock.advance(3100);
      await refused;
      await s.etcd.compact(4);
      await assert.rejects(
        s.store.list({ resourceVersion: '2', resourceVersionMatch: 'Exact' }),
        status(410, 'The resourceVersion for the provided list is too old.'),
      );
    });

    test('objects that were there before are loaded, unreadable ones left out', async () => {
      await using s = setup({ remote });
      await add(s.store, 'a', { spec: { nodeName: 'n1' } });
      await s.etcd.put({ key: '/registry/example.com/widgets/default/broken', value: new Uint8Array([1, 2, 3]) });
      const other = openStorage({ etcd: s.etcd, clock: s.clock, logger: silentLogger }).resource(widgets, { indexes: ['spec.nodeName'] });
      const { items } = await other.list({ indexed: { field: 'spec.nodeName', value: 'n1' } });
      assert.deepEqual(names(items), ['default/a']);
      assert.deepEqual(items[0]!.value(), (await s.store.get(key('a'))).value());
    });

    test('an object with a time to live goes when it is over', async () => {
      await using s = setup({ remote });
      await s.store.create(key('e1'), { object: widget('e1'), ttlSeconds: 3600 });
      await s.store.create(key('e2'), { object: widget('e2'), ttlSeconds: 3600 });
      await s.clock.advance(3590_000);
      assert.equal(await s.store.count(), 2);
      await s.clock.advance(80_000);
      assert.equal(await s.store.count(), 0);
    });
  });
}

test('managedFields are kept as text, sent in front, and not part of bare()', async () => {
  await using s = setup();
  const object = { ...widget('a'), metadata: { ...widget('a').metadata, managedFields: [{ manager: 'stale' }] } };
  await s.store.create(key('a'), { object, managedFields: '[{"manager":"m","fieldsV1":{"f:é":{}}}]' });
  const stored = await s.store.get(key('a'));
  assert.equal(stored.managedFields, '[{"manager":"m","fieldsV1":{"f:é":{}}}]');
  assert.equal(stored.value().metadata?.managedFields?.[0]?.manager, 'm');
  assert.equal(stored.bare().metadata?.managedFields, undefined);
  assert.match(Buffer.from(stored.body).toString(), /^"managedFields":\[.*\],"name":"a"/);
  assert.match(Buffer.from(stored.rest).toString(), /^"name":"a",.*\}\}$/);
});

test('values can be changed on the way to the store; those under an old key are rewritten', async () => {
  const flip = (value: Uint8Array, mask: number) => new Uint8Array([mask, ...value.map((b) => b ^ mask)]);
  let mask = 0x55;
  const transformer = {
    toStorage: async (value: Uint8Array) => flip(value, mask),
    fromStorage: async (value: Uint8Array) => ({ value: flip(value.subarray(1), value[0]!).subarray(1), stale: value[0] !== mask }),
  };
  await using s = setup({ transformer });
  await add(s.store, 'a', { spec: { size: 1 } });
  const raw = async () => (await s.etcd.range({ key: '/registry/', rangeEnd: '/registry0' })).kvs[0]!;
  assert.equal((await raw()).value[0], 0x55);
  assert.ok(!Buffer.from((await raw()).value).includes('uid-a'));
  mask = 0x33;
  const other = openStorage({ etcd: s.etcd, clock: s.clock, logger: silentLogger }).resource(widgets, { transformer });
  assert.equal(((await other.get(key('a'))).value() as Widget).spec?.size, 1);
  assert.equal((await other.guaranteedUpdate(key('a'), resize(1))).outcome, 'updated');
  assert.equal((await raw()).value[0], 0x33);
  assert.equal((await other.guaranteedUpdate(key('a'), resize(1))).outcome, 'unchanged');
});
