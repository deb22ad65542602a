import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../base/index.ts';
import { der } from './der.ts';
import { elementAt, elementsOf, oidText } from './der-reader.ts';
import { ipBytes } from './extensions.ts';
import {
  certificatesOf,
  clientUsages,
  createAuthority,
  createSigningRequest,
  decodePem,
  encodePem,
  generateKeyPair,
  InvalidSigningRequest,
  isKeyUsage,
  isSignedBy,
  issueCertificate,
  keyId,
  loadAuthority,
  loadKeyPair,
  makeSecretDirectory,
  parseSigningRequest,
  readSubject,
  serverUsages,
  signingAlgorithm,
  signSigningRequest,
  writeSecretFile,
} from './index.ts';

const clock = new FakeClock(Date.UTC(2026, 5, 1));
const dayMs = 86_400_000;

test('an authority signs itself and may sign', () => {
  const authority = createAuthority({ commonName: 'kubernetes', clock, validityMs: 10 * dayMs });
  const { certificate } = authority;
  assert.equal(certificate.ca, true);
  assert.equal(certificate.subject, 'CN=kubernetes');
  assert.equal(certificate.issuer, 'CN=kubernetes');
  assert.equal(certificate.verify(certificate.publicKey), true);
  assert.equal(Date.parse(certificate.validFrom), clock.now() - 300_000);
  assert.equal(Date.parse(certificate.validTo), clock.now() + 10 * dayMs);
  const again = loadAuthority({ certificatePem: authority.certificatePem, keyPem: authority.keys.privateKeyPem });
  assert.equal(again.certificate.fingerprint256, certificate.fingerprint256);
  assert.throws(() => loadAuthority({ certificatePem: authority.certificatePem, keyPem: generateKeyPair().privateKeyPem }), /does not belong/);
});

test('a serving certificate holds its names, usages and keys', () => {
  const authority = createAuthority({ commonName: 'ca', clock });
  const names = { dnsNames: ['kubernetes', 'kubernetes.default.svc'], ipAddresses: ['10.96.0.1', '::1', 'fd00::1:2'] };
  const issued = issueCertificate(authority, { subject: { commonName: 'kube-apiserver' }, usages: serverUsages, validityMs: dayMs, ...names }, clock);
  const certificate = new X509Certificate(issued.certificatePem);
  assert.equal(
    certificate.subjectAltName,
    'DNS:kubernetes, DNS:kubernetes.default.svc, IP Address:10.96.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:0:0:0:0:0:1:2',
  );
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(certificate.ca, false);
  assert.equal(certificate.checkIssued(authority.certificate), true);
  assert.equal(certificate.verify(authority.certificate.publicKey), true);
  assert.equal(certificate.checkHost('kubernetes.default.svc'), 'kubernetes.default.svc');
  assert.equal(certificate.checkIP('10.96.0.1'), '10.96.0.1');
  assert.equal(certificate.checkPrivateKey(loadKeyPair(issued.keyPem).privateKey), true);
  assert.equal(isSignedBy(issued.certificatePem, authority.certificatePem, clock.now()), true);
  assert.equal(isSignedBy(issued.certificatePem, authority.certificatePem, clock.now() + 2 * dayMs), false);
  assert.equal(isSignedBy(issued.certificatePem, createAuthority({ commonName: 'ca', clock }).certificatePem, clock.now()), false);
});

test('validity never outlasts the authority', () => {
  const authority = createAuthority({ commonName: 'ca', clock, validityMs: dayMs });
  const issued = issueCertificate(authority, { subject: { commonName: 'x' }, usages: clientUsages, validityMs: 400 * dayMs }, clock);
  assert.equal(Date.parse(new X509Certificate(issued.certificatePem).validTo), clock.now() + dayMs);
});

test('dates beyond 2049 are written as GeneralizedTime', () => {
  const authority = createAuthority({ commonName: 'ca', clock, validityMs: 30 * 365 * dayMs });
  assert.equal(Date.parse(authority.certificate.validTo), clock.now() + 30 * 365 * dayMs);
});

test('the subject read off a certificate is the one written, whatever its text', () => {
  const authority = createAuthority({ commonName: 'ca', clock });
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((s) => s.isWellFormed());
  fc.assert(
    fc.property(text, fc.uniqueArray(text, { maxLength: 4 }), (commonName, organizations) => {
      const issued = issueCertificate(authority, { subject: { commonName, organizations }, usages: clientUsages, validityMs: dayMs }, clock);
      const subject = readSubject(certificatesOf(issued.certificatePem)[0]!);
      assert.equal(subject.commonName, commonName);
      assert.deepEqual(subject.organizations.toSorted(), organizations.toSorted());
    }),
    { numRuns: 30 },
  );
});

