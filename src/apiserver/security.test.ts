import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { builtInResources } from '../api/index.ts';
import { type Clock, FakeClock, realClock, seededRng } from '../base/index.ts';
import { inject } from '../http/index.ts';
import { certificatesOf, clientUsages, createAuthority, generateKeyPair, issueCertificate } from '../pki/index.ts';
import { createTokenIssuer, jwksOf } from './authentication/index.ts';
import { createSecurity, type Security } from './security.ts';
import { startTestServer, type TestServer } from './test-support/test-server.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const issuer = 'https://kubernetes.default.svc';
const staticTokens = 'admin,admin,1,"system:masters"\nalice,alice,2,"dev,ops"\nn1,system:node:n1,3,system:nodes\nn2,system:node:n2,4,system:nodes\n';

interface Secured {
  readonly served: TestServer;
  readonly security: Security;
  as(token: string): (method: string, url: string, body?: unknown, type?: string) => ReturnType<TestServer['send']>;
}

const pair = generateKeyPair();
const keys = { issuer, signingKey: pair.privateKey, verificationKeys: [pair.publicKey] };

async function secured(clock: Clock = realClock): Promise<Secured> {
  const security = createSecurity({ staticTokens, serviceAccounts: keys });
  const tokens = createTokenIssuer(keys, { clock, rng: seededRng(3) });
  const served = await startTestServer({ security, tokens, resources: builtInResources, clock });
  const as = (token: string) => (method: string, url: string, body?: unknown, type?: string) =>
    served.send(method, url, {
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
      ...(type === undefined ? {} : { type }),
    });
  return { served, security, as };
}

