/** The daemons of a control plane as processes of their own, on loopback, over certificates that were made for them. */
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Deployment, Event, Lease, Pod } from '../../src/api/index.ts';
import { realClock, systemRng } from '../../src/base/index.ts';
import { type Client, createClient, httpsTransport, type Transport } from '../../src/client/index.ts';
import { clientCertificate, kubeconfig, kubeconfigText, makeAuthorities, servingCertificate, users } from '../../src/cluster/index.ts';
import { loadKeyPair } from '../../src/pki/index.ts';
import { freePort } from '../../bench/free-port.ts';
import { DaemonProcess } from '../support/daemon-process.ts';

const clock = realClock;
const deadlineMs = 30_000;
/** Shorter than upstream's, so that a takeover does not take a quarter of a minute. */
const quickElection = ['--leader-elect-lease-duration=3s', '--leader-elect-renew-deadline=2s', '--leader-elect-retry-period=500ms'];

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const endMs = clock.monotonicMs() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (clock.monotonicMs() > endMs) throw new Error(`gave up waiting for: ${what}`);
    await clock.sleep(50);
  }
}

describe('a control plane of separate processes', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-daemons-'));
  const file = (name: string) => join(folder, name);
  const daemons: DaemonProcess[] = [];
  let client: Client;
  let transport: Transport;

  const start = async (...words: readonly string[]) => {
    const daemon = await DaemonProcess.start(words);
    daemons.push(daemon);
    return daemon;
  };
  const startScheduler = () => start('scheduler', '--kubeconfig', file('scheduler.conf'), ...quickElection);
  const lease = (name: string) =>
    client
      .resource<Lease>('leases')
      .get({ namespace: 'kube-system', name })
      .catch(() => undefined);
  /** Its holder, once there is one that is not `other`. */
  const holder = (name: string, other = '') =>
    until(`a holder of ${name}`, async () => {
      const found = (await lease(name))?.spec?.holderIdentity ?? '';
      return found !== '' && found !== other && found;
    });
  const deploy = (name: string, replicas: number) =>
    client.resource<Deployment>('deployments').create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'default', name },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'web' }] } },
      },
    });
  /** The pods of a Deployment, once a scheduler has said of each that it fits nowhere. */
  const refusedPods = (app: string, count: number) =>
    until(`${count} pods of ${app} that fit nowhere`, async () => {
      const { items } = await client.resource<Pod>('pods').list({ namespace: 'default', labelSelector: `app=${app}` });
      const refused = items.filter((p) => p.status?.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'Unschedulable'));
      return refused.length === count && refused;
    });

  before(async () => {
    const authorities = makeAuthorities(clock);
    const { cluster } = authorities;
    const port = await freePort();
    const server = `https://127.0.0.1:${port}`;
    const serving = servingCertificate(cluster, { addresses: ['127.0.0.1'], clock });
    writeFileSync(file('ca.crt'), cluster.certificatePem);
    writeFileSync(file('ca.key'), cluster.keys.privateKeyPem);
    writeFileSync(file('apiserver.crt'), serving.certificatePem);
    writeFileSync(file('apiserver.key'), serving.keyPem);
    writeFileSync(file('sa.key'), authorities.serviceAccountKeyPem);
    writeFileSync(file('sa.pub'), loadKeyPair(authorities.serviceAccountKeyPem).publicKeyPem);
    for (const part of ['scheduler', 'controller-manager']) {
      const { certificatePem: cert, keyPem: key } = clientCertificate(cluster, { commonName: `system:kube-${part}` }, clock);
      writeFileSync(file(`${part}.conf`), kubeconfigText(kubeconfig({ name: 'test', server, ca: cluster.certificatePem, cert, key })));
    }
    const admin = clientCertificate(cluster, users.admin, clock);
    const identity = { cert: admin.certificatePem, key: admin.keyPem };
    transport = httpsTransport({ server, ca: cluster.certificatePem, ...identity, clock, rng: systemRng });
    client = createClient(transport);
    chmodSync(folder, 0o700);
    await start(
      'apiserver',
      ...['--secure-port', String(port), '--bind-address', '127.0.0.1', '--etcd-data-dir', file('etcd'), '--client-ca-file', file('ca.crt')],
      ...['--tls-cert-file', file('apiserver.crt'), '--tls-private-key-file', file('apiserver.key')],
      ...['--service-account-key-file', file('sa.pub'), '--service-account-signing-key-file', file('sa.key')],
      ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-cluster-ip-range', '10.9.0.0/24'],
    );
    await start(
      'controller-manager',
      ...['--kubeconfig', file('controller-manager.conf'), '--root-ca-file', file('ca.crt'), '--use-service-account-credentials'],
      ...['--cluster-signing-cert-file', file('ca.crt'), '--cluster-signing-key-file', file('ca.key'), '--cluster-cidr', '10.8.0.0/16'],
    );
    await startScheduler();
  });

  after(async () => {
    // The last started first: the API server must be there for leases to be released.
    const ends = [];
    for (const daemon of daemons.toReversed()) ends.push(await daemon.end());
    await transport[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(
      ends,
      daemons.map(() => 0),
      'daemons end with code 0 when told to',
    );
  });

  test('a Deployment becomes Pods that stay Pending, for there are no nodes', async () => {
    await deploy('web', 3);
    const pods = await refusedPods('web', 3);
    assert.deepEqual([...new Set(pods.map((p) => p.status?.phase))], ['Pending']);
    assert.equal(pods[0]?.status?.conditions?.[0]?.message, 'no nodes available to schedule pods');
  });

  test('scheduler and controller manager hold their leases in kube-system', async () => {
    for (const name of ['kube-scheduler', 'kube-controller-manager']) {
      assert.match(await holder(name), new RegExp(`^${hostname()}_[0-9a-f-]{36}$`));
    }
    assert.equal((await lease('kube-controller-manager'))?.spec?.leaseDurationSeconds, 15);
    const { items } = await client.resource<Event>('events').list({ namespace: 'kube-system' });
    assert.ok(items.some((e) => e.reason === 'LeaderElection' && e.message?.endsWith('became leader')));
  });

  test('each controller acts as its own service account', async () => {
    const { items } = await client.resource('serviceaccounts').list({ namespace: 'kube-system' });
    const names = items.map((a) => a.metadata?.name);
    for (const name of ['deployment-controller', 'replicaset-controller']) assert.ok(names.includes(name), name);
  });

  test('a second scheduler stands by, and takes over when the first is killed', async () => {
    const first = daemons.pop()!;
    const firstHolder = await holder('kube-scheduler');
    const second = await startScheduler();
    await until('the second scheduler to see who leads', async () => second.log.includes(firstHolder));
    await deploy('before', 1);
    await refusedPods('before', 1);
    assert.equal(await holder('kube-scheduler'), firstHolder);
    assert.equal(await first.end('SIGKILL'), 'SIGKILL');
    await deploy('after', 1);
    const secondHolder = await holder('kube-scheduler', firstHolder);
    await refusedPods('after', 1);
    assert.equal((await lease('kube-scheduler'))?.spec?.leaseTransitions, 1);
    // Told to end, it gives the lease back: the next need not wait.
    assert.equal(await second.end(), 0);
    assert.notEqual((await lease('kube-scheduler'))?.spec?.holderIdentity, secondHolder);
  });

  test('DNS answers for the Services of the cluster, and refuses other names without an upstream', async () => {
    const port = await freePort();
    await start('dns', '--kubeconfig', file('controller-manager.conf'), '--bind-address', '127.0.0.1', '--port', String(port));
    const resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([`127.0.0.1:${port}`]);
    assert.deepEqual(await resolver.resolve4('kubernetes.default.svc.cluster.local'), ['10.9.0.1']);
    await assert.rejects(resolver.resolve4('example.org'), { code: 'EREFUSED' });
  });

  test('a leader that cannot renew its lease ends with code 1, for its keeper to start it again', async () => {
    const leader = await startScheduler();
    await until('the scheduler to lead', async () => leader.log.includes('"self":true'));
    daemons.splice(daemons.indexOf(leader), 1);
    assert.equal(await daemons.shift()!.end(), 0, 'the API server');
    assert.equal(await leader.ended(), 1);
    assert.match(leader.log, /leader election lost/);
  });
});

