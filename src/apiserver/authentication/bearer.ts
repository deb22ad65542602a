import type { HttpRequest } from '../../http/index.ts';

/** Longest token read: service account tokens are about 1 KiB. */
export const maxTokenLength = 16 * 1024;
const webSocketPrefix = 'base64url.bearer.authorization.k8s.io.';

/** The bearer token of a request: in its Authorization header or, as browsers must, among its WebSocket protocols. Undefined when there is none. */
export function bearerToken({ headers }: HttpRequest): string | undefined {
  const given = /^bearer +([^ ]+) *$/i.exec(headers['authorization'] ?? '')?.[1];
  if (given !== undefined) return given;
  for (const protocol of headers['sec-websocket-protocol']?.split(',') ?? []) {
    const name = protocol.trim();
    if (name.startsWith(webSocketPrefix)) return Buffer.from(name.slice(webSocketPrefix.length), 'base64url').toString('utf8');
  }
  return undefined;
}
