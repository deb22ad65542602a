import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import dnsPacket from 'dns-packet';
import { realClock, seededRng, silentLogger } from '../base/index.ts';
import type { Service } from '../api/index.ts';
import { createForwarder } from './forwarder.ts';
import type { ClusterView } from './records.ts';
import { serveDns } from './server.ts';

const web: Service = { metadata: { namespace: 'default', name: 'web' }, spec: { clusterIP: '10.96.0.7' } as Service['spec'] & object };
const many: Service = { metadata: { namespace: 'default', name: 'many' }, spec: { clusterIP: 'None' } as Service['spec'] & object };
const view: ClusterView = {
  service: (_namespace, name) => [web, many].find((s) => s.metadata?.name === name),
  slices: () => [{ addressType: 'IPv4', ports: [{ port: 1 }], endpoints: Array.from({ length: 100 }, (_, i) => ({ addresses: [`10.1.0.${i}`] })) }],
  servicesByIP: () => [],
  slicesByIP: () => [],
  namespaceExists: () => true,
};
const start = (options = {}) => serveDns({ view, domain: 'cluster.local', address: '127.0.0.1', port: 0, logger: silentLogger, ...options });

test('a resolver gets answers, refusals and truncated answers again by TCP', async () => {
  const server = await start();
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
  assert.deepEqual(await resolver.resolve4('web.default.svc.cluster.local'), ['10.96.0.7']);
  assert.equal((await resolver.resolve4('many.default.svc.cluster.local')).length, 100);
  await assert.rejects(resolver.resolve4('none.default.svc.cluster.local'), { code: 'ENOTFOUND' });
  await assert.rejects(resolver.resolve4('example.org'), { code: 'EREFUSED' });
  await server.close();
});

test('other names are relayed to the upstream', async () => {
  const upstream = createSocket('udp4');
  upstream.on('message', (message, from) => {
    const query = dnsPacket.decode(message);
    upstream.send(
      dnsPacket.encode({
        type: 'response',
        id: query.id ?? 0,
        questions: query.questions ?? [],
        answers: [{ type: 'A', name: 'example.org', data: '192.0.2.9' }],
      }),
      from.port,
      from.address,
    );
  });
  upstream.bind(0, '127.0.0.1');
  await once(upstream, 'listening');
  const forwarder = createForwarder({ upstreams: [{ address: '127.0.0.1', port: upstream.address().port }], clock: realClock, rng: seededRng(1) });
  const server = await start({ forwarder });
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
  assert.deepEqual(await resolver.resolve4('example.org'), ['192.0.2.9']);
  await server.close();
  upstream.close();
});

test('nonsense by UDP and TCP does no harm', async () => {
  const server = await start();
  const socket = createSocket('udp4');
  socket.send(Buffer.from('x'), server.port, '127.0.0.1');
  socket.send(Buffer.alloc(12), server.port, '127.0.0.1');
  const [reply] = (await once(socket, 'message')) as [Buffer];
  assert.equal(reply[3]! & 0xf, 1);
  socket.close();
  const tcp = connect(server.port, '127.0.0.1');
  tcp.end(Buffer.from([0, 3, 1, 2, 3]));
  await once(tcp.resume(), 'close');
  await server.close();
});