/** Command line → the one line it is answered with. */
const wrong: readonly (readonly [string, RegExp])[] = [
  ['scheduler', /^kubets: --kubeconfig is missing$/],
  ['scheduler --kubeconfig /nowhere', /^kubets: --kubeconfig: ENOENT: no such file or directory, open '\/nowhere'$/],
  ['scheduler --kubeconfig a --leader-elect=perhaps', /^kubets: --leader-elect takes true or false, not "perhaps"$/],
  ['scheduler --nosuch', /^kubets: unknown option '--nosuch'$/],
  ['controller-manager --controllers=*,nosuch', /^kubets: --controllers: "nosuch" is not in the list of known controllers: /],
  ['controller-manager --kubeconfig a --node-monitor-grace-period 5', /^kubets: --node-monitor-grace-period: time: missing unit in duration "5"$/],
  [
    'controller-manager --kubeconfig a --cluster-signing-cert-file x',
    /^kubets: --cluster-signing-cert-file and --cluster-signing-key-file must be specified together$/,
  ],
  ['controller-manager --kubeconfig a --cluster-cidr 10.0.0.0/33', /^kubets: --cluster-cidr: invalid CIDR address: 10\.0\.0\.0\/33$/],
  ['apiserver', /^kubets: --tls-cert-file is missing$/],
  ['apiserver --secure-port 70000', /^kubets: --secure-port takes a port from 1 to 65535, not "70000"$/],
  ['apiserver --tls-cert-file /dev/null', /^kubets: --tls-cert-file: the file holds no certificate$/],
  ['kubelet --kubeconfig /nowhere', /^kubets: --kubeconfig: \/nowhere is not there, and --bootstrap-kubeconfig, which would make it, is missing$/],
  ['proxy --kubeconfig a', /^kubets: --cluster-cidr is missing$/],
  ['dns --kubeconfig a --upstream nosuch', /^kubets: --upstream takes ADDRESS or ADDRESS:PORT, not "nosuch"$/],
];

test('missing and wrong flags are answered with one line and exit code 1', { timeout: 120_000 }, async () => {
  for (const [line, expected] of wrong) {
    const daemon = new DaemonProcess(line.split(' '));
    assert.equal(await daemon.ended(), 1, `${line}: ${daemon.log}`);
    assert.match(daemon.log.trimEnd(), expected, line);
  }
});
