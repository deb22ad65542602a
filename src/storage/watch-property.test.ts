import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, type Rng, seededRng, silentLogger } from '../base/index.ts';
import { type Etcd, EtcdError, openMemoryEtcd, type Watcher } from '../etcd/index.ts';
import { openStorage } from './storage.ts';
import type { ResourceStore, ResourceWatch, Selection } from './store.ts';
import { widget, widgets } from './test-definition.ts';

/** As a store elsewhere whose watches break now and then. */
function asRemote(etcd: Etcd, rng: Rng): Etcd {
  const breaking = (watcher: Watcher): Watcher => ({
    requestProgress: () => watcher.requestProgress(),
    cancel: () => watcher.cancel(),
    read: () => (rng.int(40) === 0 ? Promise.reject(new EtcdError('unavailable', 'broken')) : watcher.read()),
  });
  return new Proxy(etcd, {
    get(target, name) {
      if (name === 'local') return undefined;
      if (name === 'watch') return (request: Parameters<Etcd['watch']>[0]) => breaking(target.watch(request));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const selections: readonly Selection[] = [
  {},
  { namespace: 'ns1' },
  { name: 'w1' },
  { matches: (s) => s.labels?.['app'] === 'a' },
  { namespace: 'ns0', matches: (s) => s.labels?.['app'] === 'b' },
  { indexed: { field: 'spec.nodeName', value: 'n1' } },
];

/** A client as informers are: list, watch from there, again when the watch ends; its view must come to equal the list. */
class Informer {
  readonly view = new Map<string, number>();
  readonly store: ResourceStore;
  readonly selection: Selection;
  readonly useWatchList: boolean;
  revision = 0;
  watch: ResourceWatch | undefined;
  stopped = false;

  constructor(store: ResourceStore, selection: Selection, useWatchList: boolean) {
    this.store = store;
    this.selection = selection;
    this.useWatchList = useWatchList;
  }

  async run(): Promise<void> {
    while (!this.stopped) {
      this.view.clear();
      if (this.useWatchList) this.watch = await this.store.watch({ ...this.selection, sendInitialEvents: true });
      else {
        const list = await this.store.list(this.selection);
        for (const o of list.items) this.view.set(`${o.summary.namespace}/${o.summary.name}`, o.revision);
        this.revision = list.revision;
        this.watch = await this.store.watch({ ...this.selection, resourceVersion: String(list.revision) });
      }
      await this.follow(this.watch);
    }
  }

  async follow(watch: ResourceWatch): Promise<void> {
    for (let items = await watch.read(); items; items = await watch.read()) {
      for (const { type, object, revision } of items) {
        if (type === 'BOOKMARK') continue;
        const key = `${object!.summary.namespace}/${object!.summary.name}`;
        if (type === 'ADDED') assert.ok(!this.view.has(key), `${key} is new`);
        else assert.ok(this.view.has(key), `${key} was there before ${type}`);
        if (type === 'DELETED') this.view.delete(key);
        else this.view.set(key, revision);
      }
    }
  }
}

async function change(store: ResourceStore, rng: Rng): Promise<void> {
  const namespace = `ns${rng.int(2)}`;
  const name = `w${rng.int(6)}`;
  const object = widget(name, { namespace, labels: { app: rng.string(1, 'abc') }, spec: { nodeName: `n${rng.int(3)}`, size: rng.int(5) } });
  if (rng.int(4) === 0) await store.delete({ namespace, name }).catch(() => {});
  else await store.guaranteedUpdate({ namespace, name }, () => ({ object }), { ignoreNotFound: true });
}

for (const [remote, seed] of [
  [false, 1],
  [false, 2],
  [true, 3],
  [true, 4],
] as const) {
  test(`informers with any selector come to the list's state (${remote ? 'store elsewhere, breaking' : 'store here'}, seed ${seed})`, async () => {
    const rng = seededRng(seed);
    const clock = new FakeClock();
    const memory = openMemoryEtcd({ clock });
    const storage = openStorage({ etcd: remote ? asRemote(memory, rng) : memory, clock, logger: silentLogger, historyEvents: 50 });
    const store = storage.resource(widgets, { indexes: ['spec.nodeName'] });
    const informers = selections.flatMap((s) => [new Informer(store, s, false), new Informer(store, s, true)]);
    const runs = informers.map((i) => i.run());
    let ticking = true;
    const ticks = (async () => {
      while (ticking) await clock.advance(100);
    })();
    for (let step = 0; step < 400; step++) {
      await Promise.all(Array.from({ length: 1 + rng.int(3) }, () => change(store, rng)));
      if (rng.int(10) === 0) await new Promise((resolve) => setImmediate(resolve));
      if (step % 100 === 99) await memory.compact((await memory.status()).revision - 10);
    }
    // Reading brings a store elsewhere up to date; what it told then has two turns to arrive.
    for (const informer of informers) {
      const expected = (await store.list(informer.selection)).items.map((o) => `${o.summary.namespace}/${o.summary.name}@${o.revision}`);
      const shown = () => [...informer.view].map(([k, revision]) => `${k}@${revision}`).sort();
      for (let turns = 0; turns < 100 && shown().join() !== expected.join(); turns++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(shown(), expected.sort());
      informer.stopped = true;
    }
    for (const informer of informers) informer.watch?.close();
    await Promise.all(runs);
    ticking = false;
    await ticks;
    await storage[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
  });
}
