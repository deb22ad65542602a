import type { UpgradedSocket } from './request.ts';

/** A media type as negotiated: `application/json;as=Table;v=v1;g=meta.k8s.io` has type `application/json` and three parameters. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A chunked body: pulled, so that a slow reader slows the maker. */
export type Chunks = AsyncIterable<Uint8Array>;

/**
 * What a reply carries, in every form it can be had: encoded for the wire, or as the shared read-only value for callers in this
 * process. Both are made on demand. `value()` must never be changed by who receives it.
 */
export interface Body {
  /** Encoded as `mediaType`, whole or in slices of at most about 256 KiB (a LIST must not hold the event loop). */
  bytes(mediaType: MediaType): Uint8Array | Chunks | Promise<Uint8Array | Chunks>;
  value(): unknown;
}

interface Head {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts of `Warning: 299 - "…"` headers. */
  readonly warnings?: readonly string[];
}

/** One API object, a list or a Status. */
export interface ValueReply extends Head {
  readonly kind: 'value';
  readonly body: Body;
}

/** Bytes of a fixed type that are not negotiated: health texts, logs, OpenAPI. An empty body is an empty array. */
export interface RawReply extends Head {
  readonly kind: 'raw';
  readonly contentType: string;
  readonly body: Uint8Array | Chunks;
  /** A body that goes on until its reader or the server ends it: a followed log. */
  readonly longRunning?: boolean;
}

/**
 * A stream of values in batches: a watch. `read` resolves with what has gathered since the last call (at least one), or with undefined at
 * the end; the queue behind it is bounded. Headers go out at once, before the first batch.
 */
export interface BodyStream {
  read(): Promise<readonly Body[] | undefined>;
  close(): void;
}

export interface StreamReply extends Head {
  readonly kind: 'stream';
  readonly frames: BodyStream;
}

/** The connection is taken over: 101 with `headers`, then `accept` owns the socket. */
export interface UpgradeReply extends Head {
  readonly kind: 'upgrade';
  accept(socket: UpgradedSocket): void;
}

/** What a handler returns. The wire encodes it by an `Encoder`; the in-process transport takes its values. */
export type Reply = ValueReply | RawReply | StreamReply | UpgradeReply;

/** A reply as the wire sends it. */
export type WireReply =
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[]>>;
      readonly body: Uint8Array | Chunks;
      /** Ends when its reader or the server does (watches, followed logs): cut short, not waited for, when the server closes. */
      readonly longRunning?: boolean;
    }
  | UpgradeReply;
