import type { Readable } from 'node:stream';

/** One call to an API server as one user. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Percent-encoded, without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Stringified for sending, in-process too, so that both ways take the same decoder. */
  readonly body?: unknown;
  /** Media type of the body; `application/json` when absent. */
  readonly contentType?: string;
  /** Of the reply; JSON of the object itself when absent. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface ApiResult {
  readonly status: number;
  /** The decoded body, read-only and perhaps shared with others: never change it. */
  readonly value: unknown;
  readonly warnings: readonly string[];
}

/** A watch frame as decoded: `object` is shared and read-only. */
export interface WatchFrame {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** Frames in batches; undefined at the end. The queue behind it is bounded: a reader that falls behind is ended by the server. */
export interface WatchStream {
  read(): Promise<readonly WatchFrame[] | undefined>;
  close(): void;
}

/**
 * Carries calls to an API server, made for one user. Both kinds (in this process, over HTTPS) have the same semantics; failures of the
 * API are thrown as `StatusError`, anything else (connection refused) as it came.
 */
export interface Transport extends AsyncDisposable {
  call(call: ApiCall): Promise<ApiResult>;
  watch(call: ApiCall): Promise<WatchStream>;
  /** A body that is not an API object, as it arrives: logs, health texts. */
  open(call: ApiCall): Promise<Readable>;
}
