/** The real server on disk, killed (SIGKILL) at random moments under concurrent writes and started again: nothing that it acknowledged may be lost or undone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGone, isStatusError, type KubeObject } from '../../src/apimachinery/index.ts';
import { type Rng, seededRng } from '../../src/base/index.ts';
import { type Client, frameError, type ResourceClient, type WatchFrame, type WatchStream } from '../../src/client/index.ts';
import { ServerProcess } from './server-process.ts';

const rounds = 50;
const writerCount = 12;
const keysPerWriter = 3;
const namespace = 'default';
const seed = 20_260_401;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** What is known of one key: as acknowledged, and the write whose answer never came. */
interface Known {
  readonly present: boolean;
  readonly uid: string;
  readonly value: string;
  readonly resourceVersion: number;
}

interface Attempt {
  readonly kind: 'create' | 'update' | 'delete';
  readonly value: string;
}

interface Key {
  readonly name: string;
  known: Known;
  attempt: Attempt | undefined;
}

const versionOf = (object: KubeObject): number => Number(object.metadata?.resourceVersion);
const knownOf = (object: ConfigMap): Known => ({
  present: true,
  uid: object.metadata?.uid ?? '',
  value: object.data?.['value'] ?? '',
  resourceVersion: versionOf(object),
});
const configMap = (name: string, value: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { test: 'crash' } },
  data: { value, filler: 'x'.repeat(200) },
});

/** Writes its own keys, one call at a time, until the server is gone. */
class Writer {
  readonly keys: readonly Key[];
  readonly #rng: Rng;
  #counter = 0;
  acknowledged = 0;

  constructor(index: number, rng: Rng) {
    this.#rng = rng;
    this.keys = Array.from({ length: keysPerWriter }, (_, k) => ({
      name: `w${index}-k${k}`,
      known: { present: false, uid: '', value: '', resourceVersion: 0 },
      attempt: undefined,
    }));
  }

  async run(client: Client): Promise<void> {
    const configMaps = client.resource<ConfigMap>('configmaps');
    for (;;) {
      const key = this.keys[this.#rng.int(this.keys.length)]!;
      try {
        await this.#write(key, configMaps);
      } catch (error) {
        // An answer of the API would mean that our picture of the key is wrong; anything else is the end of the process.
        if (isStatusError(error)) throw error;
        return;
      }
      this.acknowledged++;
    }
  }

  async #write(key: Key, configMaps: ResourceClient<ConfigMap>): Promise<void> {
    const { known, name } = key;
    const value = `${name} ${++this.#counter}`;
    const kind = !known.present ? 'create' : this.#rng.int(4) === 0 ? 'delete' : 'update';
    key.attempt = { kind, value };
    if (kind === 'create') key.known = knownOf(await configMaps.create(configMap(name, value)));
    else if (kind === 'update') {
      const body = configMap(name, value);
      const resourceVersion = String(known.resourceVersion);
      const conditional = this.#rng.int(2) === 0;
      key.known = knownOf(await configMaps.update(conditional ? { ...body, metadata: { ...body.metadata, resourceVersion } } : body));
    } else {
      await configMaps.delete({ namespace, name });
      key.known = { ...known, present: false };
    }
    key.attempt = undefined;
    if (kind !== 'delete') assert.ok(key.known.resourceVersion > known.resourceVersion, `${name}: a write must raise the resourceVersion`);
  }
}

/** Compares a key with what the server holds after its restart, and takes that over. */
function check(key: Key, found: ConfigMap | undefined): void {
  const { known, attempt, name } = key;
  const told = JSON.stringify({ known, attempt, found });
  if (found === undefined) {
    assert.ok(!known.present || attempt?.kind === 'delete', `an acknowledged object is gone: ${told}`);
    key.known = { ...known, present: false };
  } else {
    const now = knownOf(found);
    const unchanged = known.present && now.value === known.value;
    if (unchanged) assert.deepEqual(now, known, `${name}: changed without a write`);
    else {
      assert.ok(attempt !== undefined && attempt.kind !== 'delete' && now.value === attempt.value, `an object that nobody wrote last: ${told}`);
      assert.ok(now.resourceVersion > known.resourceVersion, `the resourceVersion went back: ${told}`);
      if (attempt.kind === 'update') assert.equal(now.uid, known.uid, name);
      else assert.notEqual(now.uid, known.uid, name);
    }
    key.known = now;
  }
  key.attempt = undefined;
}

/** A watch that goes on over the restarts from where it was; what it has seen must be so afterwards. */
class Follower {
  readonly seen = new Map<string, Known>();
  resourceVersion = '';
  resumed = 0;
  relisted = 0;
  events = 0;

