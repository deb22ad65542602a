import assert from 'node:assert/strict';
import { test } from 'node:test';
import { garbageOf } from './collect-garbage.ts';
import { app, made, runtimeOf, sandboxOf } from './pod-fixtures.ts';

const main = app('main');
const other = app('other');

test('of each container the last that ended stays, with its sandbox', () => {
  const runtime = runtimeOf(
    [
      made(main, { count: 3, sandbox: 2 }),
      made(main, { exitCode: 1, count: 2, sandbox: 1 }),
      made(main, { exitCode: 1, count: 1 }),
      made(other, { exitCode: 0, sandbox: 2 }),
    ],
    [sandboxOf(2), sandboxOf(1, false), sandboxOf(0, false)],
  );
  const { containers, sandboxIds } = garbageOf(runtime);
  assert.deepEqual(
    containers.map((c) => c.id),
    ['main-1'],
  );
  assert.deepEqual(sandboxIds, ['sandbox-0']);
});

test('the newest sandbox stays, ready or not', () => {
  assert.deepEqual(garbageOf(runtimeOf([], [sandboxOf(0, false)])), { containers: [], sandboxIds: [] });
});
