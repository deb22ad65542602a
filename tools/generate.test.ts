import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFresh } from './generate.ts';

test('types.gen.ts is what the facts make', () => {
  assert.ok(isFresh(), 'run: node tools/generate.ts');
});
