import { createHash } from 'node:crypto';
import type { HttpRequest } from '../request.ts';

const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Whether a request asks for a WebSocket. */
export function isWebSocketUpgrade(request: HttpRequest): boolean {
  return request.upgrade?.protocol.toLowerCase() === 'websocket';
}

/** The subprotocols a client offers, in its order; empty where it names none. */
export function offeredSubprotocols(request: HttpRequest): readonly string[] {
  const header = request.headers['sec-websocket-protocol'];
  if (header === undefined) return [];
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The headers of a 101 (RFC 6455 §4.2.2), no extension agreed; undefined if the request is no proper handshake. An empty subprotocol is left out. */
export function handshakeHeaders(request: HttpRequest, subprotocol: string): Readonly<Record<string, string>> | undefined {
  const key = request.headers['sec-websocket-key'];
  if (!isWebSocketUpgrade(request) || key === undefined || request.headers['sec-websocket-version'] !== '13') return undefined;
  const accept = createHash('sha1').update(`${key.trim()}${keySuffix}`).digest('base64');
  return {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': accept,
    ...(subprotocol === '' ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
  };
}
