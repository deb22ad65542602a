import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ClusterRole, ClusterRoleBinding } from '../api/index.ts';
import { FakeClock, realClock, seededRng, silentLogger, systemRng } from '../base/index.ts';
import { createAuthority, issueCertificate, readSubject } from '../pki/index.ts';
import { startCluster, type TestCluster } from '../testing/index.ts';
import { nodeCredentials, rotateCredentials, servingCredentials } from './credentials.ts';

const never = new AbortController().signal;

describe('credentials of a node, from the real controllers', () => {
  let cluster: TestCluster;
  let dir: string;
  before(async () => {
    cluster = await startCluster({ listen: false });
    dir = await mkdtemp(join(tmpdir(), 'kubelet-pki-'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });
  const common = () => ({ dir, nodeName: 'n1', clock: realClock, rng: systemRng, logger: silentLogger, signal: never });
  const node = () => cluster.clientFor({ name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] });

  it('are asked for once, kept, and taken again', async () => {
    const bootstrap = cluster.client.transport;
    const made = await nodeCredentials({ ...common(), bootstrap });
    assert.deepEqual(readSubject(new X509Certificate(made.cert).raw), { commonName: 'system:node:n1', organizations: ['system:nodes'] });
    assert.equal((await stat(join(dir, 'kubelet-client.pem'))).mode & 0o777, 0o600);
    const again = await nodeCredentials({ ...common(), bootstrap });
    assert.equal(new X509Certificate(again.cert).serialNumber, new X509Certificate(made.cert).serialNumber);
    assert.equal(again.key.trim(), made.key.trim());
  });

  it('are asked for again when of another node, of a stranger, or unreadable', async () => {
    const stranger = createAuthority({ commonName: 'stranger', clock: realClock });
    const bootstrap = cluster.client.transport;
    const first = await nodeCredentials({ ...common(), bootstrap });
    const serial = (pem: string) => new X509Certificate(pem).serialNumber;
    const second = await nodeCredentials({ ...common(), bootstrap, ca: stranger.certificatePem });
    assert.notEqual(serial(second.cert), serial(first.cert));
    const third = await nodeCredentials({ ...common(), bootstrap, nodeName: 'n2' });
    assert.notEqual(serial(third.cert), serial(second.cert));
    await writeFile(join(dir, 'kubelet-client.pem'), 'x-----BEGIN PRIVATE KEY-----');
    assert.equal(readSubject(new X509Certificate((await nodeCredentials({ ...common(), bootstrap })).cert).raw).commonName, 'system:node:n1');
  });

  it('for serving bear the names and addresses of the Node', async () => {
    // Upstream's controller may not approve these: a cluster that wants it to says so.
    const name = 'kubelet-serving-approver';
    const apiGroup = 'rbac.authorization.k8s.io';
    const rules = [
      { apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['kubernetes.io/kubelet-serving'], verbs: ['approve'] },
    ];
    await cluster.client.resource<ClusterRole>('clusterroles').create({ metadata: { name }, rules });
    await cluster.client.resource<ClusterRoleBinding>('clusterrolebindings').create({
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'certificate-controller' }],
    });
    await cluster.client.resource('nodes').create({
      metadata: { name: 'n1' },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.1.2.3' },
          { type: 'Hostname', address: 'n1' },
        ],
      },
    } as never);
    const made = await servingCredentials({ ...common(), client: node(), addresses: ['10.1.2.3'] });
    const certificate = new X509Certificate(made.cert);
    assert.equal(certificate.checkHost('n1'), 'n1');
    assert.equal(certificate.checkIP('10.1.2.3'), '10.1.2.3');
    assert.match(await readFile(join(dir, 'kubelet-server.pem'), 'utf8'), /BEGIN CERTIFICATE[\s\S]*BEGIN PRIVATE KEY/);
  });
});

describe('rotateCredentials', () => {
  it('renews at four fifths of a life, and tries again after a failure', async () => {
    const clock = new FakeClock();
    const day = 24 * 3_600_000;
    const authority = createAuthority({ commonName: 'ca', clock });
    const issue = () => {
      const made = issueCertificate(authority, { subject: { commonName: 'x' }, usages: ['client auth'], validityMs: 100 * day }, clock);
      return { cert: made.certificatePem, key: made.keyPem };
    };
    const end = new AbortController();
    const at: number[] = [];
    let failures = 1;
    const start = clock.now();
    const done = rotateCredentials({
      current: issue(),
      renew: () => (failures-- > 0 ? Promise.reject(new Error('no')) : Promise.resolve(issue())),
      onRotated: () => at.push((clock.now() - start) / day),
      clock,
      rng: seededRng(1),
      logger: silentLogger,
      signal: end.signal,
    });
    await clock.advance(200 * day);
    end.abort();
    await done;
    assert.equal(at.length, 2);
    assert.ok(at[0]! > 77 && at[0]! < 83, String(at[0]));
    assert.ok(at[1]! > 155 && at[1]! < 166, String(at[1]));
    assert.equal(clock.pendingTimers, 0);
  });
});
