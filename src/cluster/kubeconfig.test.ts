import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dump, load } from 'js-yaml';
import { kubeconfig, mergeKubeconfig, removeFromKubeconfig, userKubeconfigPath } from './kubeconfig.ts';

const config = kubeconfig({ name: 'kubets', server: 'https://127.0.0.1:6443', ca: 'CA', cert: 'CERT', key: 'KEY' });

test('a context is added beside others, and taken out again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubets-'));
  const path = join(dir, 'config');
  const others = {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: { colors: true },
    clusters: [{ name: 'a', cluster: { server: 'x' } }],
    contexts: [{ name: 'a' }],
    users: [],
    'current-context': 'a',
  };
  writeFileSync(path, dump(others));
  await mergeKubeconfig(config, { path });
  await mergeKubeconfig(config, { path });
  const merged = load(readFileSync(path, 'utf8')) as typeof others;
  assert.deepEqual(
    merged.contexts.map((c) => c.name),
    ['a', 'kubets'],
  );
  assert.equal(merged['current-context'], 'kubets');
  assert.deepEqual(merged.preferences, { colors: true });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await removeFromKubeconfig('kubets', { path });
  assert.deepEqual(load(readFileSync(path, 'utf8')), { ...others, 'current-context': '' });
  rmSync(dir, { recursive: true });
});

test('the file is the first of $KUBECONFIG that exists, else its last', () => {
  assert.equal(userKubeconfigPath({ KUBECONFIG: '/nowhere/a:/nowhere/b' }).path, '/nowhere/b');
  assert.equal(userKubeconfigPath({ KUBECONFIG: '/nowhere/a:/etc/hosts' }).path, '/etc/hosts');
});
