import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../api/index.ts';
import { podOf } from './pod-fixtures.ts';
import { credentialsIn, pullCredentials } from './pull-credentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (auths: object): Secret => ({
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
});

test('entries that are for the image’s registry, the longest first', () => {
  const all = secret({
    'https://index.docker.io/v1/': { auth: base64('hub:p:w') },
    'registry.example.com': { username: 'u', password: 'p' },
    'registry.example.com/team': { username: 't', password: 'p' },
    'registry.example.co': { username: 'evil', password: 'p' },
  });
  assert.deepEqual(credentialsIn(all, 'docker.io/library/nginx:1'), [{ username: 'hub', password: 'p:w' }]);
  assert.deepEqual(
    credentialsIn(all, 'registry.example.com/team/app:1').map((a) => a.username),
    ['t', 'u'],
  );
  assert.deepEqual(
    credentialsIn(all, 'registry.example.com/teams/app:1').map((a) => a.username),
    ['u'],
  );
  assert.deepEqual(credentialsIn(all, 'other.io/app:1'), []);
});

test('the old form, and what is none', () => {
  const old: Secret = { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64(JSON.stringify({ 'r.io': { auth: base64('a:b') } })) } };
  assert.deepEqual(credentialsIn(old, 'r.io/x:1'), [{ username: 'a', password: 'b' }]);
  assert.deepEqual(credentialsIn({ data: { '.dockerconfigjson': base64('{') } }, 'r.io/x:1'), []);
});

test('secrets that are not there are named', async () => {
  const pod = podOf({ imagePullSecrets: [{ name: 'there' }, { name: 'missing' }] });
  const secrets = {
    secret: (_namespace: string, name: string) =>
      Promise.resolve(name === 'there' ? secret({ 'r.io': { username: 'u', password: 'p' } }) : undefined),
  };
  assert.deepEqual(await pullCredentials(pod, 'r.io/x:1', secrets), { credentials: [{ username: 'u', password: 'p' }], missing: ['missing'] });
});
