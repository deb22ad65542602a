import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, PodStatus } from '../api/index.ts';
import { app, made, podOf, runtimeOf, sandboxOf } from './pod-fixtures.ts';
import type { PodRuntime } from './pod-runtime.ts';
import { podStatus, type StatusInput } from './pod-status.ts';

const nowMs = Date.UTC(2026, 0, 1);

function statusOf(pod: Pod, runtime: PodRuntime, more: Partial<StatusInput> = {}): PodStatus {
  return podStatus({
    pod,
    runtime,
    waiting: new Map(),
    isReady: () => true,
    isStarted: () => true,
    terminationMessage: () => '',
    hostIP: '192.0.2.1',
    nowMs,
    ...more,
  });
}

const condition = (status: PodStatus, type: string) => status.conditions?.find((c) => c.type === type);

describe('phase', () => {
  const main = app('main');
  const once = podOf({ restartPolicy: 'Never' });
  const withInit = podOf({ initContainers: [app('first')] });
  const rows: readonly (readonly [string, Pod, PodRuntime, Partial<StatusInput>, string])[] = [
    ['nothing made', podOf(), runtimeOf([], []), {}, 'Pending'],
    ['running', podOf(), runtimeOf([made(main)]), {}, 'Running'],
    ['between two starts', podOf(), runtimeOf([made(main, { exitCode: 1 })]), {}, 'Running'],
    ['one not made yet', podOf({ containers: [main, app('other')] }), runtimeOf([made(main)]), {}, 'Pending'],
    ['initializing', withInit, runtimeOf([made(app('first'))]), {}, 'Pending'],
    ['init container failed, tried again', withInit, runtimeOf([made(app('first'), { exitCode: 1 })]), {}, 'Pending'],
    [
      'init container failed for good',
      podOf({ restartPolicy: 'Never', initContainers: [app('first')] }),
      runtimeOf([made(app('first'), { exitCode: 1 })]),
      {},
      'Failed',
    ],
    ['success', once, runtimeOf([made(main, { exitCode: 0 })]), {}, 'Succeeded'],
    ['failure', once, runtimeOf([made(main, { exitCode: 3 })]), {}, 'Failed'],
    [
      'failure among successes',
      podOf({ restartPolicy: 'Never', containers: [main, app('other')] }),
      runtimeOf([made(main, { exitCode: 0 }), made(app('other'), { exitCode: 1 })]),
      {},
      'Failed',
    ],
    ['deleted, ended with 0', podOf(), runtimeOf([made(main, { exitCode: 0 })]), { over: true }, 'Succeeded'],
    ['deleted, killed', podOf(), runtimeOf([made(main, { exitCode: 137 })]), { over: true }, 'Failed'],
    ['deleted before it began', podOf(), runtimeOf([], []), { over: true }, 'Failed'],
    [
      'ended by the kubelet',
      podOf(),
      runtimeOf([made(main, { exitCode: 137 })]),
      { failure: { reason: 'DeadlineExceeded', message: 'm' } },
      'Failed',
    ],
    ['once ended, ended for ever', podOf({}, { status: { phase: 'Succeeded' } }), runtimeOf([], []), {}, 'Succeeded'],
  ];
  for (const [name, pod, runtime, more, phase] of rows) test(name, () => assert.equal(statusOf(pod, runtime, more).phase, phase));

  test('an end is told only once nothing runs', () => {
    const proxy = app('proxy', { restartPolicy: 'Always' });
    const pod = podOf({ restartPolicy: 'Never', initContainers: [proxy] }, { status: { phase: 'Running' } });
    assert.equal(statusOf(pod, runtimeOf([made(main, { exitCode: 0 }), made(proxy)])).phase, 'Running');
    assert.equal(statusOf(pod, runtimeOf([made(main, { exitCode: 0 }), made(proxy, { exitCode: 137 })])).phase, 'Succeeded');
  });
});