const until = async (what: () => Promise<boolean>) => {
  for (let i = 0; i < 200; i++) {
    if (await what()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('did not come true');
};

const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

describe('a secured server', () => {
  let it: Secured;
  let admin: ReturnType<Secured['as']>;
  const core = '/api/v1/namespaces/default';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';

  before(async () => {
    it = await secured();
    admin = it.as('admin');
    for (const name of ['default', 'kube-node-lease']) {
      const made = await admin('POST', '/api/v1/namespaces', { metadata: { name } });
      assert.ok(made.status === 201 || made.status === 409, made.text);
    }
    const account = await admin('POST', `${core}/serviceaccounts`, { metadata: { name: 'default' }, imagePullSecrets: [{ name: 'pull' }] });
    assert.ok(account.status === 201 || account.status === 409, account.text);
    if (account.status === 409)
      await admin('PATCH', `${core}/serviceaccounts/default`, { imagePullSecrets: [{ name: 'pull' }] }, 'application/merge-patch+json');
  });
  after(async () => {
    it.security.close();
    await it.served[Symbol.asyncDispose]();
  });

  test('anonymous callers see health alone; unknown tokens are refused everywhere', async () => {
    assert.equal((await it.served.send('GET', '/livez')).status !== 401, true);
    const refused = await it.served.send('GET', '/api/v1/pods');
    assert.deepEqual([refused.status, refused.json['message']], [401, 'Unauthorized']);
    assert.equal((await it.as('wrong')('GET', '/livez')).status, 401);
  });

  test('refusals read as upstream words them', async () => {
    const alice = it.as('alice');
    const messages = async (method: string, url: string) => (await alice(method, url)).json['message'];
    assert.equal(
      await messages('GET', `${core}/pods`),
      'pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    assert.equal(
      await messages('GET', '/apis/apps/v1/namespaces/default/deployments/x'),
      'deployments.apps "x" is forbidden: User "alice" cannot get resource "deployments" in API group "apps" in the namespace "default"',
    );
    assert.equal(
      await messages('GET', '/api/v1/nodes'),
      'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    assert.equal(await messages('GET', '/metrics'), 'forbidden: User "alice" cannot get path "/metrics"');
  });

  test('roles and bindings take effect at once, by name too, and end when they are deleted', async () => {
    const alice = it.as('alice');
    const rules = [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get'] },
    ];
    assert.equal((await admin('POST', `${rbac}/namespaces/default/roles`, { metadata: { name: 'maps' }, rules })).status, 201);
    const binding = {
      metadata: { name: 'maps' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maps' },
      subjects: [{ kind: 'Group', name: 'dev' }],
    };
    assert.equal((await admin('POST', `${rbac}/namespaces/default/rolebindings`, binding)).status, 201);
    await until(async () => (await alice('GET', `${core}/configmaps`)).status === 200);
    assert.equal((await alice('GET', `${core}/configmaps/mine`)).status, 404);
    assert.equal((await alice('GET', `${core}/configmaps/other`)).status, 403);
    assert.equal((await alice('GET', '/api/v1/configmaps')).status, 403);
    await admin('DELETE', `${rbac}/namespaces/default/roles/maps`);
    await until(async () => (await alice('GET', `${core}/configmaps`)).status === 403);
    assert.match(textOf((await alice('GET', `${core}/configmaps`)).json['message']), /: RBAC: role\.rbac\.authorization\.k8s\.io "maps" not found$/);
    await admin('DELETE', `${rbac}/namespaces/default/rolebindings/maps`);
  });

  test('nobody grants what they do not hold', async () => {
    const alice = it.as('alice');
    const rules = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] }];
    await admin('POST', `${rbac}/namespaces/default/roles`, { metadata: { name: 'granter' }, rules });
    await admin('POST', `${rbac}/namespaces/default/rolebindings`, {
      metadata: { name: 'granter' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'granter' },
      subjects: [{ kind: 'User', name: 'alice' }],
    });
    const wanted = { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['get', 'list'] }] };
    await until(async () => textOf((await alice('POST', `${rbac}/namespaces/default/roles`, wanted)).json['message']).includes('attempting'));
    assert.equal(
      (await alice('POST', `${rbac}/namespaces/default/roles`, wanted)).json['message'],
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "alice" (groups=["dev" "ops" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    );
    const own = { metadata: { name: 'same' }, rules };
    assert.equal((await alice('POST', `${rbac}/namespaces/default/roles`, own)).status, 201, 'what one holds, one may grant');
    const toAdmin = {
      metadata: { name: 'up' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'no-such' },
      subjects: [],
    };
    assert.equal((await alice('POST', `${rbac}/namespaces/default/rolebindings`, toAdmin)).status, 404);
  });

  test('pods get an account, its token, tolerations and a priority', async () => {
    const made = await admin('POST', `${core}/pods`, pod('plain'));
    assert.equal(made.status, 201, made.text);
    const spec = made.json['spec']!;
    assert.equal(spec['serviceAccountName'], 'default');
    assert.equal(spec['serviceAccount'], 'default');
    assert.deepEqual(spec['imagePullSecrets'], [{ name: 'pull' }]);
    const volume = spec['volumes']![0]!;
    assert.match(textOf(volume['name']), /^kube-api-access-[a-z0-9]{5}$/);
    assert.deepEqual(volume['projected'], {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 420,
    });
    assert.deepEqual(spec['containers']![0]!['volumeMounts'], [
      { name: volume['name'], readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
    assert.deepEqual(
      (spec['tolerations'] as unknown as { key: string }[]).map((t) => t.key),
      ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'],
    );
    assert.deepEqual([spec['priority'], spec['preemptionPolicy']], [0, 'PreemptLowerPriority']);
  });

  const refused: readonly (readonly [string, object, string])[] = [
    [
      'an unknown account',
      { serviceAccountName: 'x' },
      'pods "p" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
    ],
    ['an unknown priority class', { priorityClassName: 'x' }, 'pods "p" is forbidden: no PriorityClass with name x was found'],
    [
      'a priority of its own',
      { priority: 7 },
      'pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
  ];
  for (const [name, spec, message] of refused) {
    test(`a pod with ${name} is refused`, async () => {
      const reply = await admin('POST', `${core}/pods`, pod('p', spec));
      assert.deepEqual([reply.status, reply.json['message']], [403, message]);
    });
  }

  test('namespaces: missing ones take nothing, some cannot be deleted', async () => {
    const reply = await admin('POST', '/api/v1/namespaces/nowhere/configmaps', { metadata: { name: 'a' } });
    assert.deepEqual([reply.status, reply.json['message']], [404, 'namespaces "nowhere" not found']);
    const kept = await admin('DELETE', '/api/v1/namespaces/default');
    assert.deepEqual([kept.status, kept.json['message']], [403, 'namespaces "default" is forbidden: this namespace may not be deleted']);
  });

  test('nodes: their own Node, lease and pods, and what those refer to', async () => {
    const n1 = it.as('n1');
    const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } });
    const made = await n1('POST', '/api/v1/nodes', node('n1'));
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json['spec']!['taints'], [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
    assert.equal(
      (await n1('POST', '/api/v1/nodes', node('n2'))).json['message'],
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    );
    const label = { metadata: { labels: { 'node-role.kubernetes.io/x': '' } } };
    assert.equal(
      (await n1('PATCH', '/api/v1/nodes/n1', label, 'application/merge-patch+json')).json['message'],
      'nodes "n1" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/x',
    );
    const lease = (name: string) => ({ metadata: { name, namespace: 'kube-node-lease' }, spec: { holderIdentity: name } });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    assert.equal((await n1('POST', leases, lease('n1'))).status, 201);
    assert.match(
      textOf((await n1('POST', leases, lease('n2'))).json['message']),
      /can only access node lease with the same name as the requesting node$/,
    );

    await admin('POST', `${core}/secrets`, { metadata: { name: 's' } });
    const readSecret = (as: string) => it.as(as)('GET', `${core}/secrets/s`);
    assert.match(textOf((await readSecret('n1')).json['message']), /: no relationship found between node 'n1' and this object$/);
    const using = await admin('POST', `${core}/pods`, pod('using', { nodeName: 'n1', volumes: [{ name: 'v', secret: { secretName: 's' } }] }));
    assert.equal(using.status, 201, using.text);
    assert.equal((await readSecret('n1')).status, 200);
    assert.equal((await readSecret('n2')).status, 403);
    assert.equal((await n1('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).status, 200);
    assert.equal((await n1('GET', '/api/v1/pods')).status, 403);

    const { uid, name } = using.json['metadata'] as unknown as { uid: string; name: string };
    const bound = { spec: { audiences: [], expirationSeconds: 3607, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } } };
    const token = await n1('POST', `${core}/serviceaccounts/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      ...bound,
    });
    assert.equal(token.status, 201, token.text);
    const jwt = textOf(token.json['status']!['token']);
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as {
      sub: string;
      exp: number;
      iat: number;
      'kubernetes.io': { warnafter: number; pod: object };
    };
    assert.equal(claims.sub, 'system:serviceaccount:default:default');
    assert.deepEqual(claims['kubernetes.io'].pod, { name, uid });
    assert.deepEqual([claims.exp - claims.iat, claims['kubernetes.io'].warnafter - claims.iat], [31_536_000, 3607]);

    const who = await it.as(jwt)('GET', `${core}/pods`);
    assert.match(textOf(who.json['message']), /User "system:serviceaccount:default:default" cannot list/);
    const free = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } };
    assert.match(
      textOf((await n1('POST', `${core}/serviceaccounts/default/token`, free)).json['message']),
      /node requested token not bound to a pod$/,
    );
    await admin('DELETE', `${core}/pods/using`, { gracePeriodSeconds: 0 });
    assert.equal((await it.as(jwt)('GET', `${core}/pods`)).status, 401, 'the pod is gone, and with it the token');
  });

  test('impersonation needs the right to, and takes on the groups it says', async () => {
    const asked = (token: string, headers: Readonly<Record<string, string>>) =>
      it.served.send('GET', `${core}/pods`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    assert.equal(
      (await asked('alice', { 'impersonate-user': 'bob' })).json['message'],
      'users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    assert.match(textOf((await asked('admin', { 'impersonate-user': 'bob' })).json['message']), /User "bob" cannot list/);
    assert.equal((await asked('admin', { 'impersonate-user': 'bob', 'impersonate-group': 'x, system:masters' })).status, 200);
    assert.equal((await asked('admin', { 'impersonate-group': 'x' })).status, 500);
  });

  test('client certificates name the user and its groups', async () => {
    const clock = realClock;
    const authority = createAuthority({ commonName: 'ca', clock });
    const { certificatePem } = issueCertificate(
      authority,
      { subject: { commonName: 'carol', organizations: ['system:masters'] }, usages: clientUsages, validityMs: 3_600_000 },
      clock,
    );
    const connection = { remoteAddress: '127.0.0.1', remotePort: 1, encrypted: true, clientCertificate: certificatesOf(certificatePem)[0]! };
    const reply = await inject(it.served.server.wireHandler, { method: 'GET', url: `${core}/pods`, connection });
    assert.equal(reply.status, 200);
  });
});

test('service account tokens end with their time', async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const it = await secured(clock);
  const admin = it.as('admin');
  await admin('POST', '/api/v1/namespaces', { metadata: { name: 'default' } });
  await admin('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const made = await admin('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', asked);
  assert.equal(made.status, 201, made.text);
  const robot = it.as(textOf(made.json['status']!['token']));
  assert.equal((await robot('GET', '/api/v1/pods')).status, 403);
  await clock.advance(601_000);
  assert.equal((await robot('GET', '/api/v1/pods')).status, 401);
  it.security.close();
  await it.served[Symbol.asyncDispose]();
});

test('the key set tells how to verify tokens', async () => {
  const { keys: found } = (await jwksOf(keys)) as { keys: readonly Record<string, string>[] };
  assert.equal(found.length, 1);
  assert.deepEqual([found[0]!['kty'], found[0]!['crv'], found[0]!['alg'], found[0]!['use']], ['EC', 'P-256', 'ES256', 'sig']);
  assert.equal(Object.hasOwn(found[0]!, 'd'), false);
});
