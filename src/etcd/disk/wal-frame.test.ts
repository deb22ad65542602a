import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameWriter, hasFrameAfter, looksTorn, readFrame } from './wal-frame.ts';

const proposals = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 });

function frameOf(writer: FrameWriter, parts: readonly Uint8Array[], firstIndex: number): Buffer {
  writer.begin();
  for (const part of parts) writer.add((w) => part.forEach((b) => w.u8(b)));
  return Buffer.from(writer.finish(firstIndex));
}

test('frames come back as they were written, one after the other', () => {
  const writer = new FrameWriter();
  fc.assert(
    fc.property(proposals, proposals, fc.nat(), (first, second, index) => {
      const [a, b] = [frameOf(writer, first, index), frameOf(writer, second, index + first.length)];
      const segment = Buffer.concat([a, b, Buffer.alloc(64)]);
      const one = readFrame(segment, 0);
      assert.ok(typeof one === 'object');
      const two = readFrame(segment, one.end);
      assert.ok(typeof two === 'object');
      assert.deepEqual([one.firstIndex, two.firstIndex], [index, index + first.length]);
      assert.deepEqual(
        one.proposals.map((p) => [...p]),
        first.map((p) => [...p]),
      );
      assert.deepEqual(
        two.proposals.map((p) => [...p]),
        second.map((p) => [...p]),
      );
      assert.equal(readFrame(segment, two.end), 'end');
    }),
    { seed: 3, numRuns: 50 },
  );
});

test('any changed byte is noticed, and what follows is found', () => {
  const writer = new FrameWriter();
  fc.assert(
    fc.property(proposals, fc.nat(), fc.integer({ min: 1, max: 255 }), (parts, at, mask) => {
      const frame = frameOf(writer, parts, 5);
      const next = frameOf(writer, [new Uint8Array([1])], 5 + parts.length);
      const segment = Buffer.concat([frame, next, Buffer.alloc(64)]);
      segment[at % frame.length]! ^= mask;
      assert.equal(readFrame(segment, 0), 'bad');
      assert.ok(hasFrameAfter(segment, 0));
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('a write that stopped at a sector looks torn, a whole frame with a flipped bit does not', () => {
  const writer = new FrameWriter();
  const frame = frameOf(writer, [new Uint8Array(3000).fill(7)], 1);
  for (const written of [512, 1024, 2560]) {
    const segment = Buffer.alloc(8192);
    frame.copy(segment, 0, 0, written);
    assert.equal(readFrame(segment, 0), 'bad');
    assert.ok(looksTorn(segment, 0) && !hasFrameAfter(segment, 0), String(written));
  }
  const flipped = Buffer.concat([frame, Buffer.alloc(512)]);
  flipped[2000]! ^= 1;
  assert.ok(!looksTorn(flipped, 0));
});
