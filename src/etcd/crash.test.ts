import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../base/index.ts';
import { crashRounds } from './crash-rounds.ts';

test('every acknowledged write survives kill -9 at any moment (3 rounds)', { timeout: 60_000 }, async () => {
  assert.ok((await crashRounds(3, seededRng(11))) > 100);
});
