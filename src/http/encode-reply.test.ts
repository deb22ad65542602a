import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  acceptsGzip,
  type Body,
  encodeReply,
  formatMediaType,
  headerValues,
  inject,
  makeRequest,
  negotiate,
  parseAccept,
  parseMediaType,
  warningHeaders,
  wholeBytes,
  withUser,
  type WireReply,
} from './index.ts';
import { Pump } from './server/pump.ts';

const json = { type: 'application/json', parameters: {} };
const bodyOf = (bytes: Uint8Array | AsyncIterable<Uint8Array>): Body => ({ bytes: () => bytes, value: () => undefined });
async function* slices(count: number, size: number) {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size, 65 + (i % 26));
}
const bytesOf = async (reply: WireReply | Promise<WireReply>) => {
  const made = await reply;
  assert.ok(made.kind === 'bytes');
  return { ...made, body: Buffer.from(await wholeBytes(made.body)), streamed: !(made.body instanceof Uint8Array) };
};

test('Accept headers of real clients choose what upstream chooses', () => {
  const offers = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
  const cases: [string | undefined, string | undefined][] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, */*', 'application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'application/vnd.kubernetes.protobuf'],
    ['application/json, */*;q=0.8', 'application/json'],
    ['text/plain;q=1, application/yaml;q=0.5, application/json;q=0.4', 'application/yaml'],
    ['application/json;q=0, application/*', 'application/json'],
    ['text/html', undefined],
    [table, 'application/json;as=Table;g=meta.k8s.io;v=v1'],
  ];
  for (const [accept, expected] of cases) {
    const chosen = negotiate(accept, offers);
    assert.equal(chosen && formatMediaType(chosen), expected, String(accept));
  }
  const noTables = negotiate(table, offers, (m) => m.parameters['as'] === undefined);
  assert.deepEqual(noTables && formatMediaType(noTables), 'application/json');
});

test('weights sort, and reading never throws', () => {
  assert.deepEqual(
    parseAccept('*/*, a/b;q=0.2, c/d, e/*').map((a) => a.type),
    ['c/d', 'e/*', '*/*', 'a/b'],
  );
  fc.assert(fc.property(fc.string(), (header) => assert.ok(Array.isArray(parseAccept(header)))));
  assert.equal(parseMediaType('nonsense'), undefined);
  const quoted = parseMediaType('A/B; Charset="u;t,f"');
  assert.equal(quoted?.type, 'a/b');
  assert.equal(quoted?.parameters['charset'], 'u;t,f');
});

test('gzip is wanted or not', () => {
  for (const header of ['gzip', 'gzip, deflate', 'deflate, gzip;q=0.5']) assert.equal(acceptsGzip(header), true, header);
  for (const header of [undefined, '', 'identity', 'gzip;q=0', 'xgzip']) assert.equal(acceptsGzip(header), false, String(header));
});

test('small values go out as they are, at once', async () => {
  const reply = encodeReply({ kind: 'value', status: 201, body: bodyOf(Buffer.from('{}')) }, { mediaType: json, acceptEncoding: 'gzip' });
  assert.ok(!(reply instanceof Promise));
  const { status, headers, body } = await bytesOf(reply);
  assert.equal(status, 201);
  assert.deepEqual(headers, { 'content-type': 'application/json', 'content-length': '2' });
  assert.equal(body.toString(), '{}');
});

test('bodies over 128 KiB are compressed when that is accepted', async () => {
  const large = Buffer.alloc(200_000, 'ab');
  for (const source of [() => large, () => slices(4, 50_000)]) {
    const plain = await bytesOf(encodeReply({ kind: 'value', status: 200, body: bodyOf(source()) }, { mediaType: json }));
    const packed = await bytesOf(encodeReply({ kind: 'value', status: 200, body: bodyOf(source()) }, { mediaType: json, acceptEncoding: 'gzip' }));
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers['vary'], 'Accept-Encoding');
    assert.deepEqual(gunzipSync(packed.body), plain.body);
  }
});

