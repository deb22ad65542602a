import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { builtInResources } from '../../src/api/index.ts';
import type {
  CertificateSigningRequest,
  ClusterRole,
  ConfigMap,
  Deployment,
  Endpoints,
  EndpointSlice,
  Job,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '../../src/api/index.ts';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { createApiServer, createSecurity, type ApiServer } from '../../src/apiserver/index.ts';
import { jsonLogger, realClock, seededRng } from '../../src/base/index.ts';
import { type Client, createClient, createInformerFactory, inProcessTransport } from '../../src/client/index.ts';
import { controllerUser, createControllers, runControllers } from '../../src/controller/index.ts';
import { openMemoryEtcd } from '../../src/etcd/index.ts';
import { createAuthority, createSigningRequest, generateKeyPair } from '../../src/pki/index.ts';

const clock = realClock;
const rng = seededRng(11);
const ca = createAuthority({ commonName: 'kubernetes', clock });
const lines: string[] = [];
const logger = jsonLogger({ write: (line) => lines.push(line), now: () => clock.now(), level: 'info' });

/** Where the server has no bootstrap roles, everyone may do everything. */
async function ensureRights(admin: Client): Promise<void> {
  const roles = admin.resource<ClusterRole>('clusterroles');
  if ((await roles.list()).items.length > 0) return;
  await roles.create({
    metadata: { name: 'all' },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  });
  await admin.resource('clusterrolebindings').create({
    metadata: { name: 'all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
  } as KubeObject);
}

describe('controllers on the API server, each under its own account', () => {
  let server: ApiServer;
  let admin: Client;
  const end = new AbortController();
  let running: Promise<void>;
  const etcd = openMemoryEtcd({ clock });
  const security = createSecurity({});

  before(async () => {
    server = createApiServer({ etcd, clock, rng, logger, security, resources: builtInResources });
    await server.start();
    const clientFor = (name: string) => createClient(inProcessTransport(server.handler, controllerUser(name)));
    admin = createClient(inProcessTransport(server.handler, { name: 'admin', groups: ['system:masters', 'system:authenticated'] }));
    await ensureRights(admin);
    const manager = createClient(inProcessTransport(server.handler, { name: 'system:kube-controller-manager', groups: ['system:authenticated'] }));
    const informers = createInformerFactory({ client: manager, clock, rng, logger });
    informers.start(end.signal);
    const controllers = createControllers({ rootCa: ca.certificatePem, signingAuthority: ca, clusterCidrs: ['10.244.0.0/16'] });
    running = runControllers({ controllers, clientFor, informers, clock, rng, logger, signal: end.signal });
  });

  after(async () => {
    end.abort();
    await running;
    await server.close();
    await etcd[Symbol.asyncDispose]();
    security.close();
  });

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (await holds().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail(
      `${what} did not come true; the log ends with\n${lines
        .slice(-8)
        .map((l) => l.slice(0, 400))
        .join('\n')}`,
    );
  }
  const get = async <T extends KubeObject>(resource: string, name: string, namespace = 'default'): Promise<T | undefined> =>
    await admin
      .resource<T>(resource)
      .get({ namespace, name })
      .catch(() => undefined);
  const pods = async (labelSelector: string) => (await admin.resource<Pod>('pods').list({ namespace: 'default', labelSelector })).items;
  /** The kubelet's part. */
  const report = async (pod: Pod, status: NonNullable<Pod['status']>) =>
    await admin
      .resource<Pod>('pods')
      .updateStatus({ ...(await admin.resource<Pod>('pods').get({ namespace: 'default', name: pod.metadata?.name ?? '' })), status });
  const ready = (ip: string): NonNullable<Pod['status']> => ({
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  });

  test('a namespace has its account and its trust', async () => {
    await until('default account', async () => (await get('serviceaccounts', 'default')) !== undefined);
    await until('root CA', async () => (await get<ConfigMap>('configmaps', 'kube-root-ca.crt'))?.data?.['ca.crt'] === ca.certificatePem);
  });

  test('a role gathers what aggregates to it', async () => {
    const roles = admin.resource<ClusterRole>('clusterroles');
    await roles.create({ metadata: { name: 'gathers' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-gathers': 'true' } }] } });
    await roles.create({
      metadata: { name: 'part', labels: { 'to-gathers': 'true' } },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    });
    await until('rules', async () => ((await get<ClusterRole>('clusterroles', 'gathers', ''))?.rules ?? []).length === 1);
  });

  test('a node gets its range', async () => {
    await admin.resource<Node>('nodes').create({ metadata: { name: 'n1' } });
    await until('podCIDR', async () => (await get<Node>('nodes', 'n1', ''))?.spec?.podCIDR === '10.244.0.0/24');
  });

  test('a deployment is rolled out, exposed, rolled on and deleted with all it made', async () => {
    const deployment: Deployment = {
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
      spec: {
        replicas: 2,
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'a', ports: [{ name: 'http', containerPort: 80 }] }] },
        },
      },
    };
    await admin
      .resource<Service>('services')
      .create({ metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } });
    await admin.resource<Deployment>('deployments').create(deployment);
    await until('pods', async () => (await pods('app=web')).length === 2);
    for (const [i, pod] of (await pods('app=web')).entries()) await report(pod, ready(`10.244.0.${i + 10}`));
    await until('Available', async () => (await get<Deployment>('deployments', 'web'))?.status?.availableReplicas === 2);
    await until(
      'complete',
      async () => (await get<Deployment>('deployments', 'web'))?.status?.conditions?.some((c) => c.reason === 'NewReplicaSetAvailable') === true,
    );
    await until('slices', async () => {
      const { items } = await admin
        .resource<EndpointSlice>('endpointslices')
        .list({ namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' });
      return items.length === 1 && items[0]?.endpoints?.length === 2 && items[0].endpoints.every((e) => e.conditions?.ready === true);
    });
    await until('endpoints', async () => (await get<Endpoints>('endpoints', 'web'))?.subsets?.[0]?.addresses?.length === 2);
    await admin
      .resource('deployments')
      .patch({ namespace: 'default', name: 'web' }, 'strategic', { spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } } });
    await until('rolled', async () => {
      for (const [i, pod] of (await pods('app=web')).entries()) if (pod.status?.phase !== 'Running') await report(pod, ready(`10.244.0.${i + 20}`));
      const d = await get<Deployment>('deployments', 'web');
      return d?.status?.updatedReplicas === 2 && d.status.replicas === 2 && d.metadata?.annotations?.['deployment.kubernetes.io/revision'] === '2';
    });
    const sets = (await admin.resource<ReplicaSet>('replicasets').list({ namespace: 'default' })).items;
    assert.deepEqual(
      sets.map((s) => s.spec?.replicas ?? 1).toSorted((a, b) => a - b),
      [0, 2],
    );
    assert.ok(
      ((await get<Deployment>('deployments', 'web'))?.metadata?.generation ?? 2) <= 2,
      'annotations of the controller do not count as changes',
    );
    await admin.resource('deployments').delete({ namespace: 'default', name: 'web' }, { propagationPolicy: 'Foreground' });
    await until('all gone', async () => (await pods('app=web')).length === 0 && (await get('deployments', 'web')) === undefined);
  });

  test('a job completes', async () => {
    await admin.resource<Job>('jobs').create({
      metadata: { name: 'j', namespace: 'default' },
      spec: {
        completions: 2,
        parallelism: 2,
        backoffLimit: 6,
        manualSelector: true,
        selector: { matchLabels: { job: 'j' } },
        template: { metadata: { labels: { job: 'j' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    await until('pods', async () => (await pods('job=j')).length === 2);
    for (const pod of await pods('job=j')) await report(pod, { phase: 'Succeeded' });
    await until('Complete', async () => (await get<Job>('jobs', 'j'))?.status?.conditions?.some((c) => c.type === 'Complete') === true);
    assert.equal((await get<Job>('jobs', 'j'))?.status?.succeeded, 2);
    await admin.resource('jobs').delete({ namespace: 'default', name: 'j' }, { propagationPolicy: 'Background' });
    await until('pods gone', async () => (await pods('job=j')).length === 0);
  });

  test('a node renews its client certificate and gets its serving certificate', async () => {
    const name = 'system:node:n1';
    const node = await admin.resource<Node>('nodes').get('n1');
    await admin
      .resource<Node>('nodes')
      .updateStatus({ ...node, status: { ...node.status, addresses: [{ type: 'InternalIP', address: '10.9.9.9' }] } });
    const kubelet = createClient(inProcessTransport(server.handler, { name, groups: ['system:nodes', 'system:authenticated'] }));
    const keys = generateKeyPair();
    const ask = async (kind: string, names: { readonly ipAddresses?: readonly string[] }) => {
      const signer = kind === 'client' ? 'kube-apiserver-client-kubelet' : 'kubelet-serving';
      const request = createSigningRequest({ subject: { commonName: name, organizations: ['system:nodes'] }, names, keys });
      await kubelet.resource<CertificateSigningRequest>('certificatesigningrequests').create({
        metadata: { name: kind },
        spec: {
          request: Buffer.from(request).toString('base64'),
          signerName: `kubernetes.io/${signer}`,
          usages: ['digital signature', `${kind} auth`],
          username: name,
          groups: ['system:nodes', 'system:authenticated'],
        },
      });
      let pem = '';
      await until(`${kind} certificate`, async () => {
        const csr = await admin.resource<CertificateSigningRequest>('certificatesigningrequests').get(kind);
        pem = Buffer.from(csr.status?.certificate ?? '', 'base64').toString();
        return pem !== '';
      });
      return new X509Certificate(pem);
    };
    await admin.resource('clusterrolebindings').create({
      metadata: { name: 'autoapprove' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
      },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
    } as KubeObject);
    assert.ok((await ask('client', {})).checkIssued(ca.certificate));
    const account = { kind: 'ServiceAccount', name: 'certificate-controller', namespace: 'kube-system' };
    await admin.resource('clusterrolebindings').create({
      metadata: { name: 'approve-serving' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:certificates.k8s.io:kubelet-serving-approver' },
      subjects: [account],
    } as KubeObject);
    assert.equal((await ask('server', { ipAddresses: ['10.9.9.9'] })).checkIP('10.9.9.9'), '10.9.9.9');
  });

  test('a namespace is emptied and let go', async () => {
    await admin.resource<Namespace>('namespaces').create({ metadata: { name: 'x' } });
    await until('account', async () => (await get('serviceaccounts', 'default', 'x')) !== undefined);
    await admin.resource<ConfigMap>('configmaps').create({ metadata: { name: 'c', namespace: 'x' } });
    await admin.resource('namespaces').delete('x');
    await until('namespace gone', async () => (await get('namespaces', 'x', '')) === undefined);
  });

  test('a custom resource with an owner goes with it', async () => {
    await admin.resource('customresourcedefinitions').create({
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    } as KubeObject);
    const widgets = admin.resource({ group: 'example.com', version: 'v1', plural: 'widgets', namespaced: true, kind: 'Widget' });
    const owner = await admin.resource<ConfigMap>('configmaps').create({ metadata: { name: 'owner', namespace: 'default' } });
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata?.uid ?? '' };
    await until(
      'widget made',
      async () => (await widgets.create({ metadata: { name: 'w', namespace: 'default', ownerReferences: [ref] } })) !== undefined,
    );
    await admin.resource('configmaps').delete({ namespace: 'default', name: 'owner' });
    await until('widget gone', async () => (await widgets.list()).items.length === 0);
  });

  test('nothing was forbidden and nothing failed for good', () => {
    const bad = lines.filter((line) => line.includes('forbidden') || line.includes('"level":"error"'));
    assert.deepEqual(bad, []);
  });
});
