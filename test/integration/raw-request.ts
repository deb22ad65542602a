/** Requests as bytes, over real TLS: what no well-behaved client would send. */
import { request } from 'node:https';
import { connect as connectHttp2 } from 'node:http2';
import { readYaml } from '../../src/apimachinery/index.ts';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Credentials {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

const timeoutMs = 20_000;

/** One request on a connection of its own, HTTP/1.1: path and headers go out as they are given. */
export function sendRaw(url: string, credentials: Credentials, raw: RawRequest): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        path: raw.path,
        method: raw.method ?? 'GET',
        headers: { ...lengthOf(raw), ...raw.headers } as Record<string, string | string[]>,
        agent: false,
        timeout: timeoutMs,
        ...credentials,
      },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(parts).toString('utf8') }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.end(raw.body);
  });
}

/** One request on a connection of its own, HTTP/2. */
export function sendRawHttp2(url: string, credentials: Credentials, raw: RawRequest): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url, { ...credentials });
    const fail = (error: Error) => {
      session.destroy();
      reject(error);
    };
    session.on('error', fail);
    const head: Record<string, string> = {
      ...lengthOf(raw),
      ...(raw.headers as Record<string, string>),
      ':method': raw.method ?? 'GET',
      ':path': raw.path,
    };
    const stream = session.request(head, { endStream: raw.body === undefined });
    const parts: Buffer[] = [];
    let answer: { readonly status: number; readonly headers: RawReply['headers'] } | undefined;
    stream.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    stream.on('error', fail);
    stream.on('response', (headers) => (answer = { status: Number(headers[':status']), headers: headers as RawReply['headers'] }));
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('close', () => {
      session.close();
      if (answer === undefined) reject(new Error('the stream ended without an answer'));
      else resolve({ ...answer, text: Buffer.concat(parts).toString('utf8') });
    });
    if (raw.body !== undefined) stream.end(raw.body);
  });
}

/** Node sends bodies of DELETE without a length, which is no request at all. */
function lengthOf(raw: RawRequest): Readonly<Record<string, string>> {
  return raw.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(raw.body)) };
}

interface KubeconfigText {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** The first cluster's and user's, as a kubeconfig holds them. */
export function credentialsOf(kubeconfig: string): Required<Credentials> {
  const { clusters, users } = readYaml(Buffer.from(kubeconfig)).value as unknown as KubeconfigText;
  const text = (from: Readonly<Record<string, string>> | undefined, key: string) => Buffer.from(from?.[key] ?? '', 'base64').toString();
  return {
    ca: text(clusters[0]?.cluster, 'certificate-authority-data'),
    cert: text(users[0]?.user, 'client-certificate-data'),
    key: text(users[0]?.user, 'client-key-data'),
  };
}