  /** Lists where it must, then opens the watch; resolves when it is open. `done` resolves when the server is gone. */
  async start(client: Client): Promise<{ readonly done: Promise<void>; readonly stream: WatchStream }> {
    const configMaps = client.resource<ConfigMap>('configmaps');
    const options = { namespace, labelSelector: 'test=crash', allowWatchBookmarks: true };
    if (this.resourceVersion !== '') {
      const stream = await this.#resume(configMaps, options);
      if (stream !== undefined) return stream;
      this.relisted++;
    }
    const list = await configMaps.list(options);
    this.resourceVersion = list.metadata.resourceVersion ?? '';
    this.seen.clear();
    for (const item of list.items) this.seen.set(item.metadata?.name ?? '', knownOf(item));
    const stream = await configMaps.watch({ ...options, resourceVersion: this.resourceVersion });
    return { stream, done: this.#follow(stream, []) };
  }

  async #resume(configMaps: ResourceClient<ConfigMap>, options: object): Promise<{ done: Promise<void>; stream: WatchStream } | undefined> {
    try {
      const stream = await configMaps.watch({ ...options, resourceVersion: this.resourceVersion });
      // The refusal may come as the first frame; silence for a moment is an open watch.
      const reading = stream.read();
      const first = await Promise.race([reading, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20))]);
      const refusal = first?.find((f) => f.type === 'ERROR');
      if (refusal !== undefined) throw frameError(refusal);
      this.resumed++;
      return { stream, done: this.#follow(stream, reading) };
    } catch (error) {
      assert.ok(isGone(error), `a watch goes on or gets 410, not ${String(error)}`);
      return undefined;
    }
  }

  async #follow(stream: WatchStream, begun: readonly WatchFrame[] | Promise<readonly WatchFrame[] | undefined>): Promise<void> {
    try {
      for (let batch = await begun; batch !== undefined; batch = await stream.read()) for (const frame of batch) this.#take(frame);
    } catch (error) {
      if (isStatusError(error) || error instanceof assert.AssertionError) throw error;
    }
  }

  #take(frame: WatchFrame): void {
    if (frame.type === 'ERROR') throw frameError(frame);
    const object = frame.object as ConfigMap;
    const name = object.metadata?.name ?? '';
    const version = versionOf(object);
    assert.ok(version >= Number(this.resourceVersion), `an event of ${version} after ${this.resourceVersion}`);
    this.resourceVersion = String(version);
    if (frame.type === 'BOOKMARK') return;
    this.events++;
    assert.equal(frame.type === 'ADDED', !this.seen.has(name), `${frame.type} of ${name}, which ${this.seen.has(name) ? 'was' : 'was not'} there`);
    if (frame.type === 'DELETED') this.seen.delete(name);
    else this.seen.set(name, knownOf(object));
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function settled(follower: Follower, listVersion: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  // Only events of its own selection raise a watch's version: its picture is what must be equal.
  while (Number(follower.resourceVersion) < listVersion && performance.now() < deadline) await sleep(5);
}

test(`a server killed ${rounds} times loses nothing it acknowledged`, { timeout: 300_000 }, async (t) => {
  const rng = seededRng(seed);
  const writers = Array.from({ length: writerCount }, (_, i) => new Writer(i, seededRng(seed + i)));
  const follower = new Follower();
  let highest = 0;
  let lastWatched = 0;
  await using server = await ServerProcess.create();
  for (let round = 0; round < rounds; round++) {
    await server.start();
    const { client, transport } = server.connect();
    const list = await client.resource<ConfigMap>('configmaps').list({ namespace, labelSelector: 'test=crash' });
    const listVersion = Number(list.metadata.resourceVersion);
    assert.ok(listVersion >= highest, `the list's resourceVersion went from ${highest} back to ${listVersion}`);
    assert.ok(listVersion >= lastWatched, `a watch had seen ${lastWatched}, the list is of ${listVersion}`);
    const found = new Map(list.items.map((item) => [item.metadata?.name ?? '', item]));
    const newest = Math.max(0, ...list.items.map(versionOf));
    for (const key of writers.flatMap((w) => w.keys)) check(key, found.get(key.name));
    const { done } = await follower.start(client);
    await settled(follower, newest);
    const expected = list.items.map((item): [string, Known] => [item.metadata?.name ?? '', knownOf(item)]);
    assert.deepEqual(follower.seen, new Map(expected), 'what the watch has told is what the list holds');
    const running = writers.map((w) => w.run(client));
    await sleep(rng.int(round % 3 === 0 ? 30 : 250));
    await server.kill();
    await Promise.all([...running, done]);
    await transport[Symbol.asyncDispose]();
    lastWatched = Number(follower.resourceVersion);
    highest = Math.max(listVersion, ...writers.flatMap((w) => w.keys.map((k) => k.known.resourceVersion)));
  }
  const acknowledged = writers.reduce((sum, w) => sum + w.acknowledged, 0);
  t.diagnostic(`${acknowledged} writes acknowledged, ${follower.events} events, ${follower.resumed} watches resumed, ${follower.relisted} relisted`);
  assert.ok(acknowledged > rounds * 10, `only ${acknowledged} writes were acknowledged`);
  assert.ok(follower.events > 0);
});
