import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Probe } from '../../api/index.ts';
import { CriError, type CriRuntime } from '../../cri/index.ts';
import { app, podOf } from '../pod-fixtures.ts';
import { runProbe } from './run-probe.ts';

const answers: Record<string, RequestListener> = {
  '/ok': (req, res) => res.end([req.headers['user-agent'], req.headers['x-own']].join(' ')),
  '/bad': (_req, res) => res.writeHead(503).end('no'),
  '/near': (_req, res) => res.writeHead(302, { location: '/bad' }).end(),
  '/far': (_req, res) => res.writeHead(302, { location: 'http://example.com/' }).end(),
  '/slow': () => {},
};

const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const listen = (server: Pick<Server, 'listen'>) => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));

describe('probes', () => {
  const web = createServer((req, res) => answers[req.url!]!(req, res));
  const health = createHttp2Server();
  const closed = createTcpServer();
  let closedPort: number;
  before(async () => {
    health.on('stream', (stream: ServerHttp2Stream, headers) => {
      assert.equal(headers[':path'], '/grpc.health.v1.Health/Check');
      stream.on('data', (frame: Buffer) => {
        const service = frame.subarray(7).toString();
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': service === 'none' ? '5' : '0', 'grpc-message': 'unknown%20service' }));
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, service === 'down' ? 2 : 1]));
      });
    });
    await Promise.all([web, health, closed].map(listen));
    closedPort = port(closed);
    closed.close();
  });
  after(() => {
    web.closeAllConnections();
    web.close();
    health.close();
  });

  const runtime = {
    async execSync(_id: string, command: readonly string[]) {
      if (command[0] === 'slow') throw new CriError('DEADLINE_EXCEEDED', 'too slow', { method: 'ExecSync' });
      return { stdout: Buffer.from('out'), stderr: Buffer.from('err'), exitCode: Number(command[0]) };
    },
  } as unknown as CriRuntime;
  const probe = (p: Probe) =>
    runProbe(p, {
      pod: podOf(),
      container: app('main', { ports: [{ name: 'web', containerPort: port(web) }] }),
      containerId: 'id',
      podIP: '127.0.0.1',
      runtime,
    });
  const get = (path: string, more: object = {}) => probe({ timeoutSeconds: 1, httpGet: { path, port: port(web), ...more } });

  test('http', async () => {
    assert.deepEqual(await get('/ok', { httpHeaders: [{ name: 'X-Own', value: 'yes' }] }), { result: 'success', output: '' });
    assert.deepEqual(await get('ok', { port: 'web' }), { result: 'success', output: '' });
    assert.deepEqual(await get('/bad'), { result: 'failure', output: 'HTTP probe failed with statuscode: 503' });
    assert.deepEqual(await get('/near'), { result: 'failure', output: 'HTTP probe failed with statuscode: 503' });
    assert.equal((await get('/far')).result, 'success');
    assert.match(
      (await get('/ok', { port: closedPort })).output,
      /^Get "http:\/\/127\.0\.0\.1:\d+\/ok": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
    );
    assert.match((await get('/ok', { port: 'none' })).output, /couldn't find port: none/);
  });

  test('http that does not answer', async () => {
    const { result, output } = await get('/slow');
    assert.equal(result, 'failure');
    assert.match(output, /context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)$/);
  });

  test('tcp', async () => {
    assert.deepEqual(await probe({ tcpSocket: { port: port(web) } }), { result: 'success', output: '' });
    assert.deepEqual(await probe({ tcpSocket: { port: closedPort } }), {
      result: 'failure',
      output: `dial tcp 127.0.0.1:${closedPort}: connect: connection refused`,
    });
  });

  test('exec', async () => {
    assert.equal((await probe({ exec: { command: ['0'] } })).result, 'success');
    assert.deepEqual(await probe({ exec: { command: ['1'] } }), { result: 'failure', output: 'outerr' });
    assert.deepEqual(await probe({ exec: { command: ['slow'] } }), { result: 'failure', output: 'command timed out: "slow" timed out after 1s' });
  });

  test('grpc', async () => {
    const ask = (service?: string) => probe({ grpc: { port: port(health), ...(service === undefined ? {} : { service }) } });
    assert.equal((await ask()).result, 'success');
    assert.equal((await ask('mine')).result, 'success');
    assert.deepEqual(await ask('down'), { result: 'failure', output: 'service unhealthy (responded with "NOT_SERVING")' });
    assert.equal((await ask('none')).result, 'failure');
    assert.equal((await probe({ grpc: { port: closedPort } })).result, 'failure');
  });
});
