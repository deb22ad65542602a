import { gzipBytes, gzipChunks, gzipThresholdBytes, peekChunks } from './compress.ts';
import { FrameChunks, type Framing } from './frame-chunks.ts';
import { acceptsGzip } from './negotiate.ts';
import type { Chunks, MediaType, RawReply, Reply, ValueReply, WireReply } from './reply.ts';
import { warningHeaders } from './warning-header.ts';

export interface EncodeOptions {
  /** What `negotiate` chose. */
  readonly mediaType: MediaType;
  /** The Content-Type to send; the media type without its parameters when absent. */
  readonly contentType?: string;
  /** The request's Accept-Encoding; absent or without gzip, nothing is compressed. */
  readonly acceptEncoding?: string | undefined;
  /** How frames of a stream are told apart; lines when absent. */
  readonly framing?: Framing;
}

type WireHeaders = Record<string, string | readonly string[]>;

function headersOf(reply: Reply, contentType: string): WireHeaders {
  const headers: WireHeaders = { 'content-type': contentType, ...reply.headers };
  if (reply.warnings !== undefined && reply.warnings.length > 0) headers['warning'] = warningHeaders(reply.warnings);
  return headers;
}

/**
 * Turns what a handler returned into what the wire sends. Answers at once where nothing has to be waited for. Rejects with what the body's
 * maker throws.
 */
export function encodeReply(reply: Reply, options: EncodeOptions): WireReply | Promise<WireReply> {
  switch (reply.kind) {
    case 'upgrade':
      return reply;
    case 'raw':
      return encodeRaw(reply, headersOf(reply, reply.contentType));
    case 'stream': {
      const headers = headersOf(reply, options.contentType ?? options.mediaType.type);
      const body = new FrameChunks(reply.frames, options.mediaType, options.framing ?? 'lines');
      return { kind: 'bytes', status: reply.status, headers, body, longRunning: true };
    }
    case 'value':
      return encodeValue(reply, options);
  }
}

function encodeRaw(reply: RawReply, headers: WireHeaders): WireReply {
  const { body, status } = reply;
  if (!(body instanceof Uint8Array)) return { kind: 'bytes', status, headers, body, longRunning: reply.longRunning === true };
  headers['content-length'] = String(body.length);
  return { kind: 'bytes', status, headers, body };
}

function encodeValue(reply: ValueReply, options: EncodeOptions): WireReply | Promise<WireReply> {
  const made = reply.body.bytes(options.mediaType);
  const headers = headersOf(reply, options.contentType ?? options.mediaType.type);
  const gzip = acceptsGzip(options.acceptEncoding);
  if (made instanceof Uint8Array && !(gzip && made.length > gzipThresholdBytes)) return finish(made, reply.status, headers);
  return encodeSlowly(made, reply.status, { headers, gzip });
}

function finish(body: Uint8Array | Chunks, status: number, headers: WireHeaders): WireReply {
  if (body instanceof Uint8Array) headers['content-length'] = String(body.length);
  return { kind: 'bytes', status, headers, body };
}

async function encodeSlowly(
  made: Uint8Array | Chunks | Promise<Uint8Array | Chunks>,
  status: number,
  options: { readonly headers: WireHeaders; readonly gzip: boolean },
): Promise<WireReply> {
  const { headers, gzip } = options;
  let body = await made;
  if (!(body instanceof Uint8Array)) body = await peekChunks(body, gzip ? gzipThresholdBytes : 0);
  if (!gzip || (body instanceof Uint8Array && body.length <= gzipThresholdBytes)) return finish(body, status, headers);
  headers['content-encoding'] = 'gzip';
  headers['vary'] = headers['vary'] === undefined ? 'Accept-Encoding' : `${String(headers['vary'])}, Accept-Encoding`;
  return finish(body instanceof Uint8Array ? await gzipBytes(body) : gzipChunks(body), status, headers);
}
