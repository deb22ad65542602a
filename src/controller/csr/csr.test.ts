import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { CertificateSigningRequest, Node } from '../../api/index.ts';
import { FakeClock } from '../../base/index.ts';
import { createAuthority, createSigningRequest, generateKeyPair } from '../../pki/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { csrApprovingController } from './approving.ts';
import { isStale } from './cleaner.ts';
import { csrSigningController, durationMs } from './signing.ts';

const authority = createAuthority({ commonName: 'kubernetes', clock: new FakeClock() });
const keys = generateKeyPair();

function csr(name: string, spec: Partial<CertificateSigningRequest['spec']>, names = {}): CertificateSigningRequest {
  const request = createSigningRequest({ subject: { commonName: 'system:node:n1', organizations: ['system:nodes'] }, names, keys });
  return {
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
      username: 'system:node:n1',
      groups: ['system:nodes', 'system:authenticated'],
      ...spec,
    },
  };
}

const serving = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] };

/** Signatures are checked on other threads: some real time passes. */
async function until(t: Awaited<ReturnType<typeof run>>, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !holds(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await t.settle(100);
  }
}

async function run() {
  const t = await runOnFake([csrApprovingController, csrSigningController({ authority, maxDurationMs: 365 * 24 * 3_600_000 })]);
  t.server.put<Node>('nodes', {
    metadata: { name: 'n1' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.0.0.5' },
        { type: 'Hostname', address: 'n1' },
      ],
    },
  });
  return t;
}
const read = (t: Awaited<ReturnType<typeof run>>, name: string) =>
  t.server.get<CertificateSigningRequest>('certificatesigningrequests.certificates.k8s.io', name);

test('a kubelet renews its own certificate when the review allows it', async () => {
  await using t = await run();
  t.server.put('certificatesigningrequests.certificates.k8s.io', csr('refused', {}));
  await t.settle(100);
  assert.equal(read(t, 'refused')?.status, undefined, 'the fake answers reviews with nothing');
});

test('a serving certificate for the node itself is approved and signed', async () => {
  await using t = await run();
  t.server.put('certificatesigningrequests.certificates.k8s.io', csr('s', serving, { dnsNames: ['n1'], ipAddresses: ['10.0.0.5'] }));
  await until(t, () => read(t, 's')?.status?.certificate !== undefined);
  const done = read(t, 's');
  assert.deepEqual(
    done?.status?.conditions?.map((c) => [c.type, c.reason]),
    [['Approved', 'AutoApproved']],
  );
  const certificate = new X509Certificate(Buffer.from(done?.status?.certificate ?? '', 'base64'));
  assert.match(certificate.subject, /CN=system:node:n1/);
  assert.ok(certificate.checkIP('10.0.0.5'));
});

for (const [name, spec, names] of [
  ['another address', {}, { ipAddresses: ['10.0.0.6'] }],
  ['another requester', { username: 'system:node:n2' }, { dnsNames: ['n1'] }],
  ['client usage too', { usages: ['digital signature', 'server auth', 'client auth'] }, { dnsNames: ['n1'] }],
] as const) {
  test(`a serving certificate is not approved for ${name}`, async () => {
    await using t = await run();
    t.server.put('certificatesigningrequests.certificates.k8s.io', csr('s', { ...serving, ...spec }, names));
    await t.settle(100);
    assert.equal(read(t, 's')?.status, undefined);
  });
}

test('an approved request that its signer does not allow fails', async () => {
  await using t = await run();
  const bad = csr('b', { usages: ['server auth'] });
  t.server.put('certificatesigningrequests.certificates.k8s.io', { ...bad, status: { conditions: [{ type: 'Approved', status: 'True' }] } });
  await until(t, () => (read(t, 'b')?.status?.conditions ?? []).length > 1);
  assert.deepEqual(read(t, 'b')?.status?.conditions?.at(-1)?.reason, 'SignerValidationFailure');
});

test('validity is what was asked for, within bounds', () => {
  assert.deepEqual([durationMs(undefined, 5e9), durationMs(60, 5e9), durationMs(3600, 5e9), durationMs(1e9, 5e9)], [5e9, 600_000, 3_600_000, 5e9]);
});

test('requests are kept for an hour when dealt with, a day when not', () => {
  const nowMs = Date.parse('2026-01-02T00:00:01Z');
  const at = (creationTimestamp: string, status?: CertificateSigningRequest['status']) => ({
    ...csr('c', {}),
    metadata: { creationTimestamp },
    ...(status && { status }),
  });
  assert.equal(isStale(at('2026-01-01T00:00:00Z'), nowMs), true);
  assert.equal(isStale(at('2026-01-01T12:00:00Z'), nowMs), false);
  assert.equal(
    isStale(at('2026-01-01T00:00:00Z', { conditions: [{ type: 'Denied', status: 'True', lastUpdateTime: '2026-01-01T22:00:00Z' }] }), nowMs),
    true,
  );
});
