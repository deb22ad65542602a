import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../base/index.ts';
import { createAuthority } from '../pki/index.ts';
import { controllerRegistry, createControllers } from './controllers.ts';

test('controllers have names of their own, and those the registry says', () => {
  const authority = createAuthority({ commonName: 'ca', clock: new FakeClock() });
  const made = createControllers({ rootCa: 'PEM', signingAuthority: authority, clusterCidrs: ['10.244.0.0/16'] });
  assert.deepEqual(
    made.map((c) => c.name),
    controllerRegistry.map((e) => e.name),
  );
  assert.equal(new Set(made.map((c) => c.name)).size, made.length);
  for (const c of made) assert.match(c.serviceAccount, /^[a-z][a-z-]+$/);
});

test('what needs an authority or a range is left out without them, and names choose', () => {
  const names = createControllers({}).map((c) => c.name);
  for (const name of ['certificatesigningrequest-signing-controller', 'node-ipam-controller', 'root-ca-certificate-publisher-controller'])
    assert.ok(!names.includes(name));
  assert.deepEqual(
    createControllers({}, ['job-controller']).map((c) => c.name),
    ['job-controller'],
  );
});
