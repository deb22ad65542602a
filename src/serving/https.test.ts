import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { realClock } from '../base/index.ts';
import { BodyTooLarge, type Chunks, encodeReply, FrameChunks, type HttpRequest, serve, type ServerHandle, type WireReply } from '../http/index.ts';
import { acceptRemoteCommand, commandSuccess, dialRemoteCommand, type RemoteCommandServerSession } from './index.ts';
import { clientUsages, createAuthority, issueCertificate, readSubject, serverUsages } from '../pki/index.ts';

const json = { type: 'application/json', parameters: {} };
const authority = createAuthority({ commonName: 'ca', clock: realClock });
const issue = (commonName: string, usages = clientUsages, from = authority) =>
  issueCertificate(
    from,
    { subject: { commonName, organizations: ['g1', 'g2'] }, usages, validityMs: 3_600_000, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] },
    realClock,
  );
const serving = issue('server', serverUsages);
const tls = { key: serving.keyPem, cert: serving.certificatePem, clientCa: authority.certificatePem };

const seen = { aborted: 0, closedWatches: 0 };
const text = (status: number, body: string | Chunks): WireReply => ({
  kind: 'bytes',
  status,
  headers: { 'content-type': 'text/plain' },
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

/** A watch that gives `count` batches and then waits until it is closed. */
function watch(count: number): WireReply | Promise<WireReply> {
  let given = 0;
  let end: ((value: undefined) => void) | undefined;
  const body = (n: number) => ({ bytes: () => Buffer.from(`{"n":${n}}`), value: () => n });
  return encodeReply(
    {
      kind: 'stream',
      status: 200,
      frames: {
        read: () => (given < count ? Promise.resolve([body(given), body(given++)]) : new Promise<undefined>((resolve) => (end = resolve))),
        close: () => {
          seen.closedWatches++;
          end?.(undefined);
        },
      },
    },
    { mediaType: json },
  );
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(64 * 1024);
}

async function handler(request: HttpRequest): Promise<WireReply> {
  switch (request.path) {
    case '/hello':
      return text(200, `${request.method} ${request.query.get('q') ?? ''} ${request.headers['host'] === undefined ? 'no host' : 'host'}`);
    case '/who': {
      const certificate = request.connection.clientCertificate;
      return text(200, certificate ? JSON.stringify(readSubject(certificate)) : `nobody ${request.connection.clientCertificateError ?? ''}`);
    }
    case '/echo':
      try {
        return text(200, String((await request.body.bytes(4_000_000)).length));
      } catch (error) {
        return text(error instanceof BodyTooLarge ? 413 : 500, String(error));
      }
    case '/ignore-body':
      return text(200, 'ignored');
    case '/watch':
      return watch(Number(request.query.get('n')));
    case '/endless':
      return text(200, endless());
    case '/hang':
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      seen.aborted++;
      return text(200, '');
    case '/slow':
      await realClock.sleep(100);
      return text(200, 'slow but whole');
    case '/groups':
      return text(200, JSON.stringify(request.headerValues?.('impersonate-group')));
    case '/throw':
      throw new Error('a bug');
    case '/bad-header':
      return { kind: 'bytes', status: 200, headers: { 'x-bad': 'a\nb' }, body: new Uint8Array(0) };
    default:
      return text(404, '404 page not found\n');
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function overHttp2(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let response: IncomingHttpHeaders = {};
    const parts: Buffer[] = [];
    stream.on('response', (h) => (response = h));
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => resolve({ status: Number(response[':status']), headers: response, body: Buffer.concat(parts).toString() }));
    stream.on('error', reject);
    if (body) stream.end(body);
  });
}

function overHttp1(url: string, options: { method?: string; headers?: Record<string, string | string[]>; body?: Uint8Array } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = url.startsWith('https') ? httpsRequest : httpRequest;
    const onResponse = (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    };
    const { body, ...rest } = options;
    const request = start(url, { ...rest, ca: authority.certificatePem, agent: false }, onResponse);
    request.on('error', reject);
    request.end(body);
  });
}

const until = async (condition: () => boolean) => {
  for (let i = 0; i < 400 && !condition(); i++) await realClock.sleep(5);
  assert.ok(condition(), 'the awaited did not happen in 2 s');
};

function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.on('data', (part) => (got += part.toString('latin1')));
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
}

let secure: ServerHandle;
let plain: ServerHandle;
let session: ClientHttp2Session;

