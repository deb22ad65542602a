import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { constants, createDeflate, createInflate, type Inflate } from 'node:zlib';
import fc from 'fast-check';
import { dictionary, dictionaryAdler32 } from './dictionary.ts';
import { type SpdyFrame, SpdyFrameReader, SpdyFrameWriter } from './frames.ts';
import { HeaderDecoder, HeaderEncoder, type SpdyHeaders } from './header-block.ts';
import { Inflater } from './inflate.ts';
import { SpdyConnection } from './spdy-connection.ts';
import type { SpdyStream } from './spdy-stream.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const headersOf = (pairs: Record<string, string>): SpdyHeaders => new Map(Object.entries(pairs).map(([name, value]) => [name, [value]]));
const settle = promisify(setImmediate);

test('the dictionary is the one of the draft', () => {
  let a = 1;
  let b = 0;
  for (const byte of dictionary) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  assert.equal(dictionary.length, 1423);
  assert.equal(b * 65536 + a, dictionaryAdler32);
});

test('what kubectl sends for exec is understood, however it is cut', () => {
  const sent = Buffer.concat([
    hex('8003 0001 00 000029 00000001 00000000 0000  78f9e3c6a7c2 62606060 04a7b392a2d4c45c6851c29a0a0a68 00000000ffff'),
    hex('8003 0001 00 000017 00000003 00000000 0000  c22e555c92929907000000ffff'),
    hex('8003 0001 00 000019 00000005 00000000 0000  c22ac5565c92925f5a02000000ffff'),
    hex('8003 0001 00 000015 00000007 00000000 0000  c229975a5404000000ffff'),
    hex('00000003 00 000004 6162630a 00000003 01 000000'),
    hex('800300060000000400000001 8003 0003 00 000008 00000005 00000005 8003 0007 00 000008 00000000 00000000'),
  ]);
  const expected = [
    'synStream 1 error',
    'synStream 3 stdin',
    'synStream 5 stdout',
    'synStream 7 stderr',
    'data 3 abc\n',
    'data 3 fin',
    'ping 1',
    'rstStream 5 5',
    'goAway 0',
  ];
  const show = (f: SpdyFrame): string => {
    if (f.type === 'synStream') return `synStream ${f.id} ${String(f.headers.get('streamtype'))}`;
    if (f.type === 'data') return `data ${f.id} ${f.fin ? 'fin' : Buffer.from(f.bytes).toString()}`;
    if (f.type === 'rstStream') return `rstStream ${f.id} ${f.status}`;
    return f.type === 'goAway' ? `goAway ${f.lastId}` : `${f.type} ${f.id}`;
  };
  assert.deepEqual(new SpdyFrameReader().read(sent).map(show), expected);
  const reader = new SpdyFrameReader();
  const oneByOne = [...sent].flatMap((byte) => reader.read(Uint8Array.of(byte)).map(show));
  assert.deepEqual(oneByOne.join('|').replace('data 3 a|data 3 b|data 3 c|data 3 \n', 'data 3 abc\n'), expected.join('|'));
});

test('replies with no headers are read, first and later ones', () => {
  const reader = new SpdyFrameReader();
  const first = reader.read(hex('800300020000001300000001 78bbe3c6a7c262000200000000ffff'));
  const second = reader.read(hex('8003 0002 00 00000c 00000003 020100000000ffff'));
  assert.deepEqual([first[0]?.type, second[0]?.type], ['synReply', 'synReply']);
  assert.ok(first[0]?.type === 'synReply' && first[0].headers.size === 0);
});

test('our header blocks are read by zlib with the dictionary, block after block', async () => {
  const encoder = new HeaderEncoder();
  const inflate: Inflate = createInflate({ dictionary: Buffer.from(dictionary) });
  for (const name of ['error', 'data']) {
    const block = encoder.encode(headersOf({ streamtype: name, port: '80', requestid: '0' }));
    inflate.write(block);
    await promisify(inflate.flush.bind(inflate))();
    const decoded = inflate.read() as Buffer;
    assert.equal(decoded.readUInt32BE(0), 3);
    assert.ok(decoded.includes(name));
  }
  inflate.destroy();
});

