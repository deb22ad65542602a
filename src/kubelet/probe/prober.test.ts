import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '../../api/index.ts';
import { FakeClock, seededRng } from '../../base/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import { app, podOf } from '../pod-fixtures.ts';
import { afterResult, initialProbeState, type ProbeState } from './probe-state.ts';
import { Prober } from './prober.ts';

test('a verdict changes after as many equal results in a row as the probe asks for', () => {
  const probe = { successThreshold: 2, failureThreshold: 3 };
  const verdicts: (string | undefined)[] = [];
  let state: ProbeState = initialProbeState;
  for (const letter of 'sssffsfffss') {
    state = afterResult(state, letter === 's' ? 'success' : 'failure', probe);
    verdicts.push(state.verdict);
  }
  const s = 'success';
  const f = 'failure';
  assert.deepEqual(verdicts, [undefined, s, s, s, s, s, s, s, f, f, s]);
});

/** A prober whose exec probes answer by the first word of their command. */
function probing(container: Container, pod: Pod = podOf({ containers: [container] })) {
  const clock = new FakeClock();
  const codes: Record<string, number> = { startup: 0, liveness: 0, readiness: 0 };
  const asked: string[] = [];
  const told: string[] = [];
  const runtime = {
    async execSync(_id: string, [word]: readonly string[]) {
      asked.push(word!);
      return { stdout: Buffer.from('out'), stderr: Buffer.alloc(0), exitCode: codes[word!]! };
    },
  } as unknown as CriRuntime;
  const prober = new Prober({
    runtime,
    clock,
    rng: seededRng(1),
    onChange: () => told.push('changed'),
    onUnhealthy: (_p, _c, { kind, output }) => told.push(`${kind}: ${output}`),
  });
  prober.watch(pod, container, { containerId: 'id', podIP: '', startedMs: clock.now() });
  return { clock, codes, asked, told, prober };
}

const exec = (word: string, more: object = {}) => ({ exec: { command: [word] }, periodSeconds: 1, failureThreshold: 2, ...more });

test('readiness: not ready until it is asked, and again after failures', async () => {
  const { clock, codes, prober, told } = probing(app('main', { readinessProbe: exec('readiness', { initialDelaySeconds: 5 }) }));
  assert.equal(prober.ready('id'), false);
  await clock.advance(4_999);
  assert.equal(prober.ready('id'), false);
  await clock.advance(1);
  assert.equal(prober.ready('id'), true);
  codes['readiness'] = 1;
  await clock.advance(1_000);
  assert.equal(prober.ready('id'), true);
  await clock.advance(1_000);
  assert.equal(prober.ready('id'), false);
  assert.deepEqual(told, ['changed', 'readiness: out', 'readiness: out', 'changed']);
  prober.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('until it has started a container is asked by its startup probe alone, then at once by the others', async () => {
  const { clock, codes, prober, asked } = probing(
    app('main', { startupProbe: exec('startup'), livenessProbe: exec('liveness', { periodSeconds: 30 }) }),
  );
  codes['startup'] = 1;
  await clock.advance(1_500);
  assert.deepEqual([prober.started('id'), prober.ready('id'), prober.startupFailed('id')], [false, false, true]);
  assert.deepEqual(new Set(asked), new Set(['startup']));
  codes['startup'] = 0;
  await clock.advance(1_500);
  assert.deepEqual([prober.started('id'), prober.ready('id'), asked.at(-1)], [true, true, 'liveness']);
  const count = asked.filter((a) => a === 'startup').length;
  await clock.advance(10_000);
  assert.equal(asked.filter((a) => a === 'startup').length, count);
  prober.stop();
});

test('liveness fails by its threshold; a pod that ends is not asked', async () => {
  const { clock, codes, prober, asked } = probing(app('main', { livenessProbe: exec('liveness') }));
  codes['liveness'] = 1;
  await clock.advance(0);
  assert.equal(prober.livenessFailed('id'), false);
  await clock.advance(1_000);
  assert.equal(prober.livenessFailed('id'), true);
  prober.spare('id');
  const count = asked.length;
  await clock.advance(5_000);
  assert.equal(asked.length, count);
  prober.stop();
});

test('a new kubelet believes what was told of a container until it has asked', () => {
  const container = app('main', { startupProbe: exec('startup'), readinessProbe: exec('readiness') });
  const told = (containerID: string) =>
    podOf(
      { containers: [container] },
      { status: { containerStatuses: [{ name: 'main', ready: true, started: true, restartCount: 0, image: '', imageID: '', containerID }] } },
    );
  assert.equal(probing(container, told('containerd://id')).prober.ready('id'), true);
  assert.equal(probing(container, told('containerd://other')).prober.ready('id'), false);
});