test('a short body in slices gets a length, a long one streams', async () => {
  const short = await bytesOf(
    encodeReply({ kind: 'value', status: 200, body: bodyOf(slices(3, 1000)) }, { mediaType: json, acceptEncoding: 'gzip' }),
  );
  assert.equal(short.headers['content-length'], '3000');
  assert.equal(short.streamed, false);
  const long = await bytesOf(encodeReply({ kind: 'value', status: 200, body: bodyOf(slices(3, 1000)) }, { mediaType: json }));
  assert.equal(long.headers['content-length'], undefined);
  assert.equal(long.body.length, 3000);
});

test('ending a body that nobody began to read ends its maker', async () => {
  for (const acceptEncoding of ['gzip', undefined]) {
    let ended = 0;
    const source: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => source,
      next: () => Promise.resolve({ done: false, value: Buffer.alloc(100_000) }),
      return() {
        ended++;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    const reply = await encodeReply({ kind: 'value', status: 200, body: bodyOf(source) }, { mediaType: json, acceptEncoding });
    assert.ok(reply.kind === 'bytes' && !(reply.body instanceof Uint8Array));
    new Pump(reply.body, new PassThrough()).stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(ended, 1);
  }
});

test('a failing maker fails the reply, compressed or not', async () => {
  async function* broken() {
    yield Buffer.alloc(200_000);
    throw new Error('store gone');
  }
  for (const acceptEncoding of ['gzip', undefined]) {
    await assert.rejects(
      bytesOf(encodeReply({ kind: 'value', status: 200, body: bodyOf(broken()) }, { mediaType: json, acceptEncoding })),
      /store gone/,
    );
  }
});

test('frames get their newline or their length', async () => {
  const frames = () => {
    const batches = [[bodyOf(Buffer.from('a')), bodyOf(Buffer.from('b\n'))], [bodyOf(slices(2, 3))]];
    return { read: () => Promise.resolve(batches.shift()), close() {} };
  };
  const lines = await bytesOf(encodeReply({ kind: 'stream', status: 200, frames: frames() }, { mediaType: json }));
  assert.equal(lines.body.toString(), 'a\nb\nAAABBB\n');
  assert.equal(lines.longRunning, true);
  const prefixed = encodeReply({ kind: 'stream', status: 200, frames: frames() }, { mediaType: json, framing: 'length-prefixed' });
  assert.equal((await bytesOf(prefixed)).body.toString('latin1'), '\0\0\0\x01a\0\0\0\x02b\n\0\0\0\x06AAABBB');
});

test('warnings are quoted, once each, and cut when there are too many', () => {
  assert.deepEqual(warningHeaders(['unknown field "spec.foo"', 'a\\b', 'unknown field "spec.foo"', 'two\nlines', '']), [
    '299 - "unknown field \\"spec.foo\\""',
    '299 - "a\\\\b"',
  ]);
  assert.equal(Buffer.from(warningHeaders(['häß'])[0]!, 'latin1').toString(), '299 - "häß"');
  const many = warningHeaders(Array.from({ length: 30 }, (_, i) => `${i}${'x'.repeat(300)}`));
  assert.equal(many.length, 16);
  assert.equal(many[0]!.length, '299 - ""'.length + 256);
});

test('a request runs without a socket', async () => {
  const handler = async (request: Parameters<typeof inject>[0] extends (r: infer R) => unknown ? R : never): Promise<WireReply> => {
    const user = withUser(request, { name: 'jane', groups: [] });
    const body = `${user.user.name} ${user.path} ${user.query.get('a')} ${String(await user.body.bytes(10))} ${headerValues(user, 'x').join()}`;
    return { kind: 'bytes', status: 200, headers: {}, body: Buffer.from(body) };
  };
  const reply = await inject(handler, { method: 'POST', url: '/p?a=1', body: 'hi', headers: { X: 'y' } });
  assert.equal(Buffer.from(reply.body).toString(), 'jane /p 1 hi y');
  await assert.rejects(makeRequest({ url: '/', body: 'too long' }).body.bytes(3), /limit is 3/);
});
