import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circles, floorViolations } from './layers.ts';
import { readSources, type SourceFile } from './source-files.ts';

const file = (path: string, ...imports: string[]): SourceFile => ({ path, text: '', isTest: false, imports });

test('a folder imports lower floors only, through their index.ts', () => {
  assert.deepEqual(floorViolations([file('src/http/a.ts', 'src/base/index.ts', 'src/http/b.ts')]), []);
  assert.equal(floorViolations([file('src/base/a.ts', 'src/http/index.ts')]).length, 1);
  assert.equal(floorViolations([file('src/http/a.ts', 'src/pki/index.ts')]).length, 1);
  assert.equal(floorViolations([file('src/http/a.ts', 'src/base/clock.ts')]).length, 1);
  assert.equal(floorViolations([file('src/scheduler/a.ts', 'src/storage/index.ts')]).length, 1);
});

test('circles of files are found', () => {
  assert.deepEqual(circles([file('a', 'b'), file('b', 'c'), file('c', 'b')]), [['b', 'c']]);
});

test('src keeps to its floors', () => {
  assert.deepEqual(floorViolations(readSources('src')), []);
});

test('src has no circles of files', () => {
  assert.deepEqual(circles(readSources('src')), []);
});
