import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { realClock } from '../../base/index.ts';
import type { Connection, HttpRequest } from '../../http/index.ts';
import { certificatesOf, clientUsages, createAuthority, issueCertificate } from '../../pki/index.ts';
import { bearerToken } from './bearer.ts';
import { ClientCertificateAuthenticator } from './client-certificate.ts';
import { decodeClaims, encodeClaims } from './service-account-claims.ts';
import { readStaticTokens } from './static-tokens.ts';

const request = (headers: Readonly<Record<string, string>>, connection?: Connection) => ({ headers, connection }) as unknown as HttpRequest;

describe('bearer tokens', () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, string | undefined])[] = [
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer   abc ' }, 'abc'],
    [{ authorization: 'Basic abc' }, undefined],
    [{ authorization: 'Bearer a b' }, undefined],
    [{ 'sec-websocket-protocol': `v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${Buffer.from('abc').toString('base64url')}` }, 'abc'],
    [{}, undefined],
  ];
  for (const [headers, expected] of cases) test(JSON.stringify(headers), () => assert.equal(bearerToken(request(headers)), expected));
});

describe('a token file', () => {
  test('gives users with their groups', async () => {
    const tokens = readStaticTokens('# comment\nt1,alice,7,"dev,ops"\nt2,"bo""b",\n', ['here']);
    assert.deepEqual(await tokens.authenticateToken('t1', ['here', 'there']), {
      user: { name: 'alice', uid: '7', groups: ['dev', 'ops', 'system:authenticated'] },
      audiences: ['here'],
    });
    assert.equal((await tokens.authenticateToken('t2', ['here']))?.user.name, 'bo"b');
    assert.equal(await tokens.authenticateToken('t1', ['there']), undefined);
    assert.equal(await tokens.authenticateToken('t3', ['here']), undefined);
  });

  test('with too few fields is refused', () => assert.throws(() => readStaticTokens('t,u', []), /line 1/));
});

describe('client certificates', () => {
  const authority = createAuthority({ commonName: 'ca', clock: realClock });
  const connectionOf = (commonName: string, organizations: readonly string[]): Connection => {
    const { certificatePem } = issueCertificate(
      authority,
      { subject: { commonName, organizations }, usages: clientUsages, validityMs: 60_000 },
      realClock,
    );
    return { remoteAddress: '::1', remotePort: 1, encrypted: true, clientCertificate: certificatesOf(certificatePem)[0]! };
  };

  test('name user and groups, and are read once a connection', () => {
    const authenticator = new ClientCertificateAuthenticator(realClock);
    const connection = connectionOf('system:node:n1', ['system:nodes']);
    const user = authenticator.authenticate(request({}, connection));
    assert.deepEqual([user?.name, user?.groups], ['system:node:n1', ['system:nodes', 'system:authenticated']]);
    assert.match(user!.extra!['authentication.kubernetes.io/credential-id']![0]!, /^X509SHA256=[0-9a-f]{64}$/);
    assert.equal(authenticator.authenticate(request({}, connection)), user);
  });

  test('without a name are nobody, past their end are refused', () => {
    const authenticator = new ClientCertificateAuthenticator({ ...realClock, now: () => Date.now() + 3_600_000 });
    assert.throws(() => authenticator.authenticate(request({}, connectionOf('a', []))), /Unauthorized/);
    assert.equal(new ClientCertificateAuthenticator(realClock).authenticate(request({}, connectionOf('', ['x']))), undefined);
  });
});

describe('claims', () => {
  const claims = {
    issuer: 'i',
    audiences: ['a'],
    id: 'j',
    issuedAt: 1,
    notBefore: 1,
    expiresAt: 9,
    namespace: 'ns',
    serviceAccount: { name: 'sa', uid: 'u' },
    pod: { name: 'p', uid: 'pu' },
    secret: undefined,
    node: { name: 'n', uid: 'nu' },
    warnAfter: 5,
  };

  test('are read as they were written', () => assert.deepEqual(decodeClaims(encodeClaims(claims)), claims));

  test('that contradict themselves, or are no service account’s, are none', () => {
    assert.equal(decodeClaims({ ...encodeClaims(claims), sub: 'system:serviceaccount:kube-system:sa' }), undefined);
    assert.equal(decodeClaims({ iss: 'i', exp: 9, sub: 'x' }), undefined);
  });
});