test('what zlib compresses at any level is inflated, in pieces with shared history', async () => {
  const words = fc.array(fc.constantFrom('streamtype', 'stdin', 'error', 'requestid', 'port', '8080', 'x'.repeat(300)), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 1, 6, 9), fc.boolean(), async (pieces, level, fixed) => {
      const strategy = fixed ? constants.Z_FIXED : constants.Z_DEFAULT_STRATEGY;
      const deflate = createDeflate({ dictionary: Buffer.from(dictionary), level, strategy });
      const compressed: Buffer[] = [];
      deflate.on('data', (part: Buffer) => compressed.push(part));
      const inflater = new Inflater(dictionary);
      let first = true;
      for (const piece of pieces) {
        const text = piece.join('');
        await new Promise<void>((resolve) => deflate.write(text, () => resolve()));
        await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()));
        const made = Buffer.concat(compressed.splice(0));
        assert.equal(Buffer.from(inflater.inflate(first ? made.subarray(6) : made, 100_000)).toString(), text);
        first = false;
      }
      deflate.destroy();
    }),
    { numRuns: 40 },
  );
});

test('malformed header blocks throw and never hang or grow', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        new HeaderDecoder().decode(Buffer.concat([hex('78bbe3c6a7c2'), bytes]));
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'SpdyProtocolError');
      }
    }),
  );
  assert.throws(() => new SpdyFrameReader().read(hex('8002 0001 00 00000a 00000001 00000000 0000')), /version 3/);
  assert.throws(() => new SpdyFrameReader().read(hex('8003 0001 00 ffffff')), /too large/);
});

test('data frames carry any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), (bytes, cut) => {
      const writer = new SpdyFrameWriter();
      const sent = Buffer.concat([writer.dataHead(3, bytes.length), bytes, writer.dataHead(3, 0, true)]);
      const reader = new SpdyFrameReader();
      const frames: SpdyFrame[] = [];
      for (let at = 0; at < sent.length; at += cut) frames.push(...reader.read(sent.subarray(at, at + cut)));
      const data = frames.filter((f) => f.type === 'data');
      assert.deepEqual(Buffer.concat(data.map((f) => f.bytes)), Buffer.from(bytes));
      assert.deepEqual(data.filter((f) => f.fin).length, 1);
    }),
  );
});

function pair(onStream: (stream: SpdyStream) => void) {
  const [a, b] = duplexPair();
  const server = new SpdyConnection({ role: 'server', socket: a, onStream });
  return { server, client: new SpdyConnection({ role: 'client', socket: b }), ends: [a, b] as const };
}

test('two ends talk, with half-close', async () => {
  const { client } = pair((stream) => {
    stream.reply();
    stream.pipe(stream);
  });
  const stream = client.open(headersOf({ streamtype: 'data' }));
  stream.end('hello');
  let got = '';
  stream.on('data', (part: Buffer) => (got += part.toString()));
  await once(stream, 'end');
  assert.equal(got, 'hello');
  assert.equal(stream.remoteEnd, 'fin');
});

test('a reset ends the reader after what had arrived, and the end of a connection is told from FIN', async () => {
  const taken: SpdyStream[] = [];
  const { client, server } = pair((stream) => {
    stream.reply();
    taken.push(stream);
  });
  const one = client.open(headersOf({ streamtype: 'a' }));
  const two = client.open(headersOf({ streamtype: 'b' }));
  await settle();
  await settle();
  taken[0]!.write('last words');
  taken[0]!.reset(5);
  let got = '';
  one.on('data', (part: Buffer) => (got += part.toString()));
  await once(one, 'end');
  assert.equal(got, 'last words');
  assert.equal(one.remoteEnd, 'reset');
  two.resume();
  server.close();
  await once(two, 'end');
  assert.equal(two.remoteEnd, 'lost');
});

test('a reader that does not read stops the writer', async () => {
  const { client } = pair((stream) => stream.reply());
  const stream = client.open(headersOf({ streamtype: 'data' }));
  let written = 0;
  let stalled = false;
  while (!stalled && written < 64 * 1024 * 1024) {
    written += 32 * 1024;
    const flowing = stream.write(Buffer.alloc(32 * 1024));
    if (!flowing) stalled = await Promise.race([once(stream, 'drain').then(() => false), new Promise<boolean>((r) => setTimeout(() => r(true), 50))]);
  }
  assert.ok(written < 2 * 1024 * 1024, `${written} bytes were taken`);
  client.destroy();
});

test('pings of the peer are echoed, echoes are not', async () => {
  const { server, client, ends } = pair(() => {});
  let toServer = 0;
  ends[1].on('data', () => {});
  const original = ends[1].write.bind(ends[1]);
  ends[1].write = ((...args: Parameters<typeof original>) => {
    toServer++;
    return original(...args);
  }) as (typeof ends)[1]['write'];
  server.ping();
  client.ping();
  for (let i = 0; i < 20; i++) await settle();
  assert.equal(toServer, 2);
});
