/**
 * How every component talks to an API server.
 *
 * - A `Transport` is made for one user; components hold a client over it and never know whether the server is in this process.
 * - Objects received are shared and read-only.
 */
export type { ApiCall, ApiResult, Transport, WatchFrame, WatchStream } from './transport.ts';
