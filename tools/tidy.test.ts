import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSources, root, type SourceFile } from './source-files.ts';
import { deadFiles, longFiles, membersOf, registries, untidy } from './tidy.ts';

const file = (path: string, text: string, ...imports: string[]): SourceFile => ({ path, text, isTest: false, imports });

test('a pure folder may not read the clock', () => {
  assert.equal(untidy([file('src/api/x.ts', 'const t = Date.now();')]).length, 1);
  assert.equal(untidy([file('src/kubelet/x.ts', 'const t = Date.now();')]).length, 0);
});

test('a file nobody imports is dead', () => {
  assert.deepEqual(deadFiles([file('a', '', 'b'), file('b', ''), file('c', '')], ['a']), ['c']);
});

test('src, tools and test are tidy', () => {
  assert.deepEqual(untidy(readSources('src', 'tools', 'test', 'bench')), []);
});

test('exceptions are of files that exist', () => {
  for (const path of Object.keys(longFiles)) assert.ok(existsSync(join(root, path)), path);
});

test('a member that its registry only imports is missing', () => {
  const registry = { file: 'p/index.ts', folder: 'p/', member: /^export const (\w+): Plugin/gm };
  const index = file('p/index.ts', "import { a } from './a.ts';\nimport { b } from './b.ts';\nexport const plugins = [a];");
  const members = [file('p/a.ts', 'export const a: Plugin = {};'), file('p/b.ts', 'const x = 1;\nexport const b: Plugin = {};')];
  assert.deepEqual(membersOf(registry, [index, ...members]), { all: ['a', 'b'], missing: ['b'] });
});

const sources = readSources('src');
for (const registry of registries) {
  test(`${registry.file} names every member`, () => {
    const { all, missing } = membersOf(registry, sources);
    assert.deepEqual(missing, []);
    assert.ok(all.length > 0, 'the pattern finds no member');
    assert.equal(new Set(all).size, all.length, 'names are unique');
  });
}

test('src has no dead files', () => {
  const files = readSources('src', 'test', 'bench', 'tools');
  const entries = [
    'src/index.ts',
    'src/client/index.ts',
    'src/testing/index.ts',
    'src/cli/main.ts',
    ...files.filter((f) => f.isTest).map((f) => f.path),
  ];
  assert.deepEqual(
    deadFiles(files, entries).filter((p) => p.startsWith('src/')),
    [],
  );
});
