import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtInResources, groupPriorities } from './resources.ts';

const here = new URL('.', import.meta.url).pathname;
const notGroups = new Set(['facts', 'helpers', 'openapi', 'bootstrap']);

test('names are unique within the group', () => {
  const names = builtInResources.map((r) => `${r.plural}.${r.group}`);
  assert.deepEqual([...new Set(names)], names);
  const kinds = builtInResources.map((r) => `${r.kind}.${r.group}`);
  assert.deepEqual([...new Set(kinds)], kinds);
});

test('every served version has its schema, and the storage version exists', () => {
  for (const r of builtInResources) {
    for (const v of r.versions) assert.ok(v.schema.fields.size > 0, `${r.plural} ${v.version}`);
    assert.ok(
      r.versions.some((v) => v.version === r.storageVersion),
      r.plural,
    );
    for (const s of r.subresources) assert.ok(s.verbs.length > 0);
  }
});

test('every kind that a group folder defines is registered', () => {
  const plurals = new Set(builtInResources.map((r) => r.plural));
  const seen: string[] = [];
  for (const entry of readdirSync(here, { withFileTypes: true })) {
    if (!entry.isDirectory() || notGroups.has(entry.name)) continue;
    for (const file of readdirSync(`${here}/${entry.name}`)) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      if (!/^export const \w+ = define</m.test(readFileSync(`${here}/${entry.name}/${file}`, 'utf8'))) continue;
      seen.push(file);
      assert.ok(plurals.has(file.slice(0, -3)), `${entry.name}/${file} is not registered`);
    }
  }
  assert.equal(seen.length, builtInResources.length);
});

test('every group has a priority, and resources stand in that order', () => {
  const order = groupPriorities.map((g) => g.group);
  const groups = [...new Set(builtInResources.map((r) => r.group))];
  assert.deepEqual(groups, order);
});
