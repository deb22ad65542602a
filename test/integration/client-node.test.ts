/** The JavaScript client that others use, unmodified, against a cluster in this process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ApiException,
  AppsV1Api,
  ApiextensionsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesListObject,
  type KubernetesObject,
  ListWatch,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { startCluster, type TestCluster } from '../../src/testing/index.ts';
import { eventually } from '../support/e2e-cluster.ts';

const namespace = 'default';
const path = `/api/v1/namespaces/${namespace}/configmaps`;
let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;

before(async () => {
  cluster = await startCluster();
  config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
});

after(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

const configMap = (name: string, labels: Record<string, string> = {}, data: Record<string, string> = { k: 'v' }): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});

async function refusedWith(code: number, call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => assert.fail(`expected ${code}`),
    (e: unknown) => e,
  );
  assert.ok(error instanceof ApiException, String(error));
  assert.equal(error.code, code);
  return String(error.body);
}

test('objects are created, read, replaced and deleted', async () => {
  const name = 'crud';
  const created = await core.createNamespacedConfigMap({ namespace, body: configMap(name) });
  assert.ok(created.metadata?.creationTimestamp instanceof Date);
  assert.deepEqual((await core.readNamespacedConfigMap({ namespace, name })).data, { k: 'v' });
  const replaced = await core.replaceNamespacedConfigMap({ namespace, name, body: { ...created, data: { k: 'w' } } });
  assert.notEqual(replaced.metadata?.resourceVersion, created.metadata?.resourceVersion);
  const conflict = await refusedWith(409, core.replaceNamespacedConfigMap({ namespace, name, body: { ...created, data: { k: 'x' } } }));
  assert.match(conflict, /the object has been modified; please apply your changes to the latest version and try again/);
  assert.match(await refusedWith(409, core.createNamespacedConfigMap({ namespace, body: configMap(name) })), /configmaps \\"crud\\" already exists/);
  const deleted = await core.deleteNamespacedConfigMap({ namespace, name });
  assert.equal(deleted.status, 'Success');
  assert.match(await refusedWith(404, core.readNamespacedConfigMap({ namespace, name })), /configmaps \\"crud\\" not found/);
});

test('lists take selectors and pages', async () => {
  for (let i = 0; i < 6; i++)
    await core.createNamespacedConfigMap({ namespace, body: configMap(`list-${i}`, { parity: String(i % 2), list: 'yes' }) });
  const names = (list: { readonly items: readonly KubernetesObject[] }) => list.items.map((o) => o.metadata?.name);
  assert.deepEqual(names(await core.listNamespacedConfigMap({ namespace, labelSelector: 'list=yes,parity in (1)' })), ['list-1', 'list-3', 'list-5']);
  assert.deepEqual(names(await core.listConfigMapForAllNamespaces({ fieldSelector: 'metadata.name=list-2' })), ['list-2']);
  const paged: (string | undefined)[] = [];
  let token: string | undefined;
  do {
    const page = await core.listNamespacedConfigMap({ namespace, labelSelector: 'list', limit: 4, ...(token ? { _continue: token } : {}) });
    paged.push(...names(page));
    token = page.metadata?._continue;
  } while (token);
  assert.deepEqual(
    paged,
    [0, 1, 2, 3, 4, 5].map((i) => `list-${i}`),
  );
  assert.match(await refusedWith(400, core.listNamespacedConfigMap({ namespace, labelSelector: 'a in (' })), /unable to parse requirement/);
  await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'list' });
  assert.deepEqual(names(await core.listNamespacedConfigMap({ namespace, labelSelector: 'list' })), []);
});

test('a watch tells what happens, and ends', async () => {
  const events: string[] = [];
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  const ended = Promise.withResolvers<unknown>();
  await new Watch(config).watch(
    path,
    { resourceVersion: metadata?.resourceVersion, labelSelector: 'watch=yes', timeoutSeconds: 2 },
    (phase, object: V1ConfigMap) => events.push(`${phase} ${object.metadata?.name} ${object.data?.['k']}`),
    ended.resolve,
  );
  await core.createNamespacedConfigMap({ namespace, body: configMap('watched', { watch: 'yes' }) });
  await core.createNamespacedConfigMap({ namespace, body: configMap('unwatched') });
  await core.replaceNamespacedConfigMap({ namespace, name: 'watched', body: configMap('watched', { watch: 'yes' }, { k: 'w' }) });
  await core.replaceNamespacedConfigMap({ namespace, name: 'watched', body: configMap('watched', {}, { k: 'x' }) });
  await core.deleteNamespacedConfigMap({ namespace, name: 'watched' });
  assert.equal(await ended.promise, null, 'the watch ended without an error');
  // What leaves the selection is told with its last selected state, as upstream has it.
  assert.deepEqual(events, ['ADDED watched v', 'MODIFIED watched w', 'DELETED watched w']);
});

test('an informer lists anew after 410 and goes on after the end of a watch', { timeout: 60_000 }, async () => {
  let lists = 0;
  let connects = 0;
  const list = async (): Promise<KubernetesListObject<V1ConfigMap>> => {
    const found = await core.listNamespacedConfigMap({ namespace, labelSelector: 'informer' });
    // The first list claims to be of a version that no watch can begin at any more.
    if (lists++ === 0) return { ...found, metadata: { ...found.metadata, resourceVersion: '1' } } as KubernetesListObject<V1ConfigMap>;
    return found as KubernetesListObject<V1ConfigMap>;
  };
  const delayFn = () => new Promise<void>((resolve) => setTimeout(resolve, 10));
  const informer = new ListWatch<V1ConfigMap>(`${path}?timeoutSeconds=1`, new Watch(config), list, false, 'informer', undefined, { delayFn });
  const told: string[] = [];
  const errors: unknown[] = [];
  informer.on('add', (o) => told.push(`add ${o.metadata?.name}`));
  informer.on('update', (o) => told.push(`update ${o.metadata?.name}`));
  informer.on('delete', (o) => told.push(`delete ${o.metadata?.name}`));
  informer.on('error', (error) => errors.push(error));
  informer.on('connect', () => connects++);
  await core.createNamespacedConfigMap({ namespace, body: configMap('i-0', { informer: 'yes' }) });
  await informer.start();
  try {
    await eventually('a second list', async () => lists === 2, 10_000);
    const connectsBefore = connects;
    await core.createNamespacedConfigMap({ namespace, body: configMap('i-1', { informer: 'yes' }) });
    await eventually('i-1', async () => informer.get('i-1', namespace));
    await eventually('another watch', async () => connects > connectsBefore, 10_000);
    assert.equal(lists, 2, 'the end of a watch is no reason to list');
    await core.deleteNamespacedConfigMap({ namespace, name: 'i-0' });
    await core.replaceNamespacedConfigMap({ namespace, name: 'i-1', body: configMap('i-1', { informer: 'yes' }, { k: 'w' }) });
    await eventually('the rest', async () => told.includes('delete i-0') && informer.get('i-1', namespace)?.data?.['k'] === 'w');
    assert.deepEqual(
      informer.list(namespace).map((o) => o.metadata?.name),
      ['i-1'],
    );
    assert.deepEqual([...new Set(told)], ['add i-0', 'add i-1', 'delete i-0', 'update i-1']);
    assert.deepEqual(errors, []);
  } finally {
    await informer.stop();
  }
});

const deployment: V1Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'patched', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'patched' } },
    template: {
      metadata: { labels: { app: 'patched' } },
      spec: {
        containers: [
          { name: 'one', image: 'one', env: [{ name: 'A', value: '1' }] },
          { name: 'two', image: 'two' },
        ],
      },
    },
  },
};

test('each kind of patch', async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const name = 'patched';
  await apps.createNamespacedDeployment({ namespace, body: deployment });
  const patch = (strategy: PatchStrategy, body: unknown) =>
    apps.patchNamespacedDeployment({ namespace, name, body }, setHeaderOptions('Content-Type', strategy));
  const images = (d: V1Deployment) => d.spec?.template.spec?.containers.map((c) => c.image);
  const strategic = await patch(PatchStrategy.StrategicMergePatch, {
    spec: { template: { spec: { containers: [{ name: 'two', image: 'two:2' }] } } },
  });
  assert.deepEqual(images(strategic), ['one', 'two:2'], 'lists merge by name');
  const json = await patch(PatchStrategy.JsonPatch, [
    { op: 'test', path: '/spec/replicas', value: 0 },
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'one:2' },
  ]);
  assert.deepEqual(images(json), ['one:2', 'two:2']);
  const merge = await patch(PatchStrategy.MergePatch, { spec: { template: { spec: { containers: [{ name: 'three', image: 'three' }] } } } });
  assert.deepEqual(images(merge), ['three'], 'lists are replaced');
  assert.equal(merge.metadata?.generation, 4);
  const scaled = await apps.patchNamespacedDeploymentScale(
    { namespace, name, body: { spec: { replicas: 2 } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  assert.equal(scaled.spec?.replicas, 2);
  await eventually('a replica set', async () =>
    (await apps.listNamespacedReplicaSet({ namespace, labelSelector: 'app=patched' })).items.some((r) => r.status?.replicas === 2),
  );
  await apps.deleteNamespacedDeployment({ namespace, name });
});

test('custom objects', async () => {
  const extensions = config.makeApiClient(ApiextensionsV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const of = { group: 'example.com', version: 'v1', namespace, plural: 'widgets' };
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, _default: 3 } } },
      status: { type: 'object', properties: { ready: { type: 'boolean' } } },
    },
  };
  await extensions.createCustomResourceDefinition({
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } }],
      },
    },
  });
  await eventually('the definition is established', async () => {
    const { status } = await extensions.readCustomResourceDefinition({ name: 'widgets.example.com' });
    return status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
  });
  interface Widget extends KubernetesObject {
    readonly spec: { readonly size: number };
    readonly status?: { readonly ready: boolean };
  }
  const name = 'w';
  const body = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec: {}, status: { ready: true } };
  const created = (await custom.createNamespacedCustomObject({ ...of, body })) as Widget;
  assert.deepEqual([created.spec, created.status], [{ size: 3 }, undefined], 'defaults are set, status is not');
  const refused = await refusedWith(
    422,
    custom.createNamespacedCustomObject({ ...of, body: { ...body, metadata: { name: 'x' }, spec: { size: 0 } } }),
  );
  assert.match(refused, /spec\.size in body should be greater than or equal to 1/);
  const status = (await custom.patchNamespacedCustomObjectStatus(
    { ...of, name, body: { status: { ready: true } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  )) as Widget;
  assert.deepEqual(status.status, { ready: true });
  const list = (await custom.listNamespacedCustomObject(of)) as KubernetesListObject<Widget>;
  assert.deepEqual([list.kind, list.items.map((w) => w.spec.size)], ['WidgetList', [3]]);
  await custom.deleteNamespacedCustomObject({ ...of, name });
  await refusedWith(404, custom.getNamespacedCustomObject({ ...of, name }));
});

test('server-side apply by an API that knows no kinds', async () => {
  const objects = KubernetesObjectApi.makeApiClient(config);
  const apply = (manager: string, data: Record<string, string>, force = false) =>
    objects.patch<V1ConfigMap>(
      { ...configMap('applied', {}, data), metadata: { name: 'applied', namespace } },
      undefined,
      undefined,
      manager,
      force,
      PatchStrategy.ServerSideApply,
    );
  await apply('one', { a: '1', b: '1' });
  assert.match(await refusedWith(409, apply('two', { b: '2' })), /Apply failed with 1 conflict: conflict with \\"one\\": \.data\.b/);
  assert.deepEqual((await apply('two', { b: '2' }, true)).data, { a: '1', b: '2' });
  assert.deepEqual((await apply('one', {})).data, { b: '2' }, 'what one no longer applies goes, what two took stays');
  const read = await objects.read<V1ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace } });
  const owned = new Map(read.metadata?.managedFields?.map((m) => [m.manager, m.fieldsV1 as Record<string, unknown>]));
  assert.deepEqual([...owned.keys()], ['one', 'two']);
  assert.deepEqual([owned.get('one')?.['f:data'], owned.get('two')?.['f:data']], [{}, { 'f:b': {} }]);
  const created = await objects.create<V1Deployment>({ ...deployment, metadata: { name: 'generic', namespace } });
  assert.equal(created.spec?.strategy?.type, 'RollingUpdate', 'defaults are set');
  await objects.delete({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'generic', namespace } });
  assert.equal(
    (await objects.list('apps/v1', 'Deployment', namespace)).items.some((d) => d.metadata?.name === 'generic'),
    false,
  );
});

test('reviews and the version', async () => {
  assert.match((await config.makeApiClient(VersionApi).getCode()).gitVersion, /^v1\.36\./);
  const review = await config.makeApiClient(AuthorizationV1Api).createSubjectAccessReview({
    body: { spec: { user: 'nobody', resourceAttributes: { verb: 'get', resource: 'secrets', namespace } } },
  });
  assert.equal(review.status?.allowed, false);
});
