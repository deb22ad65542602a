/** Real traffic through the proxy's rules, between network namespaces made here: a node, a client outside of it, and two endpoints. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { realClock, silentLogger } from '../../src/base/index.ts';
import type { EndpointSlice, Service } from '../../src/api/index.ts';
import { exec } from '../../src/cluster/host/exec.ts';
import { enter, makeNamespaces, namespacesOf, removeNamespaces, removeRunFolder } from '../../src/cluster/host/namespaces.ts';
import { forgetFlows, openNft, RuleSet, servicePorts } from '../../src/proxy/index.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const cluster = `test-proxy-${process.pid}`;
const clusterCidr = '10.200.0.0/16';
const parts = ['node', 'a', 'b', 'outside'] as const;
const inside = (part: string, ...words: string[]) => enter(namespacesOf(cluster, part, 'fabric'), ...words);
const test = testNeeding({ root: isRoot });
const children: ReturnType<typeof spawn>[] = [];
const rules = new RuleSet();
const nft = openNft({ clock: realClock, command: inside('node', 'nft') });

/** An echo of its own name over TCP and UDP. */
const echo = (name: string) => `
require('node:net').createServer((s) => { s.on('error', () => {}); s.end('${name}'); }).listen(8080);
const u = require('node:dgram').createSocket('udp4'); u.on('message', (m, f) => u.send('${name}', f.port, f.address)); u.bind(8080, () => console.log('up'));`;

/** Asks `count` times, each on a new connection; resolves with the answers, or the error codes. */
async function ask(
  from: string,
  address: string,
  port: number,
  options: { readonly count?: number; readonly udp?: boolean } = {},
): Promise<string[]> {
  const tcp = `const net = require('node:net'); const one = () => new Promise((r) => { let t = ''; const s = net.connect(${port}, '${address}'); s.setTimeout(1500, () => { r('timeout'); s.destroy(); }); s.on('data', (d) => t += d).on('end', () => r(t)).on('error', (e) => r(e.code)); });`;
  const udp = `const one = () => new Promise((r) => { const s = require('node:dgram').createSocket('udp4'); const t = setTimeout(() => { r('timeout'); s.close(); }, 1500); s.on('message', (m) => { r(String(m)); clearTimeout(t); s.close(); }); s.on('error', (e) => { r(e.code); clearTimeout(t); s.close(); }); s.connect(${port}, '${address}', () => s.send('x')); });`;
  const script = `${options.udp ? udp : tcp} (async () => { const all = []; for (let i = 0; i < ${options.count ?? 1}; i++) all.push(await one()); console.log(JSON.stringify(all)); })();`;
  return JSON.parse(await exec(inside(from, process.execPath, '-e', script))) as string[];
}

const service = (spec: object): Service => ({
  metadata: { namespace: 'default', name: 'web' },
  spec: {
    clusterIP: '10.96.0.10',
    type: 'NodePort',
    ports: [
      { name: 't', port: 80, nodePort: 30080, protocol: 'TCP' },
      { name: 'u', port: 80, nodePort: 30081, protocol: 'UDP' },
    ],
    ...spec,
  } as NonNullable<Service['spec']>,
});
const slice = (...ips: string[]): EndpointSlice => ({
  addressType: 'IPv4',
  ports: [
    { name: 't', port: 8080, protocol: 'TCP' },
    { name: 'u', port: 8080, protocol: 'UDP' },
  ],
  endpoints: ips.map((ip) => ({ addresses: [ip], nodeName: ip === '10.200.0.2' ? 'node' : 'other', conditions: { ready: true } })),
});
async function apply(spec: object, ...ips: string[]): Promise<void> {
  const change = rules.setService('default/web', servicePorts(service(spec), [slice(...ips)], 'node'));
  if (change.commands.length > 0) await nft.change(change.commands);
  await forgetFlows(change.staleFlows, { logger: silentLogger, command: inside('node', 'conntrack') });
}

