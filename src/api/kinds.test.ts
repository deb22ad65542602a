import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceDefinition } from './definition.ts';
import { builtInResources } from './resources.ts';
import { created, createErrors, updated } from './test-support/write-path.ts';

function kind(plural: string, group = ''): ResourceDefinition {
  const found = builtInResources.find((r) => r.plural === plural && r.group === group);
  assert.ok(found, `${plural}.${group}`);
  return found;
}

const rbac = 'rbac.authorization.k8s.io';
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };
const workload = { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template } };
const service = (spec: object) => ({
  metadata: { name: 's' },
  spec: { clusterIP: '10.0.0.5', clusterIPs: ['10.0.0.5'], ports: [{ port: 80 }], ...spec },
});
const crd = (spec: object = {}, version: object = {}) => ({
  metadata: { name: 'foos.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...version }],
    ...spec,
  },
});
const slice = (rest: object) => ({ metadata: { name: 's' }, addressType: 'IPv4', endpoints: [], ports: [], ...rest });

type Case = readonly [name: string, definition: ResourceDefinition, object: object, errors: readonly string[]];

const cases: readonly Case[] = [
  [
    'ConfigMap key',
    kind('configmaps'),
    { data: { 'a/b': '' } },
    [
      "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  ['ConfigMap of the prototype', kind('configmaps'), JSON.parse('{"data":{"__proto__":"x","constructor":"y"}}'), []],
  ['ConfigMap size', kind('configmaps'), { data: { a: 'x'.repeat(1048577) } }, ['<nil>: Too long: may not be more than 1048576 bytes']],
  ['Secret', kind('secrets'), { stringData: { a: 'b' } }, []],
  ['Secret tls', kind('secrets'), { type: 'kubernetes.io/tls' }, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
  ['Namespace', kind('namespaces'), { metadata: { name: 'a' } }, []],
  [
    'Node taint',
    kind('nodes'),
    { metadata: { name: 'n' }, spec: { taints: [{ key: 'a', effect: 'X' }] } },
    ['metadata.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
  ],
  ['Service', kind('services'), service({}), []],
  ['Service without ports', kind('services'), service({ ports: [] }), ['spec.ports: Required value']],
  [
    'Service type',
    kind('services'),
    service({ type: 'X', internalTrafficPolicy: 'Cluster' }),
    ['spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
  ],
  [
    'Service port names',
    kind('services'),
    service({
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    }),
    ['spec.ports[1].name: Duplicate value: "a"'],
  ],
  [
    'Service nodePort',
    kind('services'),
    service({ ports: [{ port: 1, nodePort: 30000 }] }),
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  ['Service ExternalName', kind('services'), { metadata: { name: 's' }, spec: { type: 'ExternalName', externalName: 'example.com' } }, []],
  [
    'Endpoints',
    kind('endpoints'),
    { subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }] },
    ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ],
  ['Deployment', kind('deployments', 'apps'), workload, []],
  [
    'Deployment selector',
    kind('deployments', 'apps'),
    { ...workload, spec: { ...workload.spec, selector: { matchLabels: { app: 'x' } } } },
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  ['Deployment without selector', kind('deployments', 'apps'), { ...workload, spec: { template } }, ['spec.selector: Required value']],
  [
    'Deployment replicas',
    kind('deployments', 'apps'),
    { ...workload, spec: { ...workload.spec, replicas: -1 } },
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'Deployment rolling update',
    kind('deployments', 'apps'),
    { ...workload, spec: { ...workload.spec, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'Deployment restart policy',
    kind('deployments', 'apps'),
    { ...workload, spec: { ...workload.spec, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } },
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
  ['ReplicaSet', kind('replicasets', 'apps'), workload, []],
  ['StatefulSet', kind('statefulsets', 'apps'), workload, []],
  ['DaemonSet', kind('daemonsets', 'apps'), workload, []],
  ['ReplicationController', kind('replicationcontrollers'), { metadata: { name: 'r' }, spec: { template } }, []],
  [
    'Job',
    kind('jobs', 'batch'),
    { metadata: { name: 'j', uid: 'u1' }, spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
    [],
  ],
  [
    'Job restart policy',
    kind('jobs', 'batch'),
    { metadata: { name: 'j', uid: 'u1' }, spec: { template: { spec: template.spec } } },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'CronJob',
    kind('cronjobs', 'batch'),
    {
      metadata: { name: 'j' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } },
    },
    [],
  ],
  [
    'CronJob time zone',
    kind('cronjobs', 'batch'),
    {
      metadata: { name: 'j' },
      spec: { schedule: '* * * * *', timeZone: 'X/Y', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } },
    },
    ['spec.timeZone: Invalid value: "X/Y": unknown time zone X/Y'],
  ],
  ['EndpointSlice', kind('endpointslices', 'discovery.k8s.io'), slice({ endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 1 }] }), []],
  [
    'EndpointSlice family',
    kind('endpointslices', 'discovery.k8s.io'),
    slice({ endpoints: [{ addresses: ['fd00::1'] }] }),
    ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address'],
  ],
  ['EndpointSlice type', kind('endpointslices', 'discovery.k8s.io'), { metadata: { name: 's' }, endpoints: [] }, ['addressType: Required value']],
  [
    'Lease',
    kind('leases', 'coordination.k8s.io'),
    { spec: { leaseDurationSeconds: 0 } },
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
  ],
  [
    'Role',
    kind('roles', rbac),
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] },
    ['rules[0].verbs: Required value: verbs must contain at least one value'],
  ],
  [
    'Role with paths',
    kind('roles', rbac),
    { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] },
    ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  ['RoleBinding', kind('rolebindings', rbac), { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] }, []],
  [
    'ClusterRoleBinding',
    kind('clusterrolebindings', rbac),
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 'u' }] },
    ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"', 'subjects[0].namespace: Required value'],
  ],
  [
    'PriorityClass',
    kind('priorityclasses', 'scheduling.k8s.io'),
    { metadata: { name: 'a' }, value: 1000000001 },
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  [
    'PriorityClass of the system',
    kind('priorityclasses', 'scheduling.k8s.io'),
    { metadata: { name: 'system-x' }, value: 1 },
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
    ],
  ],
  ['CRD', kind('customresourcedefinitions', 'apiextensions.k8s.io'), crd(), []],
  [
    'CRD name',
    kind('customresourcedefinitions', 'apiextensions.k8s.io'),
    { ...crd(), metadata: { name: 'x' } },
    ['metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group'],
  ],
  [
    'CRD group',
    kind('customresourcedefinitions', 'apiextensions.k8s.io'),
    { ...crd({ group: 'example' }), metadata: { name: 'foos.example' } },
    ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
  ],
  [
    'CRD schema',
    kind('customresourcedefinitions', 'apiextensions.k8s.io'),
    crd({}, { schema: { openAPIV3Schema: { type: 'object', properties: { spec: { properties: {} } } } } }),
    ['spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields'],
  ],
  [
    'CRD storage',
    kind('customresourcedefinitions', 'apiextensions.k8s.io'),
    crd({}, { storage: false }),
    [
      'spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: []: must have at least one stored version',
    ],
  ],
  [
    'SubjectAccessReview',
    kind('subjectaccessreviews', 'authorization.k8s.io'),
    { spec: {} },
    [
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
  ],
  [
    'PDB',
    kind('poddisruptionbudgets', 'policy'),
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    ['spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set'],
  ],
  ['HPA', kind('horizontalpodautoscalers', 'autoscaling'), { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 3 } }, []],
  [
    'NetworkPolicy',
    kind('networkpolicies', 'networking.k8s.io'),
    { spec: { podSelector: {}, ingress: [{ from: [{}] }] } },
    ['spec.ingress[0].from[0]: Required value: must specify a peer'],
  ],
  [
    'Ingress',
    kind('ingresses', 'networking.k8s.io'),
    {
      spec: {
        rules: [{ host: 'a.b', http: { paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }],
      },
    },
    ['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'],
  ],
  ['PVC', kind('persistentvolumeclaims'), { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }, []],
  [
    'PVC size',
    kind('persistentvolumeclaims'),
    { spec: { accessModes: ['X'] } },
    [
      'spec.accessModes: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      'spec.resources[storage]: Required value',
    ],
  ],
  ['PV', kind('persistentvolumes'), { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } }, []],
  ['StorageClass', kind('storageclasses', 'storage.k8s.io'), { provisioner: 'example.com/p' }, []],
  [
    'ServiceCIDR',
    kind('servicecidrs', 'networking.k8s.io'),
    { spec: { cidrs: ['10.0.0.1/24'] } },
    ['spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length'],
  ],
  ['RuntimeClass', kind('runtimeclasses', 'node.k8s.io'), { handler: '' }, ['handler: Required value']],
  [
    'LimitRange',
    kind('limitranges'),
    { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "1": min value 2 is greater than default value 1',
    ],
  ],
  [
    'webhook',
    kind('validatingwebhookconfigurations', 'admissionregistration.k8s.io'),
    {
      webhooks: [
        {
          name: 'a.example.com',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          clientConfig: { url: 'http://example.com' },
          rules: [{ apiGroups: ['*', 'apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
    [
      'webhooks[0].rules[0].apiGroups: Invalid value: ["*","apps"]: if \'*\' is present, must not specify other API groups',
      'webhooks[0].clientConfig.url: Invalid value: "http://example.com": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
    ],
  ],
  [
    'admission policy',
    kind('validatingadmissionpolicies', 'admissionregistration.k8s.io'),
    {
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
        validations: [{ expression: ' ' }],
      },
    },
    ['spec.validations[0].expression: Required value: expression is not specified'],
  ],
];

for (const [name, definition, object, errors] of cases) {
  test(`create ${name}`, () => assert.deepEqual(createErrors(definition, { metadata: { name: 'x', namespace: 'default' }, ...object }), errors));
}

type Update = readonly [
  name: string,
  definition: ResourceDefinition,
  change: (object: never) => void,
  errors: readonly string[],
  generation: number | undefined,
];

const updates: readonly (readonly [object, Update])[] = [
  [{ ...workload }, ['Deployment scaled', kind('deployments', 'apps'), (o: { spec: { replicas: number } }) => (o.spec.replicas = 3), [], 2]],
  [
    { ...workload },
    [
      'Deployment annotated',
      kind('deployments', 'apps'),
      (o: { metadata: { annotations?: object } }) => (o.metadata.annotations = { a: 'b' }),
      [],
      2,
    ],
  ],
  [
    { ...workload },
    [
      'Deployment selector',
      kind('deployments', 'apps'),
      (o: { spec: { selector: { matchExpressions?: object[] } } }) => (o.spec.selector.matchExpressions = [{ key: 'app', operator: 'Exists' }]),
      ['spec.selector: Invalid value: {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"app","operator":"Exists"}]}: field is immutable'],
      2,
    ],
  ],
  [
    { ...workload },
    ['ReplicaSet labelled', kind('replicasets', 'apps'), (o: { metadata: { labels?: object } }) => (o.metadata.labels = { a: 'b' }), [], 1],
  ],
  [
    { data: { a: 'b' }, immutable: true },
    [
      'ConfigMap immutable',
      kind('configmaps'),
      (o: { data: object }) => (o.data = {}),
      ['data: Forbidden: field is immutable when `immutable` is set'],
      0,
    ],
  ],
  [
    { type: 'a/b' },
    ['Secret type', kind('secrets'), (o: { type: string }) => (o.type = 'c/d'), ['type: Invalid value: "c/d": field is immutable'], 0],
  ],
  [
    { roleRef: { kind: 'Role', name: 'r' } },
    [
      'RoleBinding',
      kind('rolebindings', rbac),
      (o: { roleRef: { name: string } }) => (o.roleRef.name = 's'),
      ['roleRef: Invalid value: {"kind":"Role","name":"s","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef'],
      0,
    ],
  ],
  [
    slice({}),
    [
      'EndpointSlice',
      kind('endpointslices', 'discovery.k8s.io'),
      (o: { endpoints: object[] }) => (o.endpoints = [{ addresses: ['10.0.0.1'] }]),
      [],
      2,
    ],
  ],
  [
    { ...workload },
    [
      'StatefulSet',
      kind('statefulsets', 'apps'),
      (o: { spec: { serviceName: string } }) => (o.spec.serviceName = 'x'),
      [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
      2,
    ],
  ],
] as const;

for (const [object, [name, definition, change, errors, generation]] of updates) {
  test(`update ${name}`, () => {
    const old = created(definition, { metadata: { name: 'x', namespace: 'default' }, ...object });
    const now = structuredClone(old);
    change(now as never);
    const result = updated(definition, { old, now });
    assert.deepEqual(result.errors, errors);
    assert.equal(result.object.metadata?.generation, generation);
  });
}

test('a job gets a selector of its own, and labels that match it', () => {
  const job = created(kind('jobs', 'batch'), {
    metadata: { name: 'j', uid: 'u1' },
    spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  });
  const { spec } = job as unknown as { readonly spec: { readonly selector: unknown; readonly template: { readonly metadata: unknown } } };
  assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } });
  assert.deepEqual(spec.template.metadata, {
    labels: { 'job-name': 'j', 'batch.kubernetes.io/job-name': 'j', 'controller-uid': 'u1', 'batch.kubernetes.io/controller-uid': 'u1' },
  });
});

test('a namespace carries its name as a label and the finalizer of its content', () => {
  const object = created(kind('namespaces'), { metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'b' } } });
  assert.deepEqual(object, {
    metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
});

test('signing requests name who asked, and only approval decides', () => {
  const definition = kind('certificatesigningrequests', 'certificates.k8s.io');
  const pem = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
  const request = Buffer.from(pem).toString('base64');
  const sent = { metadata: { name: 'c' }, spec: { request, signerName: 'example.com/s', usages: ['client auth'], username: 'root' } };
  assert.deepEqual(createErrors(definition, sent), []);
  const old = created(definition, sent);
  assert.equal((old as unknown as { spec: { username: string } }).spec.username, 'jane');
  const approved = { ...old, status: { conditions: [{ type: 'Approved', status: 'True' }] } };
  const { object, errors } = updated(definition, { old, now: approved }, 'approval');
  assert.deepEqual(errors, []);
  assert.deepEqual((object as unknown as { status: unknown }).status, {
    conditions: [{ type: 'Approved', status: 'True', lastUpdateTime: '2026-01-02T12:00:00Z', lastTransitionTime: '2026-01-02T12:00:00Z' }],
  });
  const byStatus = updated(definition, { old, now: approved }, 'status');
  assert.deepEqual(byStatus.errors, []);
  assert.deepEqual((byStatus.object as unknown as { status: { conditions?: unknown } }).status.conditions, [], 'decisions are not taken by /status');
});

test('events of both groups are one object', () => {
  const [version] = kind('events', 'events.k8s.io').versions;
  const event = {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: { name: 'e' },
    eventTime: '2026-01-02T12:00:00.000000Z',
    regarding: { kind: 'Pod', name: 'p' },
    note: 'hello',
    reportingController: 'c',
  };
  const core = version!.toStorage!(event) as unknown as Record<string, unknown>;
  assert.equal(core['message'], 'hello');
  assert.deepEqual(core['involvedObject'], { kind: 'Pod', name: 'p' });
  assert.deepEqual(version!.fromStorage!(core), { ...event, deprecatedSource: {} });
  assert.equal(version!.columns.find((c) => c.name === 'Object')!.value(event as never), 'pod/p');
});

test('an autoscaler of v1 keeps what only v2 can say', () => {
  const v1 = kind('horizontalpodautoscalers', 'autoscaling').versions[1]!;
  const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } };
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const v2 = {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: 'h' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 3, metrics: [cpu, memory] },
  };
  const served = v1.fromStorage!(v2 as never) as unknown as { spec: Record<string, unknown> };
  assert.equal(served.spec['targetCPUUtilizationPercentage'], 50);
  const back = v1.toStorage!(served as never) as unknown as typeof v2;
  assert.deepEqual(back.spec, v2.spec);
});