describe('conditions', () => {
  const type = (status: PodStatus) =>
    Object.fromEntries((status.conditions ?? []).map((c) => [c.type, c.reason ? `${c.status} ${c.reason}` : c.status]));

  test('of a pod that is ready', () => {
    assert.deepEqual(type(statusOf(podOf(), runtimeOf([made(app('main'))]))), {
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
  });

  test('of one that is not', () => {
    const status = statusOf(podOf({ initContainers: [app('first'), app('second')] }), runtimeOf([], []));
    assert.equal(condition(status, 'Initialized')?.message, 'containers with incomplete status: [first second]');
    assert.equal(condition(status, 'Initialized')?.reason, 'ContainersNotInitialized');
    assert.equal(condition(status, 'Ready')?.message, 'containers with unready status: [main]');
    assert.equal(condition(status, 'PodReadyToStartContainers')?.status, 'False');
  });

  test('times change with the status alone, and those of others stay', () => {
    const old = [
      { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' },
      { type: 'ContainersReady', status: 'False', lastTransitionTime: '2025-01-01T00:00:00Z' },
      { type: 'example.com/own', status: 'False' },
    ];
    const status = statusOf(podOf({}, { status: { conditions: old } }), runtimeOf([made(app('main'))]));
    assert.equal(condition(status, 'Ready')?.lastTransitionTime, '2025-01-01T00:00:00Z');
    assert.equal(condition(status, 'ContainersReady')?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.deepEqual(condition(status, 'example.com/own'), old[2]);
  });

  test('gates', () => {
    const gated = (status?: string) =>
      statusOf(
        podOf({ readinessGates: [{ conditionType: 'x/y' }] }, { status: { conditions: status === undefined ? [] : [{ type: 'x/y', status }] } }),
        runtimeOf([made(app('main'))]),
      );
    assert.equal(condition(gated(), 'Ready')?.message, 'corresponding condition of pod readiness gate "x/y" does not exist.');
    assert.equal(condition(gated('False'), 'Ready')?.message, 'the status of pod readiness gate "x/y" is not "True", but False');
    assert.equal(condition(gated('True'), 'Ready')?.status, 'True');
    assert.equal(condition(gated(), 'ContainersReady')?.status, 'True');
  });
});

describe('container statuses', () => {
  const main = app('main');
  const only = (status: PodStatus) => status.containerStatuses![0]!;

  test('a container that waits, and one that crashes again and again', () => {
    assert.deepEqual(only(statusOf(podOf(), runtimeOf())).state, { waiting: { reason: 'ContainerCreating' } });
    assert.deepEqual(only(statusOf(podOf({ initContainers: [app('i')] }), runtimeOf())).state, { waiting: { reason: 'PodInitializing' } });
    const waiting = new Map([['main', { reason: 'CrashLoopBackOff', message: 'back-off 10s' }]]);
    const crashing = only(statusOf(podOf(), runtimeOf([made(main, { exitCode: 7, count: 2 })]), { waiting }));
    assert.deepEqual(crashing.state, { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } });
    assert.equal(crashing.lastState?.terminated?.exitCode, 7);
    assert.equal(crashing.restartCount, 2);
    assert.equal(crashing.ready, false);
  });

  test('an end with its message', () => {
    const status = only(statusOf(podOf({ restartPolicy: 'Never' }), runtimeOf([made(main, { exitCode: 1 })]), { terminationMessage: () => 'why' }));
    assert.deepEqual(status.state?.terminated, {
      exitCode: 1,
      reason: 'Error',
      message: 'why',
      startedAt: '1970-01-01T00:16:40Z',
      finishedAt: '1970-01-01T00:16:41Z',
      containerID: 'containerd://main-0',
    });
  });

  test('the one before is the last state of the one that runs', () => {
    const status = only(statusOf(podOf(), runtimeOf([made(main, { count: 1 }), made(main, { exitCode: 9 })])));
    assert.ok(status.state?.running);
    assert.equal(status.lastState?.terminated?.exitCode, 9);
    assert.equal(status.restartCount, 1);
  });

  test('init containers are ready once they have ended well, sidecars while they run', () => {
    const pod = podOf({ initContainers: [app('first'), app('proxy', { restartPolicy: 'Always' })] });
    const status = statusOf(pod, runtimeOf([made(main), made(app('proxy')), made(app('first'), { exitCode: 0 })]));
    assert.deepEqual(
      status.initContainerStatuses?.map((s) => [s.name, s.ready, s.started]),
      [
        ['first', true, false],
        ['proxy', true, true],
      ],
    );
  });

  test('what the API was told is kept where the runtime has forgotten', () => {
    const told = {
      name: 'main',
      ready: false,
      restartCount: 4,
      image: 'busybox:1',
      imageID: 'sha256:1',
      containerID: 'containerd://old',
      state: { terminated: { exitCode: 0 } },
    };
    const pod = podOf({ restartPolicy: 'Never' }, { status: { phase: 'Succeeded', containerStatuses: [told] } });
    const status = only(statusOf(pod, runtimeOf([], [])));
    assert.deepEqual([status.state, status.restartCount, status.containerID], [{ terminated: { exitCode: 0 } }, 4, 'containerd://old']);
  });
});

test('addresses: of the sandbox, of the node for its network, and as they were when the sandbox is gone', () => {
  assert.equal(statusOf(podOf(), runtimeOf()).podIP, '10.0.0.5');
  assert.equal(statusOf(podOf({ hostNetwork: true }), runtimeOf()).podIP, '192.0.2.1');
  const before = podOf({}, { status: { podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }] } });
  assert.deepEqual(statusOf(before, runtimeOf([], [sandboxOf(0, false)])).podIPs, [{ ip: '10.0.0.9' }]);
});