before(async () => {
  if (!isRoot) return;
  for (const part of parts) await makeNamespaces(cluster, part, 'fabric');
  const links: [string, string, string][] = [
    ['a', '10.200.0.2', '10.200.0.1'],
    ['b', '10.200.1.2', '10.200.1.1'],
    ['outside', '192.0.2.2', '192.0.2.1'],
  ];
  for (const [part, address, gateway] of links) {
    await exec(
      inside('node', 'ip', 'link', 'add', `to-${part}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespacesOf(cluster, part, 'fabric').net),
    );
    await exec(inside('node', 'ip', 'addr', 'add', `${gateway}/24`, 'dev', `to-${part}`));
    await exec(inside('node', 'ip', 'link', 'set', `to-${part}`, 'up'));
    await exec(inside(part, 'ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0'));
    await exec(inside(part, 'ip', 'link', 'set', 'eth0', 'up'));
    await exec(inside(part, 'ip', 'route', 'add', 'default', 'via', gateway));
  }
  await exec(inside('node', 'ip', 'route', 'add', 'default', 'via', '192.0.2.2'));
  await exec(inside('node', 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'));
  for (const part of ['a', 'b']) {
    const [program, ...args] = inside(part, process.execPath, '-e', echo(part));
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout!, 'data');
  }
  await nft.load(rules.wholeTable(clusterCidr));
});

after(async () => {
  nft.close();
  for (const child of children) child.kill('SIGKILL');
  for (const part of parts) await removeNamespaces(cluster, part);
  removeRunFolder(cluster);
});

const both = (answers: readonly string[]) => [...new Set(answers)].toSorted();

test('ClusterIP: TCP and UDP are spread over the endpoints, from a pod, the node and outside', async () => {
  await apply({}, '10.200.0.2', '10.200.1.2');
  for (const from of ['a', 'node', 'outside']) {
    assert.deepEqual(both(await ask(from, '10.96.0.10', 80, { count: 24 })), ['a', 'b'], `tcp from ${from}`);
    assert.deepEqual(both(await ask(from, '10.96.0.10', 80, { count: 24, udp: true })), ['a', 'b'], `udp from ${from}`);
  }
});

test('NodePort answers on the node’s addresses', async () => {
  await apply({}, '10.200.0.2', '10.200.1.2');
  assert.deepEqual(both(await ask('outside', '192.0.2.1', 30080, { count: 24 })), ['a', 'b']);
  assert.deepEqual(both(await ask('node', '192.0.2.1', 30080, { count: 24 })), ['a', 'b']);
});

test('without endpoints, and on ports a Service does not have, connections are refused at once', async () => {
  await apply({});
  const started = performance.now();
  assert.deepEqual(await ask('a', '10.96.0.10', 80), ['ECONNREFUSED']);
  assert.deepEqual(await ask('a', '10.96.0.10', 81), ['ECONNREFUSED']);
  assert.ok(performance.now() - started < 1400, 'refused, not timed out');
});

test('an endpoint that is replaced gets no new connections', async () => {
  await apply({}, '10.200.0.2');
  assert.deepEqual(both(await ask('outside', '10.96.0.10', 80, { count: 8 })), ['a']);
  await apply({}, '10.200.1.2');
  assert.deepEqual(both(await ask('outside', '10.96.0.10', 80, { count: 8 })), ['b']);
  assert.deepEqual(both(await ask('outside', '10.96.0.10', 80, { count: 8, udp: true })), ['b']);
});

test('session affinity: a client keeps its endpoint until that is gone', async () => {
  const sticky = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };
  await apply(sticky, '10.200.0.2', '10.200.1.2');
  const [first, ...others] = both(await ask('outside', '10.96.0.10', 80, { count: 16 }));
  assert.deepEqual(others, []);
  await apply(sticky, first === 'a' ? '10.200.1.2' : '10.200.0.2');
  assert.deepEqual(both(await ask('outside', '10.96.0.10', 80, { count: 8 })), [first === 'a' ? 'b' : 'a']);
});

test('external traffic policy Local uses only endpoints of this node and keeps the client’s address; without any it drops', async () => {
  await apply({ externalTrafficPolicy: 'Local' }, '10.200.0.2', '10.200.1.2');
  assert.deepEqual(both(await ask('outside', '192.0.2.1', 30080, { count: 8 })), ['a']);
  await apply({ externalTrafficPolicy: 'Local' }, '10.200.1.2');
  assert.deepEqual(await ask('outside', '192.0.2.1', 30080), ['timeout']);
});

test('a load of the whole table keeps connections working', async () => {
  await apply({}, '10.200.0.2', '10.200.1.2');
  await nft.load(rules.wholeTable(clusterCidr));
  assert.deepEqual(both(await ask('outside', '10.96.0.10', 80, { count: 16 })), ['a', 'b']);
});

test('a pod reaches itself by its Service', async () => {
  await apply({}, '10.200.0.2');
  assert.deepEqual(await ask('a', '10.96.0.10', 80), ['a']);
});
