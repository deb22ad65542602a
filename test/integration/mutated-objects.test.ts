/** Objects with random things put in random places: refused or taken, but never an error of the server's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatusError, type Json, type JsonObject, setKey } from '../../src/apimachinery/index.ts';
import { jsonLogger, type Rng, seededRng } from '../../src/base/index.ts';
import { startCluster } from '../../src/testing/index.ts';

const requests = 6_000;
const slowMs = 1_000;

const container = {
  name: 'c',
  image: 'x',
  resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } },
  ports: [{ containerPort: 80 }],
  env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  livenessProbe: { httpGet: { path: '/', port: 'x' } },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
};
const podSpec = {
  containers: [container],
  initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always' }],
  volumes: [
    {
      name: 'v',
      projected: {
        sources: [{ configMap: { name: 'x', items: [{ key: 'k', path: 'p' }] } }, { serviceAccountToken: { path: 't', expirationSeconds: 3600 } }],
      },
    },
    { name: 'e', emptyDir: { sizeLimit: '1Gi' } },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
    },
  },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }],
  securityContext: { runAsUser: 1, sysctls: [{ name: 'a', value: 'b' }] },
  hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
};
const template = { metadata: { labels: { a: 'b' } }, spec: podSpec };
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        a: { type: 'string', pattern: '^a$', enum: ['a'], default: 'a' },
        l: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        m: { type: 'object', additionalProperties: { type: 'string' } },
      },
      'x-kubernetes-validations': [{ rule: 'self.a == "a"', message: 'x' }],
    },
  },
};

const metadata = { name: 'x', labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['a/b'] };
const namespaced = (apiVersion: string, plural: string) => `/${apiVersion === 'v1' ? 'api' : 'apis'}/${apiVersion}/namespaces/default/${plural}`;
const object = (
  apiVersion: string,
  kind: string,
  plural: string,
  spec: Json,
  path = namespaced(apiVersion, plural),
): readonly [string, JsonObject] => [path, { apiVersion, kind, metadata, spec }];

const objects: readonly (readonly [path: string, body: JsonObject])[] = [
  object('v1', 'Pod', 'pods', podSpec),
  object('apps/v1', 'Deployment', 'deployments', {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template,
  }),
  object('apps/v1', 'StatefulSet', 'statefulsets', {
    serviceName: 's',
    selector: { matchLabels: { a: 'b' } },
    template,
    updateStrategy: { rollingUpdate: { partition: 1 } },
  }),
  object('batch/v1', 'CronJob', 'cronjobs', {
    schedule: '* * * * *',
    timeZone: 'UTC',
    jobTemplate: { spec: { completions: 2, completionMode: 'Indexed', template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
  }),
  object('v1', 'Service', 'services', {
    type: 'NodePort',
    ports: [{ name: 'a', port: 80, targetPort: 'x', protocol: 'TCP' }],
    selector: { a: 'b' },
    externalIPs: ['1.2.3.4'],
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } },
    ipFamilies: ['IPv4'],
  }),
  object('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }),
  object('networking.k8s.io/v1', 'Ingress', 'ingresses', {
    rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }],
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', {
    podSelector: {},
    ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80, endPort: 90 }] }],
  }),
  object('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    scaleTargetRef: { kind: 'D', name: 'd', apiVersion: 'apps/v1' },
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] } },
  }),
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    '',
    {
      group: 'e.com',
      scope: 'Namespaced',
      names: { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList', shortNames: ['y'], categories: ['all'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
          additionalPrinterColumns: [{ name: 'a', type: 'string', jsonPath: '.spec.a' }],
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ),
];

const things: readonly Json[] = [
  ...[null, '', 'x', 0, -1, 1, 1e15, 0.5, true, [], {}, [null], [[]], [{}], { a: null }, '-', '1', '1Ei', '😀', '\ud800', '\u0000'],
  ...['9'.repeat(40), 'x'.repeat(300), '__proto__', 'constructor', '.', '/', '..', '%', '2020-13-45T99:99:99Z', '999.999.999.999', '::'],
  ...['10.0.0.0/99', '$(', '*', '@every 1s', '1e9999999', '-1e99', '(a+)+$'],
];

type Place = readonly [holder: Record<string, Json>, key: string];

function places(value: Json, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    found.push([value as Record<string, Json>, key]);
    places(inner as Json, found);
  }
  return found;
}

function mutate(body: JsonObject, rng: Rng): JsonObject {
  const copy = structuredClone(body);
  for (let times = 1 + rng.int(3); times > 0; times--) {
    const all = places(copy);
    if (all.length === 0) break;
    const [holder, key] = all[rng.int(all.length)]!;
    const what = rng.int(10);
    if (what === 0) delete holder[key];
    else if (what === 1) setKey(holder, key, structuredClone(holder));
    else setKey(holder, key, structuredClone(things[rng.int(things.length)]!));
  }
  return copy;
}

test('mutated objects are refused or taken, in time', { timeout: 120_000 }, async (t) => {
  let log = '';
  const logger = jsonLogger({ write: (line) => (log += line), now: () => 0, level: 'error' });
  await using cluster = await startCluster({ controllers: false, listen: false, logger });
  await cluster.client.resource('serviceaccounts').create({ metadata: { namespace: 'default', name: 'default' } });
  const rng = seededRng(20_260_402);
  const codes = new Map<number, number>();
  for (let i = 0; i < requests; i++) {
    const [path, body] = objects[rng.int(objects.length)]!;
    const sent = mutate(body, rng);
    const started = performance.now();
    const code = await cluster.client.transport.call({ method: 'POST', path, body: sent, query: { dryRun: 'All' } }).then(
      (result) => result.status,
      (error: unknown) => (isStatusError(error) ? error.code : assert.fail(error as Error)),
    );
    codes.set(code, (codes.get(code) ?? 0) + 1);
    assert.ok(code < 500, `${code} ${path} ${JSON.stringify(sent)}\n${log}`);
    assert.ok(performance.now() - started < slowMs, `${path} took too long: ${JSON.stringify(sent)}`);
  }
  assert.equal(log, '', 'nothing that a client sends is an error of the server');
  t.diagnostic([...codes].map(([code, count]) => `${count} times ${code}`).join(', '));
  for (const code of [201, 400, 422]) assert.ok((codes.get(code) ?? 0) > requests / 100, `${codes.get(code)} times ${code}`);
});
