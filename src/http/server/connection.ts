import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection } from '../request.ts';

/** Reads off a socket, once, who is at its other end. */
export function connectionOf(socket: Socket): Connection {
  const peer = { remoteAddress: socket.remoteAddress ?? '', remotePort: socket.remotePort ?? 0 };
  if (!(socket instanceof TLSSocket)) return { ...peer, encrypted: false };
  const certificate = socket.getPeerX509Certificate()?.raw;
  if (!certificate) return { ...peer, encrypted: true };
  if (socket.authorized) return { ...peer, encrypted: true, clientCertificate: certificate };
  return { ...peer, encrypted: true, clientCertificateError: String(socket.authorizationError) };
}
