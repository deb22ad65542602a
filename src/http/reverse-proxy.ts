import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type Duplex, pipeline, Readable } from 'node:stream';
import type { Chunks, RawReply, UpgradeReply } from './reply.ts';
import type { HttpRequest } from './request.ts';
import type { UpgradeTlsOptions } from './upgrade-client.ts';

export interface ForwardOptions {
  /** Where to, with path and query. */
  readonly url: string;
  /** Added to the request's own, or put in their place; undefined takes one away (`authorization`). */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly tls?: UpgradeTlsOptions;
  /** Connections to reuse, of the right kind for the URL; one for this request alone when absent. */
  readonly agent?: HttpAgent | HttpsAgent;
  /** Until the head of the reply has come; none when absent. */
  readonly timeoutMs?: number;
}

/** Headers that concern one connection (RFC 9110 §7.6.1), and what HTTP/2 calls by other names. */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

type OutgoingHeaders = Record<string, string | readonly string[]>;

function requestHeaders(request: HttpRequest, options: ForwardOptions): OutgoingHeaders {
  const headers: OutgoingHeaders = Object.create(null) as OutgoingHeaders;
  const named = new Set((request.headers['connection'] ?? '').toLowerCase().split(/\s*,\s*/));
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':') || hopByHop.has(name) || named.has(name) || name === 'host') continue;
    const values = request.headerValues?.(name);
    headers[name] = values && values.length > 1 ? values : value;
  }
  if (request.upgrade) {
    headers['connection'] = 'Upgrade';
    headers['upgrade'] = request.upgrade.protocol;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value === undefined) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  }
  return headers;
}

function replyHeaders(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  const named = new Set((response.headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  for (const [name, value] of Object.entries(response.headers)) {
    if (value === undefined || hopByHop.has(name) || named.has(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** 101 as the next hop sent it, then bytes both ways until either side ends. */
function passUpgrade(response: IncomingMessage, next: Duplex, head: Uint8Array): UpgradeReply {
  next.on('error', () => {});
  if (head.length > 0) next.unshift(head);
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    const name = response.rawHeaders[i]!;
    const before = Object.hasOwn(headers, name) ? `${headers[name]}, ` : '';
    Object.defineProperty(headers, name, { value: before + response.rawHeaders[i + 1]!, enumerable: true, configurable: true });
  }
  const accept = (socket: Duplex) => {
    socket.on('close', () => next.destroy());
    next.on('close', () => socket.destroy());
    socket.pipe(next);
    next.pipe(socket);
  };
  return { kind: 'upgrade', status: response.statusCode ?? 101, headers, accept };
}

/**
 * Sends a request on to another server and answers with what that answers, streaming both ways under back-pressure; an upgrade is passed
 * through. Hop-by-hop headers are dropped, `host` is the target's. Rejects with the error of the connection; ends when the client goes.
 */
export function forwardRequest(request: HttpRequest, options: ForwardOptions): Promise<RawReply | UpgradeReply> {
  return new Promise((resolve, reject) => {
    const { signal } = request;
    const secure = options.url.startsWith('https:');
    const { insecureSkipVerify, ...material } = options.tls ?? {};
    const settings: RequestOptions & Record<string, unknown> = {
      method: request.method,
      headers: requestHeaders(request, options) as Record<string, string>,
      agent: options.agent ?? false,
      signal,
      ...(secure ? { ...material, rejectUnauthorized: insecureSkipVerify !== true, ALPNProtocols: ['http/1.1'] } : {}),
    };
    const next = secure ? httpsRequest(options.url, settings) : httpRequest(options.url, settings);
    if (options.timeoutMs !== undefined) next.setTimeout(options.timeoutMs, () => next.destroy(new Error('timed out awaiting response headers')));
    next.on('error', reject);
    next.on('upgrade', (response, socket, head) => {
      socket.setTimeout(0);
      if (request.upgrade) resolve(passUpgrade(response, socket, head));
      else {
        socket.destroy();
        reject(new Error('unexpected upgrade'));
      }
    });
    next.on('response', (response) => {
      next.setTimeout(0);
      response.on('error', () => {});
      const { 'content-type': contentType = 'application/octet-stream', ...headers } = replyHeaders(response);
      const empty = request.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
      if (empty) response.resume();
      resolve({ kind: 'raw', status: response.statusCode ?? 502, contentType, headers, body: empty ? new Uint8Array(0) : (response as Chunks) });
    });
    if (request.upgrade || request.method === 'GET' || request.method === 'HEAD') next.end();
    else pipeline(Readable.from(request.body.stream(), { objectMode: false }), next, () => {});
  });
}
