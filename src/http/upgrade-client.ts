import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';

export interface UpgradeTlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  /** Only where the peer's certificate cannot be known (`--kubelet-insecure-tls` and its like). */
  readonly insecureSkipVerify?: boolean;
}

export interface UpgradeOptions {
  readonly protocol: string;
  readonly method?: string;
  /** A list sends the header once for each value. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly tls?: UpgradeTlsOptions;
  readonly signal?: AbortSignal;
  /** From the start to the head of the reply; 30 s when absent. */
  readonly timeoutMs?: number;
}

export interface Upgraded {
  readonly socket: Duplex;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A server's answer other than 101. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`unable to upgrade connection: ${body === '' ? `status ${status}` : body.trim()}`);
    this.status = status;
    this.body = body;
  }
}

const maxRefusalBytes = 64 * 1024;

/**
 * Sends a request that takes its connection over. Redirects are not followed. Rejects with `UpgradeRefused` on an answer other than 101,
 * with the error of the connection where there is none, with the signal's reason when it aborts.
 */
export function upgradeTo(url: string, options: UpgradeOptions): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const { tls = {}, signal } = options;
    const secure = url.startsWith('https:');
    const settings: RequestOptions & Record<string, unknown> = {
      method: options.method ?? 'POST',
      agent: false,
      headers: { 'Content-Length': '0', ...options.headers, Connection: 'Upgrade', Upgrade: options.protocol } as Record<string, string>,
    };
    if (signal) settings.signal = signal;
    if (secure) {
      const { insecureSkipVerify, ...material } = tls;
      Object.assign(settings, material, { rejectUnauthorized: insecureSkipVerify !== true, ALPNProtocols: ['http/1.1'] });
    }
    const request = secure ? httpsRequest(url, settings) : httpRequest(url, settings);
    request.setTimeout(options.timeoutMs ?? 30_000, () => request.destroy(new Error(`no answer from ${new URL(url).host} in time`)));
    request.on('upgrade', (response, socket, head) => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      resolve({ socket, headers: response.headers as Record<string, string | undefined> });
    });
    request.on('response', (response) => {
      readRefusal(response).then((body) => reject(new UpgradeRefused(response.statusCode ?? 0, body)), reject);
    });
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
    request.end();
  });
}

async function readRefusal(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let gathered = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    gathered += part.length;
    if (gathered > maxRefusalBytes) break;
  }
  response.destroy();
  return Buffer.concat(parts).toString('utf8', 0, maxRefusalBytes);
}
