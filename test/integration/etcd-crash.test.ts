import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../src/base/index.ts';
import { crashRounds } from '../../src/etcd/crash-rounds.ts';

test('every acknowledged write survives kill -9 at any moment (50 rounds)', { timeout: 300_000 }, async () => {
  assert.ok((await crashRounds(50, seededRng(Date.now()))) > 1000);
});
