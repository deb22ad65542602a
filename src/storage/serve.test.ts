import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import { openMemoryEtcd } from '../etcd/index.ts';
import { EncodedCache } from './encoded-cache.ts';
import { listChunkBytes, listJson, singleJson, smallListJson } from './serve.ts';
import { servedNames } from './served-names.ts';
import { openStorage } from './storage.ts';
import { widget, widgets } from './test-definition.ts';

const names = servedNames({ apiVersion: 'example.com/v1', kind: 'Widget', namedItems: true });

async function storeOf(count: number, fill = '') {
  const clock = new FakeClock();
  const etcd = openMemoryEtcd({ clock });
  const store = openStorage({ etcd, clock, logger: silentLogger }).resource(widgets);
  for (let i = 0; i < count; i++) {
    const name = `w${i}`;
    await store.create({ namespace: 'default', name }, { object: widget(name, { labels: { fill: `${fill}é"\\` } }) });
  }
  return store;
}

test('one object', async () => {
  const store = await storeOf(1, 'x');
  const stored = await store.get({ namespace: 'default', name: 'w0' });
  const text = singleJson(stored, servedNames({ apiVersion: 'example.com/v2', kind: 'Widget' })).toString();
  assert.ok(text.endsWith('}\n'));
  assert.deepEqual(JSON.parse(text), { ...stored.value(), apiVersion: 'example.com/v2' });
});

test('a list in slices is the list, whatever the buffers', async () => {
  const store = await storeOf(40, 'x'.repeat(20_000));
  const list = await store.list({ limit: 39 });
  for (const reuseBuffer of [false, true]) {
    let text = '';
    let slices = 0;
    for await (const slice of listJson(list, names, { reuseBuffer, pause: async () => {} })) {
      assert.ok(slice.length <= listChunkBytes);
      text += slice.toString();
      slices++;
    }
    assert.ok(slices > 3);
    const parsed = JSON.parse(text);
    assert.deepEqual(parsed.metadata, { resourceVersion: String(list.revision), continue: list.continue, remainingItemCount: 1 });
    assert.deepEqual(
      parsed.items,
      list.items.map((i) => i.value()),
    );
  }
  assert.equal(smallListJson(list, names), undefined);
});

test('one object larger than a slice, an empty list, a small list', async () => {
  const large = await storeOf(1, 'x'.repeat(400_000));
  const collect = async (list: Awaited<ReturnType<typeof large.list>>) => {
    let text = '';
    for await (const slice of listJson(list, names)) text += slice.toString();
    return JSON.parse(text);
  };
  assert.equal((await collect(await large.list())).items.length, 1);
  const empty = await (await storeOf(0)).list();
  assert.equal(
    smallListJson(empty, names)!.toString(),
    '{"kind":"WidgetList","apiVersion":"example.com/v1","metadata":{"resourceVersion":"1"},"items":[]}\n',
  );
  const three = await (await storeOf(3)).list();
  assert.deepEqual(JSON.parse(smallListJson(three, names)!.toString()), await collect(three));
});

test('other encodings are kept within their bound, least recently used first', async () => {
  const store = await storeOf(3);
  const { items } = await store.list();
  const cache = new EncodedCache(25);
  let made = 0;
  const get = (i: number, form = 'pb') =>
    cache.get(items[i]!, form, () => {
      made++;
      return new Uint8Array(10);
    });
  get(0);
  get(1);
  assert.equal(get(0), get(0));
  assert.equal(made, 2);
  get(2);
  assert.ok(cache.bytes <= 25);
  get(0);
  assert.equal(made, 3);
  get(1);
  assert.equal(made, 4);
});
