import { crc32 } from 'node:zlib';
import { assert } from '../../base/index.ts';
import { ByteWriter } from '../bytes.ts';

/**
 * The log's unit on disk: all proposals of one write, with one checksum. A frame is on disk as a whole before the next is written, so only
 * the last one can be torn, and only as long as nobody was told that it is there.
 *
 * Layout, little endian, padded with zeros to 8 bytes: magic u32, crc32 u32 of all that follows, payload length u32, count u32, index of
 * the first proposal u48, zero u16, then per proposal its length (varint) and its bytes.
 */
const magic = 0x4c57424b;
export const frameHeaderBytes = 24;
const alignment = 8;

export const frameBytes = (payloadBytes: number): number => Math.ceil((frameHeaderBytes + payloadBytes) / alignment) * alignment;

/** Gathers proposals into a frame. */
export class FrameWriter {
  readonly #writer = new ByteWriter(64 * 1024);
  readonly #scratch = new ByteWriter(4 * 1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Size so far, without padding. */
  get bytes(): number {
    return this.#writer.length;
  }

  begin(): void {
    // A burst must not keep its memory for ever.
    this.#writer.shrink(4 * 1024 * 1024);
    for (let i = 0; i < frameHeaderBytes; i += 4) this.#writer.u32(0);
    this.#count = 0;
  }

  add(write: (w: ByteWriter) => void): void {
    this.#scratch.reset();
    write(this.#scratch);
    this.#writer.bytes(this.#scratch.view());
    this.#count++;
  }

  /** The frame, valid until the next `begin`. */
  finish(firstIndex: number): Buffer {
    assert(this.#count > 0, 'a frame holds at least one proposal');
    const payload = this.#writer.length - frameHeaderBytes;
    while (this.#writer.length % alignment !== 0) this.#writer.u8(0);
    const frame = this.#writer.view();
    frame.writeUInt32LE(magic, 0);
    frame.writeUInt32LE(payload, 8);
    frame.writeUInt32LE(this.#count, 12);
    frame.writeUIntLE(firstIndex, 16, 6);
    frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
    return frame;
  }
}

export interface Frame {
  readonly firstIndex: number;
  readonly proposals: readonly Uint8Array[];
  /** Where the next frame starts. */
  readonly end: number;
}

/** What is at `at`: a frame, nothing (zeros: the log ends here), or bytes that are no frame. */
export function readFrame(segment: Buffer, at: number): Frame | 'end' | 'bad' {
  if (at + frameHeaderBytes > segment.length) return 'end';
  const header = segment.subarray(at, at + frameHeaderBytes);
  if (header.every((b) => b === 0)) return 'end';
  if (header.readUInt32LE(0) !== magic) return 'bad';
  const payload = header.readUInt32LE(8);
  const end = at + frameBytes(payload);
  if (end > segment.length || crc32(segment.subarray(at + 8, end)) !== header.readUInt32LE(4)) return 'bad';
  const count = header.readUInt32LE(12);
  const proposals = split(segment.subarray(at + frameHeaderBytes, at + frameHeaderBytes + payload));
  return proposals.length === count ? { firstIndex: header.readUIntLE(16, 6), proposals, end } : 'bad';
}

function split(payload: Buffer): Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = 0;
  while (at < payload.length) {
    let length = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = payload[at++]!;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    out.push(payload.subarray(at, at + length));
    at += length;
  }
  return out;
}

/** Whether bytes from `at` on look like a write that did not finish: within the frame at least one piece of a sector is still zero. */
export function looksTorn(segment: Buffer, at: number): boolean {
  const sector = 512;
  const isFrame = at + frameHeaderBytes <= segment.length && segment.readUInt32LE(at) === magic;
  const claimed = isFrame ? at + frameBytes(segment.readUInt32LE(8 + at)) : segment.length;
  const end = Math.min(claimed, segment.length);
  for (let from = at; from < end; from = (Math.floor(from / sector) + 1) * sector) {
    const piece = segment.subarray(from, Math.min((Math.floor(from / sector) + 1) * sector, end));
    if (piece.every((b) => b === 0)) return true;
  }
  return claimed > segment.length;
}

/** Whether any whole frame follows after `at`: what was damaged before it had been acknowledged. */
export function hasFrameAfter(segment: Buffer, at: number): boolean {
  for (let next = at + alignment; next + frameHeaderBytes <= segment.length; next += alignment) {
    if (segment.readUInt32LE(next) !== magic) continue;
    if (typeof readFrame(segment, next) === 'object') return true;
  }
  return false;
}
