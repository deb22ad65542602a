import { Buffer } from 'node:buffer';
import { wholeBytes } from './frame-chunks.ts';
import type { WireHandler } from './handler.ts';
import type { WireReply } from './reply.ts';
import { BodyTooLarge, type Connection, type Headers, type HttpRequest } from './request.ts';

export interface RequestInit {
  readonly method?: string;
  /** Path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
  readonly connection?: Connection;
  readonly upgrade?: { readonly protocol: string };
}

const noConnection: Connection = { remoteAddress: '127.0.0.1', remotePort: 0, encrypted: false };

/** Makes a request that came over no socket. */
export function makeRequest(init: RequestInit): HttpRequest {
  const mark = init.url.indexOf('?');
  const body = typeof init.body === 'string' ? Buffer.from(init.body) : (init.body ?? new Uint8Array(0));
  const headers: Headers = Object.fromEntries(Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: init.method ?? 'GET',
    path: mark < 0 ? init.url : init.url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : init.url.slice(mark + 1)),
    headers,
    body: {
      bytes: (limitBytes) => (body.length > limitBytes ? Promise.reject(new BodyTooLarge(limitBytes)) : Promise.resolve(body)),
      async *stream() {
        yield body;
      },
    },
    signal: init.signal ?? new AbortController().signal,
    connection: init.connection ?? noConnection,
    ...(init.upgrade ? { upgrade: init.upgrade } : {}),
  };
}

export interface InjectedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
}

/** Runs a whole request without a socket: the reply with its body read to the end. Not for upgrades or watches that never end. */
export async function inject(handler: WireHandler, init: RequestInit): Promise<InjectedReply> {
  const reply: WireReply = await handler(makeRequest(init));
  if (reply.kind === 'upgrade') return { status: reply.status, headers: reply.headers ?? {}, body: new Uint8Array(0) };
  return { status: reply.status, headers: reply.headers, body: await wholeBytes(reply.body) };
}
