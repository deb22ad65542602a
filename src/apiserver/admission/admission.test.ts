import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { builtInResources } from '../../api/index.ts';
import { createSigningRequest, generateKeyPair } from '../../pki/index.ts';
import { createSecurity, type Security } from '../security.ts';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';
import { admissionPlugins, type AdmissionParts } from './index.ts';
import { forbiddenNodeLabels } from './node-labels.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const core = '/api/v1/namespaces/default';
const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

describe('admission', () => {
  let security: Security;
  let served: TestServer;
  const send = (method: string, url: string, body?: unknown, type?: string) =>
    served.send(method, url, {
      headers: { authorization: 'Bearer admin' },
      ...(body === undefined ? {} : { body }),
      ...(type === undefined ? {} : { type }),
    });
  const dry = (url: string, body: unknown) => send('POST', `${url}?dryRun=All`, body);

  before(async () => {
    security = createSecurity({ staticTokens: 'admin,admin,1,system:masters' });
    served = await startTestServer({ security, resources: builtInResources });
    await send('POST', '/api/v1/namespaces', { metadata: { name: 'default' } });
    await send('POST', `${core}/serviceaccounts`, { metadata: { name: 'default' } });
  });
  after(async () => {
    security.close();
    await served[Symbol.asyncDispose]();
  });

  test('every plugin has a name of its own and a step', () => {
    const plugins = admissionPlugins.map((make) => make({} as AdmissionParts));
    assert.equal(new Set(plugins.map((p) => p.name)).size, plugins.length);
    for (const plugin of plugins) assert.ok(plugin.admit ?? plugin.validate, plugin.name);
  });

  test('limit ranges give defaults and keep bounds', async () => {
    const limits = [
      {
        type: 'Container',
        default: { cpu: '200m', memory: '64Mi' },
        defaultRequest: { cpu: '100m', memory: '64Mi' },
        max: { cpu: '1' },
        min: { memory: '16Mi' },
        maxLimitRequestRatio: { cpu: '4' },
      },
    ];
    const range = await send('POST', `${core}/limitranges`, { metadata: { name: 'l' }, spec: { limits } });
    assert.equal(range.status, 201, range.text);
    const made = await dry(`${core}/pods`, pod());
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json['spec']!['containers']![0]!['resources'], {
      limits: { cpu: '200m', memory: '64Mi' },
      requests: { cpu: '100m', memory: '64Mi' },
    });
    assert.equal(
      made.json['metadata']!['annotations']!['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
    );
    const greedy = { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '2', memory: '8Mi' }, requests: { cpu: '250m' } } }] };
    const refused = await dry(`${core}/pods`, pod(greedy));
    assert.equal(
      refused.json['message'],
      'pods "p" is forbidden: [minimum memory usage per Container is 16Mi, but request is 8Mi, maximum cpu usage per Container is 1, but limit is 2, cpu max limit to request ratio per Container is 4, but provided ratio is 8.000000]',
    );
    await send('DELETE', `${core}/limitranges/l`);
  });

  test('claims and volumes are protected, and claims get the newest default class', async () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const made = await send('POST', '/apis/storage.k8s.io/v1/storageclasses', { metadata: { name: 'fast', annotations }, provisioner: 'x' });
    assert.equal(made.status, 201, made.text);
    const claim = await dry(`${core}/persistentvolumeclaims`, {
      metadata: { name: 'd' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    assert.equal(claim.status, 201, claim.text);
    assert.equal(claim.json['spec']!['storageClassName'], 'fast');
    assert.deepEqual(claim.json['metadata']!['finalizers'], ['kubernetes.io/pvc-protection']);
  });

  test('runtime classes must exist and pass on what they need', async () => {
    assert.equal(
      (await dry(`${core}/pods`, pod({ runtimeClassName: 'x' }))).json['message'],
      'pods "p" is forbidden: pod rejected: RuntimeClass "x" not found',
    );
    const runtime = { metadata: { name: 'vm' }, handler: 'vm', overhead: { podFixed: { cpu: '250m' } }, scheduling: { nodeSelector: { vm: 'yes' } } };
    assert.equal((await send('POST', '/apis/node.k8s.io/v1/runtimeclasses', runtime)).status, 201);
    const made = await dry(`${core}/pods`, pod({ runtimeClassName: 'vm' }));
    assert.deepEqual([made.json['spec']!['overhead'], made.json['spec']!['nodeSelector']], [{ cpu: '250m' }, { vm: 'yes' }]);
    const conflicting = await dry(`${core}/pods`, pod({ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } }));
    assert.match(
      textOf(conflicting.json['message']),
      /conflict: runtimeClass\.scheduling\.nodeSelector\[vm\] = yes; pod\.spec\.nodeSelector\[vm\] = no$/,
    );
  });

  test('priority comes from the class, one of which may be the default', async () => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    assert.equal(
      (await send('POST', classes, { metadata: { name: 'high' }, value: 1000, globalDefault: true, preemptionPolicy: 'Never' })).status,
      201,
    );
    const made = await dry(`${core}/pods`, pod());
    const spec = made.json['spec']!;
    assert.deepEqual([spec['priorityClassName'], spec['priority'], spec['preemptionPolicy']], ['high', 1000, 'Never']);
    const second = await send('POST', classes, { metadata: { name: 'other' }, value: 1, globalDefault: true });
    assert.match(textOf(second.json['message']), /PriorityClass high is already marked as default\. Only one default can exist$/);
    await send('DELETE', `${classes}/high`);
  });

  test('no client certificate makes a master', async () => {
    const request = createSigningRequest({ subject: { commonName: 'x', organizations: ['system:masters'] }, keys: generateKeyPair() });
    const body = {
      metadata: { name: 'up' },
      spec: { request: Buffer.from(request).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    };
    const reply = await send('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', body);
    assert.match(textOf(reply.json['message']), /use of kubernetes\.io\/kube-apiserver-client signer with system:masters group is not allowed$/);
  });

  test('pods that opt out of the token get none; mirror pods get nothing', async () => {
    const plain = await dry(`${core}/pods`, pod({ automountServiceAccountToken: false }));
    assert.equal(Object.hasOwn(plain.json['spec']!, 'volumes'), false);
    const mirror = await dry(`${core}/pods`, pod({ nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }));
    assert.equal(Object.hasOwn(mirror.json['spec']!, 'volumes'), false);
    const bad = await dry(
      `${core}/pods`,
      pod({ nodeName: 'n', serviceAccountName: 'default' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    );
    assert.match(textOf(bad.json['message']), /a mirror pod may not reference service accounts$/);
  });

  test('pods keep to the standard of their namespace; templates are warned about', async () => {
    const labels = {
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/enforce-version': 'v1.36',
      'pod-security.kubernetes.io/warn': 'restricted',
    };
    await send('POST', '/api/v1/namespaces', { metadata: { name: 'safe', labels } });
    await send('POST', '/api/v1/namespaces/safe/serviceaccounts', { metadata: { name: 'default' } });
    const bad = await dry(
      '/api/v1/namespaces/safe/pods',
      pod({ hostNetwork: true, hostPID: true, containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] }),
    );
    assert.equal(
      bad.json['message'],
      'pods "p" is forbidden: violates PodSecurity "baseline:v1.36": host namespaces (hostNetwork=true, hostPID=true), privileged (container "c" must not set securityContext.privileged=true)',
    );
    const plain = await dry('/api/v1/namespaces/safe/pods', pod());
    assert.equal(plain.status, 201, plain.text);
    assert.match(
      [plain.headers['warning']].flat().join(),
      /would violate PodSecurity \\"restricted:latest\\": allowPrivilegeEscalation != false \(container \\"c\\" must set securityContext\.allowPrivilegeEscalation=false\), unrestricted capabilities .*, runAsNonRoot != true .*, seccompProfile /,
    );
    const careful = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    const good = await dry('/api/v1/namespaces/safe/pods', pod({ containers: [{ name: 'c', image: 'i', securityContext: careful }] }));
    assert.equal(good.headers['warning'], undefined);
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const deployment = await dry('/apis/apps/v1/namespaces/safe/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    });
    assert.equal(deployment.status, 201, deployment.text);
    assert.match([deployment.headers['warning']].flat().join(), /would violate PodSecurity/);
  });

  test('tolerations that are there already are kept', async () => {
    const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }];
    const made = await dry(`${core}/pods`, pod({ tolerations }));
    const found = made.json['spec']!['tolerations'] as unknown as { key: string; tolerationSeconds: number }[];
    assert.deepEqual(
      found.map((t) => [t.key, t.tolerationSeconds]),
      [
        ['node.kubernetes.io/not-ready', 5],
        ['node.kubernetes.io/unreachable', 300],
      ],
    );
  });
});

const labels: readonly (readonly [string, boolean])[] = [
  ['app', false],
  ['example.com/x', false],
  ['kubernetes.io/hostname', false],
  ['kubelet.kubernetes.io/x', false],
  ['node.kubernetes.io/x', false],
  ['topology.kubernetes.io/zone', false],
  ['topology.kubernetes.io/other', true],
  ['node-role.kubernetes.io/control-plane', true],
  ['node-restriction.kubernetes.io/x', true],
  ['x.node-restriction.kubernetes.io/x', true],
  ['k8s.io/x', true],
];
for (const [label, isForbidden] of labels) {
  test(`a kubelet ${isForbidden ? 'may not' : 'may'} set ${label}`, () => {
    assert.deepEqual(forbiddenNodeLabels({ [label]: '' }, {}), isForbidden ? [label] : []);
    assert.deepEqual(forbiddenNodeLabels({ [label]: '' }, { [label]: '' }), []);
  });
}
