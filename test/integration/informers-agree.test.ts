/** Seeded random writes, watched by informers in this process and over HTTPS, some of which lose their connections: in the end all hold what the server lists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound, isStatusError, type KubeObject } from '../../src/apimachinery/index.ts';
import { realClock as clock, type Rng, seededRng, silentLogger as logger } from '../../src/base/index.ts';
import {
  type Client,
  createClient,
  createInformer,
  httpsTransport,
  type Informer,
  type ResourceClient,
  type Transport,
} from '../../src/client/index.ts';
import { startCluster } from '../../src/testing/index.ts';
import { eventually } from '../support/e2e-cluster.ts';
import { credentialsOf } from './raw-request.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const seeds = [1, 2, 3];
const writes = 400;
const writerCount = 4;
const namespaces = ['default', 'kube-public'];
const names = Array.from({ length: 12 }, (_, i) => `object-${i}`);
const colours = ['red', 'green', 'blue'];

/** Selections of which some objects come and go without being created or deleted. */
const scopes = [
  {},
  { namespace: 'default' },
  { labelSelector: 'colour in (red,blue)' },
  { namespace: 'kube-public', labelSelector: 'colour!=green' },
  { fieldSelector: 'metadata.name=object-3' },
] as const;

const pick = <T>(rng: Rng, of: readonly T[]): T => of[rng.int(of.length)]!;

async function write(configMaps: ResourceClient<ConfigMap>, rng: Rng): Promise<void> {
  const key = { namespace: pick(rng, namespaces), name: pick(rng, names) };
  const object: ConfigMap = { metadata: { ...key, labels: { colour: pick(rng, colours) } }, data: { n: String(rng.int(1_000_000)) } };
  switch (rng.int(8)) {
    case 0:
    case 1:
      return void (await configMaps.create(object));
    case 2:
      return void (await configMaps.delete(key));
    case 3:
      return void (await configMaps.patch(key, 'merge', { metadata: { labels: { colour: pick(rng, [...colours, null]) } } }));
    case 4:
      return void (await configMaps.apply(object, { fieldManager: 'simulation', force: true }));
    case 5: {
      const current = await configMaps.get(key);
      return void (await configMaps.update({ ...current, data: { n: String(rng.int(1_000_000)) } }));
    }
    case 6:
      return void (await configMaps.patch(key, 'merge', { metadata: { finalizers: rng.int(2) === 0 ? ['example.com/wait'] : null } }));
    default:
      if (rng.int(12) !== 0) return void (await configMaps.update(object));
      return void (await configMaps.deleteCollection({ namespace: key.namespace, labelSelector: `colour=${pick(rng, colours)}` }));
  }
}

/** What random writes may be refused for. */
const expected = (error: unknown) => isNotFound(error) || isConflict(error) || (isStatusError(error) && error.status.reason === 'AlreadyExists');

async function writeMuch(client: Client, rng: Rng): Promise<number> {
  const configMaps = client.resource<ConfigMap>('configmaps');
  let done = 0;
  for (let i = 0; i < writes / writerCount; i++) {
    try {
      await write(configMaps, rng);
      done++;
    } catch (error) {
      if (!expected(error)) throw error;
    }
  }
  return done;
}

/** Its picture as made by handlers alone, to be equal to its store's. */
function follow(informer: Informer<ConfigMap>): Map<string, string> {
  const told = new Map<string, string>();
  const keyOf = (o: ConfigMap) => `${o.metadata?.namespace}/${o.metadata?.name}`;
  informer.addHandler({
    onAdd(object) {
      assert.equal(told.has(keyOf(object)), false, `${keyOf(object)} was added twice`);
      told.set(keyOf(object), object.metadata?.resourceVersion ?? '');
    },
    onUpdate(old, object) {
      assert.equal(told.get(keyOf(object)), old.metadata?.resourceVersion, `${keyOf(object)} was changed from another version`);
      assert.ok(Number(object.metadata?.resourceVersion) >= Number(old.metadata?.resourceVersion), `${keyOf(object)} went back`);
      told.set(keyOf(object), object.metadata?.resourceVersion ?? '');
    },
    onDelete(object) {
      assert.equal(told.delete(keyOf(object)), true, `${keyOf(object)} was not there`);
    },
  });
  return told;
}

const sorted = (objects: readonly ConfigMap[]) =>
  objects
    .map((o) => ({ metadata: o.metadata, data: o.data }))
    .toSorted((a, b) => (`${a.metadata?.namespace}/${a.metadata?.name}` < `${b.metadata?.namespace}/${b.metadata?.name}` ? -1 : 1));

for (const seed of seeds) {
  test(`informers end equal to the server's list (seed ${seed})`, { timeout: 60_000 }, async () => {
    const rng = seededRng(seed);
    await using cluster = await startCluster({ controllers: false });
    for (const name of namespaces)
      await cluster.client
        .resource('namespaces')
        .create({ metadata: { name } })
        .catch(() => undefined);
    const end = new AbortController();
    const credentials = credentialsOf(cluster.kubeconfig);
    const transports: Transport[] = [];
    const remote = () => {
      const transport = httpsTransport({ server: cluster.url, ...credentials, clock, rng });
      transports.push(transport);
      return createClient(transport);
    };
    const clients = [cluster.client, remote(), cutting(remote(), seededRng(seed + 100)), cutting(cluster.client, seededRng(seed + 200))];
    const watchers = clients.flatMap((client) =>
      scopes.map((scope) => {
        const informer = createInformer(client.resource<ConfigMap>('configmaps'), { clock, rng, logger, ...scope });
        return { scope, informer, told: follow(informer), running: informer.run(end.signal) };
      }),
    );
    try {
      const writers = Array.from({ length: writerCount }, (_, i) => writeMuch(i % 2 === 0 ? cluster.client : remote(), seededRng(seed * 1000 + i)));
      const done = (await Promise.all(writers)).reduce((a, b) => a + b, 0);
      assert.ok(done > writes / 4, `only ${done} writes were taken`);
      for (const { scope, informer, told } of watchers) {
        const list = await cluster.client.resource<ConfigMap>('configmaps').listAll(scope);
        const wanted = sorted(list.items);
        await eventually(
          `an informer of ${JSON.stringify(scope)} that holds what is listed`,
          async () => informer.hasSynced() && isDeepStrictEqual(sorted(informer.lister.list()), wanted),
          20_000,
        ).catch((error: unknown) => {
          assert.deepEqual(sorted(informer.lister.list()), wanted);
          throw error;
        });
        assert.deepEqual(
          [...told.values()].toSorted(),
          list.items.map((o) => o.metadata?.resourceVersion ?? '').toSorted(),
          'what the handlers were told',
        );
      }
    } finally {
      end.abort(new Error('the test has ended'));
      await Promise.all(watchers.map((w) => w.running));
      for (const transport of transports) await transport[Symbol.asyncDispose]();
    }
  });
}

/** The same client with watches that end after some batches, sometimes with what they have read thrown away by an expired version. */
function cutting(client: Client, rng: Rng): Client {
  const transport: Transport = {
    ...client.transport,
    async watch(call) {
      const stream = await client.transport.watch(call);
      let left = 1 + rng.int(8);
      const expires = rng.int(3) === 0;
      return {
        async read() {
          if (left-- > 0) return stream.read();
          stream.close();
          if (!expires) return undefined;
          const object = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
          return [{ type: 'ERROR', object }];
        },
        close: () => stream.close(),
      };
    },
  };
  return createClient(transport);
}
