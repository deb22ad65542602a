import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../types.gen.ts';
import { created, createErrors, updated } from '../test-support/write-path.ts';
import { pods } from './pods.ts';

const container = { name: 'c', image: 'nginx:1.27' };
const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec: { containers: [container], ...spec },
});
const withContainer = (rest: object, spec: object = {}) => pod({ containers: [{ ...container, ...rest }], ...spec });

test('defaults of a small pod', () => {
  const made = created(
    pods,
    pod({ containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }] }),
  ) as Pod;
  assert.deepEqual(made, {
    metadata: { name: 'p', namespace: 'default', generation: 1 },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'nginx',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  });
});

test('quality of service, scheduling gates, pull policies', () => {
  const limits = { cpu: '1', memory: '1Gi' };
  assert.equal((created(pods, withContainer({ resources: { limits } })) as Pod).status?.qosClass, 'Guaranteed');
  assert.equal((created(pods, pod()) as Pod).status?.qosClass, 'BestEffort');
  const gated = created(pods, pod({ schedulingGates: [{ name: 'example.com/wait' }] })) as Pod;
  assert.equal(gated.status?.conditions?.[0]?.reason, 'SchedulingGated');
  const images = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['host:5000/nginx', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    ['NGINX', 'IfNotPresent'],
  ] as const;
  for (const [image, policy] of images) {
    assert.equal((created(pods, withContainer({ image })) as Pod).spec?.containers[0]?.imagePullPolicy, policy, image);
  }
});

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const refused: readonly (readonly [object, readonly string[]])[] = [
  [pod(), []],
  [pod({ containers: [] }), ['spec.containers: Required value']],
  [withContainer({ name: 'A_B' }), [`spec.containers[0].name: Invalid value: "A_B": ${label}`]],
  [withContainer({ name: 'a.b' }), ['spec.containers[0].name: Invalid value: "a.b": must not contain dots']],
  [withContainer({ image: '' }), ['spec.containers[0].image: Required value']],
  [withContainer({ image: ' nginx' }), ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace']],
  [pod({ containers: [container, container] }), ['spec.containers[1].name: Duplicate value: "c"']],
  [
    withContainer({ ports: [{ containerPort: 70000 }] }),
    ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    withContainer({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
    ['spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"'],
  ],
  [
    withContainer({
      ports: [
        { containerPort: 1, hostPort: 8 },
        { containerPort: 2, hostPort: 8 },
      ],
    }),
    ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//8"'],
  ],
  [withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
  [
    withContainer({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi'],
  ],
  [
    withContainer({ resources: { limits: { gpu: '1' } } }),
    [
      'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    ],
  ],
  [
    withContainer({ livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 } }),
    ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
  ],
  [withContainer({ livenessProbe: { periodSeconds: 5 } }), ['spec.containers[0].livenessProbe: Required value: must specify a handler type']],
  [
    withContainer({ env: [{ name: 'A=B' }] }),
    [
      'spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
  ],
  [
    withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
  ],
  [pod({ restartPolicy: 'Sometimes' }), ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"']],
  [
    pod({ dnsPolicy: 'X' }),
    ['spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"'],
  ],
  [
    pod({ volumes: [{ name: 'v', hostPath: { path: '/a/../b' } }] }),
    ['spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
  ],
  [
    pod({ volumes: [{ name: 'v', secret: {}, emptyDir: {} }] }),
    ['spec.volumes[0].secret.secretName: Required value', 'spec.volumes[0].emptyDir: Forbidden: may not specify more than 1 volume type'],
  ],
  [pod({ ephemeralContainers: [{ name: 'd', image: 'busybox' }] }), ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
  [
    pod({ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }),
    ['spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"x"}: value must be empty when `operator` is \'Exists\''],
  ],
  [
    pod({ initContainers: [{ ...container, name: 'i', lifecycle: {} }] }),
    ['spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always'],
  ],
  [pod({ activeDeadlineSeconds: 0 }), ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
  [
    pod({ hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] }),
    ['spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true'],
  ],
];

for (const [object, errors] of refused) {
  test(`create: ${errors[0] ?? 'accepted'}`, () => assert.deepEqual(createErrors(pods, object), errors));
}

test('an update may change images and add tolerations, and counts a generation', () => {
  const old = created(pods, pod());
  const now = structuredClone(old) as { spec: { containers: { image: string }[]; tolerations?: object[] } };
  now.spec.containers[0]!.image = 'nginx:1.28';
  now.spec.tolerations = [{ key: 'a', operator: 'Exists' }];
  const { object, errors } = updated(pods, { old, now });
  assert.deepEqual(errors, []);
  assert.equal(object.metadata?.generation, 2);
});

test('an update may not change the command, nor the number of containers', () => {
  const old = created(pods, pod());
  const command = structuredClone(old) as { spec: { containers: object[] } };
  command.spec.containers[0] = { ...command.spec.containers[0], command: ['sh'] };
  const [error, ...rest] = updated(pods, { old, now: command }).errors;
  assert.deepEqual(rest, []);
  assert.match(
    error!,
    /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\n\+ containers\[0\]\.command: \["sh"\]$/s,
  );
  const more = structuredClone(old) as { spec: { containers: object[] } };
  more.spec.containers.push({ ...container, name: 'd' });
  assert.deepEqual(updated(pods, { old, now: more }).errors, ['spec.containers: Forbidden: pod updates may not add or remove containers']);
});

test('a status update leaves the spec alone', () => {
  const old = created(pods, pod());
  const now = { ...pod({ nodeName: 'elsewhere' }), status: { phase: 'Running' } };
  const { object, errors } = updated(pods, { old, now }, 'status');
  assert.deepEqual(errors, []);
  assert.equal((object as Pod).spec?.nodeName, undefined);
  assert.deepEqual((object as Pod).status, { phase: 'Running', qosClass: 'BestEffort' });
});

test('graceful deletion: only pods on a node that still run', () => {
  const grace = (p: object, requested?: number) => pods.strategy.gracePeriodSeconds?.(p, requested);
  assert.equal(grace(created(pods, pod())), 0);
  assert.equal(grace(created(pods, pod({ nodeName: 'n' }))), 30);
  assert.equal(grace(created(pods, pod({ nodeName: 'n' })), 5), 5);
  assert.equal(grace({ ...pod({ nodeName: 'n' }), status: { phase: 'Succeeded' } }), 0);
});

const running = { state: { running: {} }, ready: true, restartCount: 0 };
const cells: readonly (readonly [string, object, readonly unknown[]])[] = [
  ['running', { phase: 'Running', containerStatuses: [{ name: 'c', ...running }] }, ['1/1', 'Running', '0']],
  ['pending', { phase: 'Pending' }, ['0/1', 'Pending', '0']],
  [
    'pull error',
    { phase: 'Pending', containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ErrImagePull' } }, ready: false, restartCount: 0 }] },
    ['0/1', 'ErrImagePull', '0'],
  ],
  [
    'completed',
    {
      phase: 'Succeeded',
      containerStatuses: [{ name: 'c', state: { terminated: { reason: 'Completed', exitCode: 0 } }, ready: false, restartCount: 0 }],
    },
    ['0/1', 'Completed', '0'],
  ],
  [
    'restarted',
    {
      phase: 'Running',
      containerStatuses: [{ name: 'c', ...running, restartCount: 3, lastState: { terminated: { finishedAt: '2026-01-02T11:00:00Z' } } }],
    },
    ['1/1', 'Running', { ageOf: '2026-01-02T11:00:00Z', before: '3 (', after: ' ago)' }],
  ],
];

for (const [name, status, expected] of cells) {
  test(`columns: ${name}`, () => {
    const object = { ...pod(), status };
    assert.deepEqual(
      pods.versions[0]!.columns.slice(1, 4).map((c) => c.value(object)),
      expected,
    );
  });
}

test('init containers show their progress', () => {
  const object = {
    ...pod({ initContainers: [{ ...container, name: 'i' }] }),
    status: { phase: 'Pending', initContainerStatuses: [{ name: 'i', ready: false, restartCount: 2, state: { running: {} } }] },
  };
  assert.deepEqual(
    pods.versions[0]!.columns.slice(1, 4).map((c) => c.value(object)),
    ['0/1', 'Init:0/1', '2'],
  );
});