test('reading garbage throws and never hangs', () => {
  const authority = createAuthority({ commonName: 'ca', clock });
  const good = authority.certificate.raw;
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
      const bad = Buffer.from(good);
      bad[at] = value;
      try {
        assert.equal(typeof readSubject(bad).commonName, 'string');
      } catch (error) {
        assert.ok(error instanceof Error);
      }
      assert.throws(() => readSubject(good.subarray(0, at)));
    }),
  );
});

test('a signing request comes back as made, and is signed as it stands', async () => {
  const keys = generateKeyPair();
  const pem = createSigningRequest({
    subject: { commonName: 'system:node:n1', organizations: ['system:nodes'] },
    names: { dnsNames: ['n1'], ipAddresses: ['10.0.0.1', 'fd00::1'] },
    keys,
  });
  const request = await parseSigningRequest(pem);
  assert.deepEqual(request.subject, { commonName: 'system:node:n1', organizations: ['system:nodes'] });
  assert.deepEqual(request.dnsNames, ['n1']);
  assert.deepEqual(request.ipAddresses, ['10.0.0.1', 'fd00::1']);
  const authority = createAuthority({ commonName: 'ca', clock });
  const signed = signSigningRequest(authority, request, { usages: ['digital signature', 'client auth'], validityMs: dayMs, clock });
  const certificate = new X509Certificate(signed);
  assert.equal(certificate.checkPrivateKey(keys.privateKey), true);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.deepEqual(readSubject(certificate.raw), request.subject);
});

test('requests with RSA and P-384 keys are read too', async () => {
  for (const pair of [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('ec', { namedCurve: 'secp384r1' })]) {
    const request = await parseSigningRequest(createSigningRequest({ subject: { commonName: 'u', organizations: [] }, keys: pair }));
    assert.equal(request.subject.commonName, 'u');
  }
});

test('a request that is none, or whose signature does not hold, is refused', async () => {
  const pem = createSigningRequest({ subject: { commonName: 'jane', organizations: [] }, keys: generateKeyPair() });
  const bytes = Buffer.from(decodePem(pem)[0]!.bytes);
  bytes[bytes.indexOf('jane')] = 'J'.charCodeAt(0);
  await assert.rejects(parseSigningRequest(encodePem('CERTIFICATE REQUEST', bytes)), InvalidSigningRequest);
  await assert.rejects(parseSigningRequest('nonsense'), InvalidSigningRequest);
  await assert.rejects(parseSigningRequest(encodePem('CERTIFICATE REQUEST', Buffer.from([1, 2, 3]))), InvalidSigningRequest);
});

test('key ids and algorithms are those of upstream', () => {
  const keys = generateKeyPair();
  const expected = createHash('sha256')
    .update(keys.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  assert.equal(keyId(keys.publicKey), expected);
  assert.equal(signingAlgorithm(keys.privateKey), 'ES256');
  assert.equal(loadKeyPair(keys.privateKeyPem).publicKeyPem, keys.publicKeyPem);
});

test('usages are told from other words', () => {
  for (const word of ['server auth', 'signing', 'any']) assert.equal(isKeyUsage(word), true);
  for (const word of ['constructor', '__proto__', '']) assert.equal(isKeyUsage(word), false);
});

test('addresses become bytes', () => {
  const cases: [string, number[]][] = [
    ['1.2.3.4', [1, 2, 3, 4]],
    ['::', Array<number>(16).fill(0)],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4]],
    ['1::', [0, 1, ...Array<number>(14).fill(0)]],
  ];
  for (const [text, bytes] of cases) assert.deepEqual([...ipBytes(text)], bytes);
  assert.throws(() => ipBytes('1.2.3'), RangeError);
});

test('object identifiers and lengths survive writing and reading', () => {
  fc.assert(
    fc.property(fc.nat(2), fc.nat(39), fc.array(fc.nat(2 ** 30), { maxLength: 6 }), fc.nat(70_000), (a, b, rest, length) => {
      const dotted = [a, b, ...rest].join('.');
      const all = elementsOf(elementAt(der.sequence(der.oid(dotted), der.octets(new Uint8Array(length))), 0).content);
      assert.equal(oidText(all[0]!.content), dotted);
      assert.equal(all[1]!.content.length, length);
    }),
    { numRuns: 50 },
  );
});

test('secrets are written whole, for their owner alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kubets-pki-'));
  try {
    const inner = join(directory, 'pki');
    await makeSecretDirectory(inner);
    const path = join(inner, 'ca.key');
    await writeSecretFile(path, 'one');
    await writeSecretFile(path, 'two');
    assert.equal(await readFile(path, 'utf8'), 'two');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(inner)).mode & 0o777, 0o700);
  } finally {
    await rm(directory, { recursive: true });
  }
});