before(async () => {
  secure = await serve({ handler, tls, listen: { port: 0 } });
  plain = await serve({ handler, listen: { port: 0 }, limits: { headerTimeoutMs: 100, maxHeaderBytes: 8192 } });
  session = connectHttp2(secure.url, { ca: authority.certificatePem });
  await once(session, 'connect');
});

after(async () => {
  session.close();
  await secure.close({ deadlineMs: 500 });
  await plain.close({ deadlineMs: 500 });
});

test('HTTP/2 and HTTP/1.1 are served on one port by ALPN', async () => {
  assert.match(secure.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const two = await overHttp2(session, { ':path': '/hello?q=a%20b' });
  assert.deepEqual([two.status, two.body], [200, 'GET a b host']);
  const one = await overHttp1(`${secure.url}/hello?q=a%20b`);
  assert.deepEqual([one.status, one.body], [200, 'GET a b host']);
});

test('in the clear HTTP/2 is told from HTTP/1.1 by its preface', async () => {
  const client = connectHttp2(plain.url);
  assert.equal((await overHttp2(client, { ':path': '/hello' })).body, 'GET  host');
  assert.equal((await overHttp1(`${plain.url}/hello`)).body, 'GET  host');
  client.close();
});

test('a client certificate is shown only if verified, and a bad one is no anonymity', async () => {
  const good = issue('jane');
  const bad = issue('eve', clientUsages, createAuthority({ commonName: 'ca', clock: realClock }));
  const ask = async (certificate?: { certificatePem: string; keyPem: string }) => {
    const identity = certificate ? { cert: certificate.certificatePem, key: certificate.keyPem } : {};
    const client = connectHttp2(secure.url, { ca: authority.certificatePem, ...identity });
    const { body } = await overHttp2(client, { ':path': '/who' });
    client.close();
    return body;
  };
  assert.equal(await ask(good), '{"commonName":"jane","organizations":["g1","g2"]}');
  assert.equal(await ask(), 'nobody ');
  assert.match(await ask(bad), /^nobody [A-Z_]{5,}/);
});

test('a resumed TLS session keeps its certificate', async () => {
  const jane = issue('jane');
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const identity = { port: secure.port, ca: authority.certificatePem, cert: jane.certificatePem, key: jane.keyPem, maxVersion };
    const ask = async (session?: Buffer) => {
      const socket = connectTls({ ...identity, ...(session ? { session } : {}) });
      let ticket: Buffer | undefined;
      let resumed = false;
      socket.on('session', (s: Buffer) => (ticket = s));
      socket.on('secureConnect', () => (resumed = socket.isSessionReused()));
      socket.write('GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      let text = '';
      socket.on('data', (part: Buffer) => (text += part.toString()));
      await once(socket, 'close');
      return { text, ticket, resumed };
    };
    const first = await ask();
    const second = await ask(first.ticket);
    assert.equal(second.resumed, true);
    assert.match(second.text, /"commonName":"jane"/);
  }
});

test('bodies are read up to a limit', async () => {
  const big = Buffer.alloc(3_900_000, 97);
  assert.equal((await overHttp2(session, { ':path': '/echo', ':method': 'POST' }, big)).body, '3900000');
  assert.equal((await overHttp1(`${secure.url}/echo`, { method: 'POST', body: big })).body, '3900000');
  assert.equal((await overHttp2(session, { ':path': '/echo', ':method': 'POST' }, Buffer.alloc(4_100_000))).status, 413);
  const client = connectHttp2(secure.url, { ca: authority.certificatePem });
  const declared = await overHttp2(client, { ':path': '/echo', ':method': 'POST', 'content-length': 4_100_000 }, Buffer.alloc(4_100_000));
  assert.equal(declared.status, 413);
  client.close();
});

test('a body nobody reads does not hold the stream, nor what follows on the connection', async () => {
  for (let i = 0; i < 3; i++) {
    const reply = await overHttp2(session, { ':path': '/ignore-body', ':method': 'POST' }, Buffer.alloc(2_000_000));
    assert.equal(reply.body, 'ignored');
  }
  assert.equal((await overHttp1(`${plain.url}/ignore-body`, { method: 'POST', body: Buffer.alloc(1000) })).body, 'ignored');
});

test('a watch sends its headers at once, batches in one chunk, and is closed when the client goes', async () => {
  const before = seen.closedWatches;
  const stream = session.request({ ':path': '/watch?n=2' });
  let got = '';
  stream.on('data', (part: Buffer) => (got += part.toString()));
  await once(stream, 'response');
  await until(() => got.length >= 32);
  assert.equal(got, '{"n":0}\n{"n":0}\n{"n":1}\n{"n":1}\n');
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => seen.closedWatches === before + 1);

  const one = httpRequest(`${plain.url}/watch?n=0`);
  one.end();
  const [response] = (await once(one, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.on('error', () => {});
  one.on('error', () => {});
  one.destroy();
  await until(() => seen.closedWatches === before + 2);
});

test('the signal aborts when the client goes, over both protocols', async () => {
  const before = seen.aborted;
  const stream = session.request({ ':path': '/hang' });
  stream.on('error', () => {});
  await realClock.sleep(20);
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => seen.aborted === before + 1);
  const one = httpRequest(`${plain.url}/hang`);
  one.on('error', () => {});
  one.end();
  await realClock.sleep(20);
  one.destroy();
  await until(() => seen.aborted === before + 2);
});

test('a client that does not read stops the maker', async () => {
  const client = connectHttp2(secure.url, { ca: authority.certificatePem });
  const stream = client.request({ ':path': '/endless' });
  await once(stream, 'response');
  const memory = process.memoryUsage().rss;
  await realClock.sleep(100);
  assert.ok(process.memoryUsage().rss - memory < 100 * 1024 * 1024);
  client.destroy();
});

test('500 watchers of one connection each get shared frames', async () => {
  let reads = 0;
  const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: 'x'.repeat(200) })}\n`);
  const release: (() => void)[] = [];
  const server = await serve({
    listen: { port: 0 },
    tls,
    handler: () =>
      Promise.resolve({
        kind: 'bytes',
        status: 200,
        headers: {},
        longRunning: true,
        body: new FrameChunks(
          {
            read: () => {
              reads++;
              return new Promise((resolve) => release.push(() => resolve([{ bytes: () => bytes, value: () => undefined }])));
            },
            close() {},
          },
          json,
          'lines',
        ),
      }),
  });
  const client = connectHttp2(server.url, { ca: authority.certificatePem });
  let received = 0;
  const streams = Array.from({ length: 500 }, () => {
    const stream = client.request({ ':path': '/' });
    stream.on('data', (part: Buffer) => (received += part.length));
    stream.on('error', () => {});
    return stream;
  });
  await until(() => release.length === 500);
  for (const go of release.splice(0)) go();
  await until(() => received === 500 * bytes.length);
  assert.equal(reads, 1000);
  assert.equal(streams.length, 500);
  client.destroy();
  await server.close({ deadlineMs: 200 });
});

test('values of a repeated header stay apart', async () => {
  const two = await overHttp2(session, { ':path': '/groups', 'impersonate-group': ['a, b', 'c'] });
  assert.equal(two.body, '["a, b","c"]');
  assert.equal((await overHttp1(`${plain.url}/groups`, { headers: { 'Impersonate-Group': ['a, b', 'c'] } })).body, '["a, b","c"]');
});

test('a handler with a bug costs its own request only', async () => {
  assert.equal((await overHttp2(session, { ':path': '/throw' })).status, 500);
  assert.equal((await overHttp1(`${plain.url}/throw`)).status, 500);
  assert.equal((await overHttp1(`${plain.url}/bad-header`)).status, 500);
  assert.equal((await overHttp2(session, { ':path': '/hello' })).status, 200);
});

test('malformed requests are refused', async () => {
  const { port } = plain;
  assert.match(await raw(port, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(10_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  assert.match(await raw(port, 'GET nonsense HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await raw(port, 'GET http://h/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /);
  assert.match(
    await raw(port, 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  );
});

test('garbage after a good beginning ends its connection and nothing else', async () => {
  const beginnings = [
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'PRI * HTTP/2.0',
    'GET /hello HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
    '',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...beginnings), fc.uint8Array({ minLength: 1, maxLength: 300 }), async (beginning, bytes) => {
      const socket = connectTcp(plain.port, '127.0.0.1', () => socket.end(Buffer.concat([Buffer.from(beginning), bytes])));
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'close');
    }),
    { numRuns: 60 },
  );
  assert.equal((await overHttp1(`${plain.url}/hello`)).status, 200);
});

test('who sends headers slowly, or nothing, is cut off', async () => {
  const started = performance.now();
  assert.match(await raw(plain.port, 'GET / HTTP/1.1\r\nHost'), /^(HTTP\/1\.1 408 .*)?/);
  assert.equal(await raw(plain.port, ''), '');
  assert.ok(performance.now() - started < 3000);
});

test('an unknown protocol at the TLS port costs nothing but its connection', async () => {
  const answer = await raw(secure.port, 'GET / HTTP/1.1\r\n\r\n').catch(() => '');
  assert.ok(!answer.includes('200'));
  assert.equal((await overHttp2(session, { ':path': '/hello' })).status, 200);
});

test('certificates can be replaced while serving', async () => {
  const server = await serve({ handler, tls, listen: { port: 0 } });
  const other = createAuthority({ commonName: 'other', clock: realClock });
  const renewed = issue('server', serverUsages, other);
  server.reloadCertificates({ key: renewed.keyPem, cert: renewed.certificatePem });
  const client = connectTls({ port: server.port, ca: other.certificatePem, ALPNProtocols: ['h2'] });
  await once(client, 'secureConnect');
  assert.equal(client.alpnProtocol, 'h2');
  client.destroy();
  await server.close();
});

test('a listening server made elsewhere is served, and closed with us', async () => {
  const listening = createServer();
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const server = await serve({ handler, listen: [{ server: listening }, { port: 0 }] });
  assert.equal(server.port, (listening.address() as AddressInfo).port);
  assert.equal((await overHttp1(`${server.url}/hello`)).status, 200);
  await server.close();
  assert.equal(listening.listening, false);
});

test('closing ends watches, lets a request finish, and takes no more', async () => {
  const server = await serve({ handler, tls, listen: { port: 0 } });
  const client = connectHttp2(server.url, { ca: authority.certificatePem });
  const watching = overHttp2(client, { ':path': '/watch?n=1' });
  const slow = overHttp2(client, { ':path': '/slow' });
  const alsoSlow = overHttp1(`${server.url}/slow`);
  await realClock.sleep(30);
  const closed = server.close({ deadlineMs: 2000 });
  assert.equal((await watching).body, '{"n":0}\n{"n":0}\n');
  assert.equal((await slow).body, 'slow but whole');
  assert.equal((await alsoSlow).headers.connection, 'close');
  await closed;
  await assert.rejects(overHttp1(`${server.url}/hello`));
});

test('closing does not wait beyond its deadline', async () => {
  const server = await serve({ handler, listen: { port: 0 } });
  const hanging = overHttp1(`${server.url}/hang`).catch((error: NodeJS.ErrnoException) => error.code);
  await realClock.sleep(30);
  const started = performance.now();
  await server.close({ deadlineMs: 50 });
  assert.ok(performance.now() - started < 1000);
  assert.equal(await hanging, 'ECONNRESET');
});

test('a connection without requests is closed when idle, one with a watch is kept', async () => {
  const server = await serve({ handler, tls, listen: { port: 0 }, limits: { idleTimeoutMs: 60 } });
  const idle = connectHttp2(server.url, { ca: authority.certificatePem });
  const watching = connectHttp2(server.url, { ca: authority.certificatePem });
  const stream = watching.request({ ':path': '/watch?n=0' });
  await once(stream, 'response');
  await once(idle, 'close');
  await realClock.sleep(100);
  assert.equal(watching.closed, false);
  watching.destroy();
  await server.close({ deadlineMs: 50 });
});

test('streams run over TLS with a client certificate, without ALPN as kubectl asks for them', async () => {
  const streams = { stdin: true, stdout: true, stderr: false, tty: false };
  const server = await serve({
    tls,
    listen: { port: 0 },
    handler: (request) => {
      const user = readSubject(request.connection.clientCertificate!).commonName;
      const start = async (session: RemoteCommandServerSession) => {
        session.stdout!.write(`hello ${user}`);
        await session.finish(commandSuccess);
      };
      return Promise.resolve(acceptRemoteCommand(request, { clock: realClock, ...streams, start }) as WireReply);
    },
  });
  const apiserver = issue('kube-apiserver-kubelet-client');
  const session = await dialRemoteCommand(server.url, {
    clock: realClock,
    ...streams,
    tls: { ca: authority.certificatePem, cert: apiserver.certificatePem, key: apiserver.keyPem },
  });
  let text = '';
  session.stdout!.on('data', (part: Buffer) => (text += part.toString()));
  assert.equal((await session.status).status, 'Success');
  assert.equal(text, 'hello kube-apiserver-kubelet-client');
  session.close();
  await server.close({ deadlineMs: 50 });
});

test('connections over the limit are closed at once', async () => {
  const server = await serve({ handler, listen: { port: 0 }, limits: { maxConnections: 1 } });
  const first: Socket = connectTcp(server.port, '127.0.0.1');
  await once(first, 'connect');
  await realClock.sleep(10);
  const second = connectTcp(server.port, '127.0.0.1');
  second.on('error', () => {});
  await once(second, 'close');
  first.destroy();
  await server.close({ deadlineMs: 50 });
});
