import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, Pod } from '../api/index.ts';
import { computePodActions, isFinished, type ProbeVerdicts, shouldRestart } from './plan.ts';
import { app, made, podOf, runtimeOf, sandboxOf } from './pod-fixtures.ts';
import type { PodRuntime } from './pod-runtime.ts';

const fine: ProbeVerdicts = { livenessFailed: () => false, startupFailed: () => false, started: () => true };
const sidecar = (name: string, more: Partial<Container> = {}) => app(name, { restartPolicy: 'Always', ...more });

/** The decision in words: `sandbox 1`, `kill NAME: WHY`, `start NAME COUNT`. */
function words(pod: Pod, runtime: PodRuntime, verdicts: ProbeVerdicts = fine): string[] {
  const { newSandbox, attempt, kill, start } = computePodActions(pod, runtime, verdicts);
  return [
    ...(newSandbox ? [`sandbox ${attempt}`] : []),
    ...kill.map((k) => `kill ${k.container.id}: ${k.message}`),
    ...start.map((s) => `start ${s.container.name} ${s.restartCount}`),
  ];
}

describe('computePodActions', () => {
  const main = app('main');
  const two = podOf({ containers: [app('a'), app('b')] });
  const withInit = podOf({ initContainers: [app('first'), app('second')], containers: [main] });
  const withSidecar = podOf({ initContainers: [sidecar('proxy'), app('setup')], containers: [main] });
  const once = podOf({ restartPolicy: 'Never' });
  const onFailure = podOf({ restartPolicy: 'OnFailure' });
  const rows: readonly (readonly [string, Pod, PodRuntime, readonly string[]])[] = [
    ['nothing there', podOf(), runtimeOf([], []), ['sandbox 0']],
    ['a sandbox alone', two, runtimeOf(), ['start a 0', 'start b 0']],
    ['all as it should be', podOf(), runtimeOf([made(main)]), []],
    ['a sandbox that died', podOf(), runtimeOf([made(main)], [sandboxOf(0, false)]), ['sandbox 1']],
    ['a second sandbox', podOf(), runtimeOf([], [sandboxOf(1), sandboxOf(0)]), ['sandbox 2']],
    ['an ended container', podOf(), runtimeOf([made(main, { exitCode: 0 })]), ['start main 1']],
    [
      'counts go on in a new sandbox',
      podOf(),
      runtimeOf([made(main, { exitCode: 1, count: 3 })], [sandboxOf(1), sandboxOf(0, false)]),
      ['start main 4'],
    ],
    ['Never', once, runtimeOf([made(main, { exitCode: 1 })]), []],
    ['Never, the sandbox gone after the end', once, runtimeOf([made(main, { exitCode: 1 })], [sandboxOf(0, false)]), []],
    ['OnFailure after success', onFailure, runtimeOf([made(main, { exitCode: 0 })]), []],
    ['OnFailure after failure', onFailure, runtimeOf([made(main, { exitCode: 2 })]), ['start main 1']],
    [
      'another image',
      podOf({ containers: [app('main', { image: 'busybox:2' })] }),
      runtimeOf([made(main)]),
      ['kill main-0: Container main definition changed, will be restarted'],
    ],
    ['created and left', podOf(), runtimeOf([made(main, { state: 'CONTAINER_CREATED' })]), ['start main 1']],
    ['the first init container', withInit, runtimeOf(), ['start first 0']],
    ['an init container at work', withInit, runtimeOf([made(app('first'))]), []],
    ['the next init container', withInit, runtimeOf([made(app('first'), { exitCode: 0 })]), ['start second 0']],
    ['init containers through', withInit, runtimeOf([made(app('second'), { exitCode: 0 }), made(app('first'), { exitCode: 0 })]), ['start main 0']],
    ['an init container failed', withInit, runtimeOf([made(app('first'), { exitCode: 1 })]), ['start first 1']],
    ['init containers forgotten', withInit, runtimeOf([made(main)]), []],
    ['a sidecar first', withSidecar, runtimeOf(), ['start proxy 0']],
    ['then the init container after it', withSidecar, runtimeOf([made(app('proxy'))]), ['start setup 0']],
    [
      'a sidecar that ended is begun again',
      withSidecar,
      runtimeOf([made(main), made(app('setup'), { exitCode: 0 }), made(sidecar('proxy'), { exitCode: 0 })]),
      ['start proxy 1'],
    ],
    ['an ephemeral container', podOf({ ephemeralContainers: [{ name: 'debug', image: 'busybox:1' }] }), runtimeOf([made(main)]), ['start debug 0']],
    [
      'an ephemeral container that ended',
      podOf({ ephemeralContainers: [{ name: 'debug', image: 'busybox:1' }] }),
      runtimeOf([made(app('debug'), { exitCode: 1 }), made(main)]),
      [],
    ],
  ];
  for (const [name, pod, runtime, wanted] of rows) test(name, () => assert.deepEqual(words(pod, runtime), wanted));

  test('an init container that failed ends a pod that is not restarted', () => {
    const pod = podOf({ restartPolicy: 'Never', initContainers: [app('first')] });
    const runtime = runtimeOf([made(app('first'), { exitCode: 1 })]);
    assert.deepEqual(words(pod, runtime), []);
    assert.equal(isFinished(pod, runtime), true);
  });

  test('probes that failed', () => {
    const dead = { ...fine, livenessFailed: () => true };
    const unstarted = { ...fine, startupFailed: () => true };
    const runs = runtimeOf([made(main)]);
    assert.deepEqual(words(podOf(), runs, dead), ['kill main-0: Container main failed liveness probe, will be restarted']);
    assert.deepEqual(words(podOf(), runs, unstarted), ['kill main-0: Container main failed startup probe, will be restarted']);
    assert.deepEqual(words(once, runs, dead), ['kill main-0: Container main failed liveness probe']);
    const side = runtimeOf([made(main), made(app('setup'), { exitCode: 0 }), made(sidecar('proxy'))]);
    const sideDead = { ...fine, livenessFailed: (id: string) => id === 'proxy-0' };
    assert.deepEqual(words(withSidecar, side, sideDead), ['kill proxy-0: Init container proxy failed liveness probe']);
  });

  test('what comes after a sidecar waits until it has started', () => {
    const waiting = { ...fine, started: () => false };
    assert.deepEqual(words(withSidecar, runtimeOf([made(sidecar('proxy'))]), waiting), []);
  });
});

test('rules decide before policies do', () => {
  const pod = podOf({ restartPolicy: 'Never' });
  const rule = (operator: string, ...values: number[]) => ({ action: 'Restart', exitCodes: { operator, values } });
  const rows: readonly (readonly [Partial<Container>, number, boolean])[] = [
    [{}, 1, false],
    [{ restartPolicy: 'Always' }, 0, true],
    [{ restartPolicy: 'OnFailure' }, 0, false],
    [{ restartPolicy: 'OnFailure' }, 1, true],
    [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] }, 42, true],
    [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] }, 1, false],
    [{ restartPolicy: 'Never', restartPolicyRules: [rule('NotIn', 42)] }, 1, true],
    [{ restartPolicy: 'Never', restartPolicyRules: [rule('NotIn', 42)] }, 42, false],
  ];
  for (const [more, code, wanted] of rows) assert.equal(shouldRestart(pod, app('main', more), code), wanted, JSON.stringify([more, code]));
});
