import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Container, HTTPGetAction, Pod } from '../../api/index.ts';

export interface HttpOutcome {
  readonly status: number;
  readonly body: string;
  /** It was sent on to another host, which is not followed. */
  readonly elsewhere: boolean;
}

export interface GetOptions {
  readonly action: HTTPGetAction;
  readonly podIP: string;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

const maxBodyBytes = 10 * 1024;
/** As many as Go's client follows. */
const maxRedirects = 10;

/** A port of a container by number or name; undefined for a name it does not have. */
export function portOf(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((p) => p.name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

/**
 * A GET as probes and hooks send it: a connection of its own, any certificate taken, redirects followed on the same host, at most 10 KiB of
 * the answer read. Rejects in the words of Go's client.
 */
export async function httpGet(pod: Pod, container: Container, { action, podIP, timeoutMs, userAgent }: GetOptions): Promise<HttpOutcome> {
  const port = portOf(container, action.port);
  if (port === undefined) throw new Error(`couldn't find port: ${action.port} in pod ${pod.metadata?.namespace}/${pod.metadata?.name}`);
  const host = action.host || podIP;
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`;
  const first = new URL(path, `${(action.scheme ?? 'HTTP').toLowerCase()}://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' };
  for (const h of action.httpHeaders ?? []) headers[h.name.toLowerCase()] = h.value;
  const signal = AbortSignal.timeout(timeoutMs);
  let at = first;
  for (let redirects = 0; ; redirects++) {
    const response = await ask(at, headers, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    const body = await bodyOf(response, at, signal);
    if (status < 300 || status >= 400 || location === undefined || redirects >= maxRedirects) return { status, body, elsewhere: false };
    at = new URL(location, at);
    if (at.hostname !== first.hostname) return { status, body, elsewhere: true };
  }
}

function ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, signal, agent: false, rejectUnauthorized: false });
    request.once('response', resolve);
    request.once('error', (e) => reject(failed(url, e, signal)));
    request.end();
  });
}

function failed(url: URL, cause: Error, signal: AbortSignal): Error {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const why = signal.aborted
    ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    : dialFailure(cause, `${url.hostname}:${port}`);
  return new Error(`Get ${JSON.stringify(url.href)}: ${why}`, { cause });
}

/** A failed connection in Go's words. */
export function dialFailure(e: NodeJS.ErrnoException, address: string): string {
  switch (e.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ETIMEDOUT':
      return `dial tcp ${address}: i/o timeout`;
    case 'ECONNRESET':
      return 'EOF';
    default:
      return e.message;
  }
}

async function bodyOf(response: IncomingMessage, url: URL, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBodyBytes) break;
    }
  } catch (e) {
    throw failed(url, e as Error, signal);
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
}
