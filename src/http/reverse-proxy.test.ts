import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { after, before, test } from 'node:test';
import { encodeReply, forwardRequest, headerValues, type HttpRequest, type Reply, serve, type ServerHandle, upgradeTo } from './index.ts';

const wire = (handler: (request: HttpRequest) => Promise<Reply>) => async (request: HttpRequest) => {
  try {
    return await encodeReply(await handler(request), { mediaType: { type: 'application/json', parameters: {} } });
  } catch (error) {
    const { message } = error as Error;
    return { kind: 'bytes', status: 503, headers: {}, body: Buffer.from(message) } as const;
  }
};

let backend: ServerHandle;
let front: ServerHandle;
let gone = 0;

before(async () => {
  backend = await serve({
    listen: { port: 0 },
    handler: wire(async (request) => {
      if (request.upgrade) {
        const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': 'x' };
        return { kind: 'upgrade', status: 101, headers, accept: (socket) => void socket.pipe(socket) };
      }
      if (request.path === '/hang') {
        await once(request.signal, 'abort');
        gone++;
      }
      const body = await request.body.bytes(5_000_000);
      const seen = [request.method, request.path, request.query.get('a'), body.length, request.headers['authorization'] ?? 'none'];
      const text = `${seen.join(' ')} ${headerValues(request, 'x-many').join('|')} ${request.headers['x-hop'] ?? 'no hop'}`;
      return { kind: 'raw', status: 207, contentType: 'text/x', headers: { 'x-back': 'yes' }, body: Buffer.from(text) };
    }),
  });
  front = await serve({
    listen: { port: 0 },
    handler: wire((request) => {
      const url = request.path === '/dead' ? 'http://127.0.0.1:1/' : `${backend.url}${request.path}?${request.query.toString()}`;
      return forwardRequest(request, { url, headers: { Authorization: undefined } });
    }),
  });
});

after(async () => {
  await front.close({ deadlineMs: 50 });
  await backend.close({ deadlineMs: 50 });
});

test('a request and its reply pass with body, query and headers of their own', async () => {
  const response = await fetch(`${front.url}/p?a=1`, {
    method: 'POST',
    body: 'x'.repeat(3_000_000),
    headers: { authorization: 'secret', 'x-many': 'a' },
  });
  assert.equal(response.status, 207);
  assert.equal(response.headers.get('x-back'), 'yes');
  assert.equal(response.headers.get('content-type'), 'text/x');
  assert.equal(await response.text(), 'POST /p 1 3000000 none a no hop');
});

test('from HTTP/2 too, and what concerns one hop stays on it', async () => {
  const client = connectHttp2(front.url);
  const stream = client.request({ ':path': '/q', 'x-many': ['a', 'b'] });
  let text = '';
  stream.on('data', (part: Buffer) => (text += part.toString()));
  await once(stream, 'end');
  assert.equal(text, 'GET /q  0 none a|b no hop');
  client.close();
  const request = httpRequest(`${front.url}/r`, { headers: { connection: 'close, x-hop', 'x-hop': '1' } });
  request.end();
  const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
  for await (const part of response) assert.match(part.toString(), / no hop$/);
});

test('an upgrade is passed through', async () => {
  const { socket, headers } = await upgradeTo(`${front.url}/up`, { protocol: 'SPDY/3.1' });
  assert.equal(headers['x-stream-protocol-version'], 'x');
  socket.write('there and back');
  const [part] = (await once(socket, 'data')) as [Buffer];
  assert.equal(part.toString(), 'there and back');
  socket.destroy();
});

test('a dead backend is told, a client that goes ends the request behind', async () => {
  assert.match(await (await fetch(`${front.url}/dead`)).text(), /ECONNREFUSED/);
  const abort = new AbortController();
  const hanging = fetch(`${front.url}/hang`, { signal: abort.signal });
  setTimeout(() => abort.abort(), 30);
  await assert.rejects(hanging);
  for (let i = 0; i < 100 && gone === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(gone, 1);
});
