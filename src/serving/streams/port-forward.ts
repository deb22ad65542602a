import type { Duplex, Readable } from 'node:stream';
import type { AcceptOptions } from './remote-command.ts';

/** One forwarded connection as its server sees it. */
export interface ForwardedConnection {
  /** Of the pod. */
  readonly port: number;
  /** Half-closes where the protocol can. */
  readonly data: Duplex;
  /** Tells the client why it failed. kubectl then ends all it forwards: only for what upstream tells. */
  fail(message: string): void;
  /** Aborts when the client goes. */
  readonly signal: AbortSignal;
}

export interface AcceptPortForwardOptions extends AcceptOptions {
  /** Serves one connection; when it resolves both streams are ended. What it throws is told to the client. */
  readonly forward: (connection: ForwardedConnection) => Promise<void>;
  /** Of the query, for the legacy WebSocket protocol: one connection for each, at once. */
  readonly ports?: readonly number[];
  /** Once, when the client has gone. */
  readonly onClose?: () => void;
}

/** One forwarded connection as its client sees it. */
export interface ForwardingConnection {
  readonly data: Duplex;
  /** Text where it failed, else nothing; ends with the connection. */
  readonly error: Readable;
}

/** A connection to a kubelet or a runtime that forwards any number of ports. */
export interface PortForwardClient {
  /** Throws once the connection has ended. */
  open(port: number): ForwardingConnection;
  readonly closed: Promise<void>;
  close(): void;
}

/** Reads the ports of a query (`ports=80&ports=81`, `port=80,81`). Throws RangeError for what is no port. */
export function parsePorts(query: URLSearchParams): readonly number[] {
  const texts = [...query.getAll('ports'), ...query.getAll('port')].flatMap((value) => value.split(','));
  return texts.map((text) => {
    const port = parsePort(text);
    if (port === undefined) throw new RangeError(`invalid port value "${text}"`);
    return port;
  });
}

export function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
