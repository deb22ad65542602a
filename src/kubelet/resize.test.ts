import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceRequirements } from '../api/index.ts';
import { app, made, podOf, runtimeOf } from './pod-fixtures.ts';
import { pendingResizes, resizeRefusal } from './resize.ts';

const cpu = (request: string, limit?: string): ResourceRequirements => ({ requests: { cpu: request }, ...(limit ? { limits: { cpu: limit } } : {}) });

function resizes(wanted: ResourceRequirements, given: ResourceRequirements, more: object = {}): string[] {
  const container = app('main', { resources: wanted, ...more });
  return pendingResizes(podOf({ containers: [container] }), runtimeOf([made(container)]), () => given).map((r) =>
    r.restart ? 'restart' : 'in place',
  );
}

test('what differs in amount is resized, however it is written', () => {
  assert.deepEqual(resizes(cpu('1'), cpu('1')), []);
  assert.deepEqual(resizes(cpu('1'), cpu('1000m')), []);
  assert.deepEqual(resizes(cpu('1', '2'), cpu('1')), ['in place']);
  assert.deepEqual(resizes(cpu('2'), cpu('1')), ['in place']);
  assert.deepEqual(resizes(cpu('2'), {}), ['in place']);
});

test('by its policy a container is started anew', () => {
  const resizePolicy = [
    { resourceName: 'cpu', restartPolicy: 'NotRequired' },
    { resourceName: 'memory', restartPolicy: 'RestartContainer' },
  ];
  assert.deepEqual(resizes(cpu('2'), cpu('1'), { resizePolicy }), ['in place']);
  assert.deepEqual(resizes({ requests: { memory: '2' } }, { requests: { memory: '1' } }, { resizePolicy }), ['restart']);
});

test('what does not run is not resized: it starts with what is wanted', () => {
  const container = app('main', { resources: cpu('2') });
  assert.deepEqual(
    pendingResizes(podOf({ containers: [container] }), runtimeOf([made(container, { exitCode: 1 })]), () => cpu('1')),
    [],
  );
});

test('what the node can never give, and what it cannot give now', () => {
  const allocatable = new Map([['cpu', 2000]]);
  const lacking = { reason: 'OutOfcpu', message: "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000" };
  assert.deepEqual(resizeRefusal(new Map([['cpu', 3000]]), allocatable, lacking), {
    type: 'PodResizePending',
    reason: 'Infeasible',
    message: "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000",
  });
  assert.deepEqual(resizeRefusal(new Map([['cpu', 1500]]), allocatable, lacking), {
    type: 'PodResizePending',
    reason: 'Deferred',
    message: lacking.message,
  });
  assert.equal(resizeRefusal(new Map([['cpu', 1500]]), allocatable, undefined), undefined);
  assert.equal(resizeRefusal(new Map(), allocatable, { reason: 'TaintToleration', message: '' }), undefined);
});
