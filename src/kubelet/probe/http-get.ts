import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Container, HTTPGetAction } from '../../api/index.ts';

const maxBodyBytes = 10 * 1024;
const maxRedirects = 10;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** A redirect to another host, which is not followed. */
  readonly elsewhere?: string;
}

/** A port by its number, or by its name in the container. Throws where there is none. */
export function portOf(port: number | string, container: Container): number {
  const number = typeof port === 'number' ? port : (container.ports?.find((p) => p.name === port)?.containerPort ?? Number(port));
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Error(`couldn't find port: ${JSON.stringify(port)} in container ${container.name}`);
  return number;
}

/** The URL of an httpGet action. */
export function urlOf(action: HTTPGetAction, container: Container, podIP: string): URL {
  const host = action.host || podIP;
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = action.path ?? '/';
  return new URL(path.startsWith('/') ? path : `/${path}`, `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${portOf(action.port, container)}`);
}

/** Asks as kubelets do: certificates are not looked at, redirects on the same host are followed. Rejects in the words of Go's client. */
export async function httpGet(url: URL, options: { readonly headers: readonly { readonly name: string; readonly value: string }[]; readonly userAgent: string; readonly timeoutMs: number }): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  const headers: Record<string, string> = { 'user-agent': options.userAgent, accept: '*/*', connection: 'close' };
  for (const h of options.headers) headers[h.name.toLowerCase()] = h.value;
  let at = url;
  for (let i = 0; ; i++) {
    const response = await ask(at, headers, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    const body = await bodyOf(response);
    if (status < 300 || status >= 400 || location === undefined || i >= maxRedirects) return { status, body };
    const next = new URL(location, at);
    if (next.hostname !== url.hostname) return { status, body, elsewhere: next.href };
    at = next;
  }
}

function ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, signal, agent: false, rejectUnauthorized: false });
    request.once('response', resolve);
    request.once('error', (e: NodeJS.ErrnoException) => reject(new Error(`Get ${JSON.stringify(url.href)}: ${wordsOf(e, url)}`, { cause: e })));
    request.end();
  });
}

function wordsOf(e: NodeJS.ErrnoException, url: URL): string {
  if (e.name === 'AbortError' || e.name === 'TimeoutError') return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return dialError(e, `${url.hostname}:${port}`);
}

/** A failed connection in Go's words. */
export function dialError(e: NodeJS.ErrnoException, address: string): string {
  if (e.code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`;
  if (e.code === 'EHOSTUNREACH') return `dial tcp ${address}: connect: no route to host`;
  if (e.code === 'ETIMEDOUT') return `dial tcp ${address}: i/o timeout`;
  if (e.code === 'ECONNRESET') return 'EOF';
  return e.message;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBodyBytes) break;
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
}
