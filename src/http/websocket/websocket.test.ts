import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { realClock } from '../../base/index.ts';
import { makeRequest } from '../inject.ts';
import { frameHead, type WebSocketEvent, WebSocketFrameReader } from './frames.ts';
import { handshakeHeaders, offeredSubprotocols } from './handshake.ts';
import { WebSocketConnection } from './web-socket.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A client's frame. */
function masked(opcode: number, bytes: Uint8Array, fin = true): Buffer {
  const head = frameHead(opcode, bytes.length);
  if (!fin) head[0]! &= 0x7f;
  head[1]! |= 0x80;
  const mask = [1, 2, 3, 4];
  return Buffer.concat([head, Uint8Array.from(mask), bytes.map((b, i) => b ^ mask[i & 3]!)]);
}

function messages(events: readonly WebSocketEvent[]): string[] {
  const all: string[] = [];
  for (const e of events) {
    if (e.type !== 'data') continue;
    if (e.first) all.push('');
    all[all.length - 1] += Buffer.from(e.bytes).toString('latin1');
  }
  return all;
}

test('the frames that kubectl sends are read', () => {
  const events = new WebSocketFrameReader().read(hex('8285abcf3db8abae5fdba1 8282c85f38de375f 88828411cda687f9'));
  assert.deepEqual(messages(events), ['\0abc\n', '\xff\0']);
  assert.deepEqual(events.at(-1), { type: 'close', code: 1000 });
});

test('messages come whole however frames and bytes are cut', () => {
  const message = fc.record({ bytes: fc.uint8Array({ maxLength: 400 }), cuts: fc.array(fc.nat(400), { maxLength: 3 }), ping: fc.boolean() });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.integer({ min: 1, max: 300 }), (sent, size) => {
      const wire: Buffer[] = [];
      for (const { bytes, cuts, ping } of sent) {
        const edges = [0, ...cuts.filter((c) => c <= bytes.length).toSorted((a, b) => a - b), bytes.length];
        for (let i = 0; i + 1 < edges.length; i++) {
          wire.push(masked(i === 0 ? 2 : 0, bytes.subarray(edges[i], edges[i + 1]), i + 2 === edges.length));
          if (ping) wire.push(masked(9, Buffer.from('hi')));
        }
      }
      const all = Buffer.concat(wire);
      const reader = new WebSocketFrameReader();
      const events: WebSocketEvent[] = [];
      for (let at = 0; at < all.length; at += size) events.push(...reader.read(all.subarray(at, at + size)));
      assert.deepEqual(
        messages(events),
        sent.map((s) => Buffer.from(s.bytes).toString('latin1')),
      );
      assert.equal(events.filter((e) => e.type === 'data' && e.last).length, sent.length);
    }),
  );
});

test('what RFC 6455 forbids is refused', () => {
  for (const frame of [
    '8201 61',
    'c281 00000000 61',
    '8081 00000000 61',
    '8381 00000000 61',
    '8b80 00000000',
    '0981 00000000 61',
    '82ff ffffffffffffffff 00000000',
  ]) {
    assert.throws(() => new WebSocketFrameReader().read(hex(frame)), { name: 'WebSocketProtocolError' }, frame);
  }
});

test('lengths are written in their shortest form', () => {
  assert.deepEqual(frameHead(2, 125), hex('827d'));
  assert.deepEqual(frameHead(2, 191), hex('827e00bf'));
  assert.deepEqual(frameHead(2, 70_000), hex('827f 0000000000011170'));
});

test('the handshake answers as RFC 6455 shows', () => {
  const request = makeRequest({
    url: '/',
    upgrade: { protocol: 'WebSocket' },
    headers: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': 'a, b ,c' },
  });
  assert.deepEqual(offeredSubprotocols(request), ['a', 'b', 'c']);
  assert.equal(handshakeHeaders(request, 'b')?.['Sec-WebSocket-Accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  assert.equal(handshakeHeaders(makeRequest({ url: '/' }), ''), undefined);
});

test('pings are answered, a close is answered and ends the connection', async () => {
  const [here, there] = duplexPair();
  const closed = new Promise<number>((resolve) => {
    new WebSocketConnection({ socket: here, clock: realClock, onData: () => {}, onClose: resolve });
  });
  const got: Buffer[] = [];
  there.on('data', (part: Buffer) => got.push(part));
  const ended = new Promise((resolve) => there.on('end', resolve));
  there.write(masked(9, Buffer.from('x')));
  there.write(masked(8, hex('03e8')));
  assert.equal(await closed, 1000);
  await ended;
  assert.deepEqual(Buffer.concat(got), hex('8a0178 880203e8'));
});
