import assert from 'node:assert/strict';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realClock, seededRng } from '../base/index.ts';
import { isConflict, isNotFound, type KubeObject } from '../apimachinery/index.ts';
import type { Handler } from '../http/index.ts';
import { createAuthority, issueCertificate, serverUsages } from '../pki/index.ts';
import { FakeApiServer } from '../../test/support/fake-api-server.ts';
import { createClient } from './client.ts';
import { httpsTransport } from './https-transport.ts';
import { inProcessTransport } from './in-process-transport.ts';
import { transportFromKubeconfig } from './kubeconfig.ts';
import type { Transport, WatchFrame, WatchStream } from './transport.ts';

const user = { name: 'tester', groups: [] };

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  sessions(): number;
  /** Cuts all connections. */
  cut(): void;
}

/** Serves a handler over HTTP/2 and TLS, just enough for the client. */
async function serve(handler: Handler): Promise<Served> {
  const authority = createAuthority({ commonName: 'ca', clock: realClock });
  const { certificatePem, keyPem } = issueCertificate(
    authority,
    { subject: { commonName: 'server' }, usages: serverUsages, validityMs: 3_600_000, ipAddresses: ['127.0.0.1'], dnsNames: ['localhost'] },
    realClock,
  );
  const server = createSecureServer({ cert: certificatePem, key: keyPem });
  const sessions = new Set<{ destroy(): void }>();
  let count = 0;
  server.on('session', (session) => {
    count++;
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => void answer(handler, stream as ServerHttp2Stream, headers as Record<string, string>));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.certificatePem,
    sessions: () => count,
    cut: () => sessions.forEach((s) => s.destroy()),
    async [Symbol.asyncDispose]() {
      sessions.forEach((s) => s.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(handler: Handler, stream: ServerHttp2Stream, headers: Record<string, string>): Promise<void> {
  stream.on('error', () => undefined);
  const [path = '', query = ''] = (headers[':path'] ?? '').split('?');
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  const body = Buffer.concat(parts);
  const reply = await handler({
    method: headers[':method'] ?? '',
    path,
    query: new URLSearchParams(query),
    headers,
    body: { bytes: async () => body, async *stream() {} },
    signal: new AbortController().signal,
    connection: { remoteAddress: '', remotePort: 0, encrypted: true },
    user: { name: headers['authorization'] ?? 'tester', groups: [] },
  });
  if (stream.destroyed) return;
  if (reply.kind === 'value') {
    stream.respond({ ':status': reply.status, 'content-type': 'application/json', warning: '299 - "take \\"care\\""' });
    stream.end(JSON.stringify(reply.body.value()));
  } else if (reply.kind === 'stream') {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.on('close', () => reply.frames.close());
    for (let batch = await reply.frames.read(); batch !== undefined; batch = await reply.frames.read()) {
      // Cut at odd places: frames must be put together again.
      const text = Buffer.from(batch.map((b) => `${JSON.stringify(b.value())}\n`).join(''));
      stream.write(text.subarray(0, 7));
      stream.write(text.subarray(7));
    }
    stream.end();
  } else if (reply.kind === 'raw') {
    stream.respond({ ':status': reply.status, 'content-type': reply.contentType });
    stream.end(reply.body);
  }
}

interface Subject extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly transport: Transport;
}

const logs: Handler = async () => ({ kind: 'raw', status: 200, contentType: 'text/plain', body: Buffer.from('line 1\nline 2\n') });
const withLogs =
  (server: FakeApiServer): Handler =>
  (request) =>
    request.path.endsWith('/log') ? logs(request) : server.handler(request);

const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  async 'in process'() {
    const server = new FakeApiServer();
    const transport = inProcessTransport(withLogs(server), user);
    return { server, transport, [Symbol.asyncDispose]: async () => await transport[Symbol.asyncDispose]() };
  },
  async 'over HTTPS'() {
    const server = new FakeApiServer();
    const served = await serve(withLogs(server));
    const transport = httpsTransport({ server: served.url, ca: served.ca, clock: realClock, rng: seededRng(1) });
    return {
      server,
      transport,
      async [Symbol.asyncDispose]() {
        await transport[Symbol.asyncDispose]();
        await served[Symbol.asyncDispose]();
      },
    };
  },
};

const map = (name: string): KubeObject => ({ metadata: { name, namespace: 'default' } });

async function frames(stream: WatchStream, count: number): Promise<readonly WatchFrame[]> {
  const found: WatchFrame[] = [];
  while (found.length < count) found.push(...((await stream.read()) ?? assert.fail('the watch ended')));
  return found;
}

/** What both transports owe their callers. */
for (const [name, open] of Object.entries(subjects)) {
  test(`${name}: objects are written and read`, async () => {
    await using t = await open();
    const maps = createClient(t.transport).resource('configmaps');
    const made = await maps.create({ ...map('a b'), metadata: { ...map('ab').metadata, annotations: { ü: '%/?' } } });
    assert.deepEqual((await maps.get({ namespace: 'default', name: 'ab' })).metadata?.annotations, { ü: '%/?' });
    await maps.patch({ namespace: 'default', name: 'ab' }, 'merge', { metadata: { labels: { x: 'y' } } });
    assert.equal((await maps.list({ namespace: 'default', labelSelector: 'x in (y,z)' })).items.length, 1);
    await assert.rejects(maps.update(made), isConflict);
    await maps.delete({ namespace: 'default', name: 'ab' });
    await assert.rejects(maps.get({ namespace: 'default', name: 'ab' }), isNotFound);
  });

  test(`${name}: a list in pages is whole`, async () => {
    await using t = await open();
    for (let i = 0; i < 7; i++) t.server.put('configmaps', map(`m${i}`));
    const { items } = await createClient(t.transport).resource('configmaps').listAll({ pageSize: 3 });
    assert.equal(items.length, 7);
    assert.equal(t.server.requests.length, 3);
  });

  test(`${name}: a watch brings events until it is closed`, async () => {
    await using t = await open();
    const stream = await createClient(t.transport).resource('configmaps').watch({ resourceVersion: '100' });
    for (let i = 0; i < 5; i++) t.server.put('configmaps', map(`m${i}`));
    const seen = await frames(stream, 5);
    assert.deepEqual(
      seen.map((f) => `${f.type} ${(f.object as KubeObject).metadata?.name}`),
      ['ADDED m0', 'ADDED m1', 'ADDED m2', 'ADDED m3', 'ADDED m4'],
    );
    stream.close();
    assert.equal(await stream.read(), undefined);
  });

  test(`${name}: an aborted watch ends, one of the server's ending too`, async () => {
    await using t = await open();
    const maps = createClient(t.transport).resource('configmaps');
    const end = new AbortController();
    const [first, second] = [await maps.watch({ resourceVersion: '100', signal: end.signal }), await maps.watch({ resourceVersion: '100' })];
    const reading = first.read();
    end.abort();
    assert.equal(await reading, undefined);
    t.server.endWatches();
    assert.equal(await second.read(), undefined);
  });

  test(`${name}: a refused watch is an error`, async () => {
    await using t = await open();
    t.server.watchList = false;
    await assert.rejects(createClient(t.transport).resource('pods').watch({ sendInitialEvents: true }), { code: 422 });
  });

  test(`${name}: logs come as they are`, async () => {
    await using t = await open();
    const stream = await t.transport.open({ method: 'GET', path: '/api/v1/namespaces/default/pods/p/log' });
    assert.equal(Buffer.concat(await stream.toArray()).toString(), 'line 1\nline 2\n');
  });

  test(`${name}: an aborted call rejects with the reason`, async () => {
    await using t = await open();
    const reason = new Error('enough');
    await assert.rejects(
      createClient(t.transport)
        .resource('pods')
        .list({ signal: AbortSignal.abort(reason) }),
      reason,
    );
  });
}

test('all calls share one connection, and a cut one is made anew', async () => {
  const server = new FakeApiServer();
  await using served = await serve(server.handler);
  await using transport = httpsTransport({ server: served.url, ca: served.ca, clock: realClock, rng: seededRng(1) });
  const maps = createClient(transport).resource('configmaps');
  await Promise.all(Array.from({ length: 20 }, () => maps.list()));
  assert.equal(served.sessions(), 1);
  served.cut();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await maps.list();
  assert.equal(served.sessions(), 2);
});

test('warnings are told without their quoting', async () => {
  await using served = await serve(new FakeApiServer().handler);
  await using transport = httpsTransport({ server: served.url, ca: served.ca, clock: realClock, rng: seededRng(1) });
  assert.deepEqual((await transport.call({ method: 'GET', path: '/api/v1/pods' })).warnings, ['take "care"']);
});

test('a certificate of another authority is refused', async () => {
  await using served = await serve(new FakeApiServer().handler);
  const other = createAuthority({ commonName: 'other', clock: realClock }).certificatePem;
  await using transport = httpsTransport({ server: served.url, ca: other, clock: realClock, rng: seededRng(1) });
  await assert.rejects(transport.call({ method: 'GET', path: '/api/v1/pods' }), /certificate/);
});

test('a kubeconfig says where to go and as whom', async () => {
  const server = new FakeApiServer();
  await using served = await serve(server.handler);
  const dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  try {
    await writeFile(join(dir, 'token'), 'secret\n');
    const config = {
      clusters: [{ name: 'c', cluster: { server: served.url, 'certificate-authority-data': Buffer.from(served.ca).toString('base64') } }],
      users: [{ name: 'u', user: { tokenFile: 'token' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    const path = join(dir, 'config');
    await writeFile(path, JSON.stringify(config));
    await using transport = await transportFromKubeconfig(path, { clock: realClock, rng: seededRng(1) });
    await transport.call({ method: 'GET', path: '/api/v1/pods' });
    assert.equal(server.requests[0]?.user, 'Bearer secret');
    await assert.rejects(transportFromKubeconfig(path, { clock: realClock, rng: seededRng(1), context: 'y' }), /has no context "y"/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
