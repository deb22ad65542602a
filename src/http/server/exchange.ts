import type { Logger } from '../../base/index.ts';
import type { WireHandler } from '../handler.ts';
import type { ServerLimits } from './limits.ts';

/** A request in progress, as the closing of a server sees it. */
export interface Exchange {
  /** Ends a watch, a followed log or an upgraded connection; does nothing to an ordinary request. */
  endIfLongRunning(): void;
  /** Ends it, whatever it is. */
  destroy(): void;
}

/** What the parts of one server share. */
export interface ServerContext {
  readonly handler: WireHandler;
  readonly logger: Logger;
  readonly limits: ServerLimits;
  readonly exchanges: Set<Exchange>;
  /** No new requests on old connections any more. */
  draining: boolean;
}

/** Sent in place of a reply that could not be made: a handler that rejects or headers that cannot be written are bugs. */
export const internalError = { status: 500, contentType: 'text/plain; charset=utf-8', body: Buffer.from('Internal Server Error\n') };
