/** What a server allows its clients. Bodies are limited by who reads them. */
export interface ServerLimits {
  /** Of a request's line and headers together. */
  readonly maxHeaderBytes: number;
  /** TCP connections at a time; more are closed at once. */
  readonly maxConnections: number;
  /** Of one HTTP/2 connection. */
  readonly maxConcurrentStreams: number;
  /** From the first byte of a connection (or of the next request on it) to the end of the headers; also for the TLS handshake. */
  readonly headerTimeoutMs: number;
  /** From a request's first byte to its body's last; HTTP/1.1. */
  readonly requestTimeoutMs: number;
  /** How long a connection without requests is kept. Never ends one with a watch on it. */
  readonly idleTimeoutMs: number;
  /** What Node may hold for one HTTP/2 session, queued output included. */
  readonly maxSessionMemoryMiB: number;
}

/** As kube-apiserver has them where it has them (1,000 streams, 32 s, 90 s). */
export const defaultServerLimits: ServerLimits = {
  maxHeaderBytes: 256 * 1024,
  maxConnections: 20_000,
  maxConcurrentStreams: 1000,
  headerTimeoutMs: 32_000,
  requestTimeoutMs: 300_000,
  idleTimeoutMs: 90_000,
  maxSessionMemoryMiB: 64,
};
