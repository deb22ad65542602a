import type { Duplex } from 'node:stream';
import type { User } from './user.ts';

/** Header names in lower case; a header sent twice is joined by `, ` (`cookie` by `; `), as RFC 9110 §5.3 has it. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** The peer a request came from: one per TCP connection, shared by its requests, so what is learned of it can be kept by identity (WeakMap). */
export interface Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The peer's certificate in DER, present only if the TLS layer verified it against the client CA. */
  readonly clientCertificate?: Uint8Array;
  /** Why a certificate that the peer did send was not verified (OpenSSL's code, as `CERT_HAS_EXPIRED`): such a peer is not anonymous. */
  readonly clientCertificateError?: string;
  readonly encrypted: boolean;
}

export interface RequestBody {
  /** The whole body. Throws `BodyTooLarge` once more than `limitBytes` have come; nothing above the limit is kept. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** The body as it arrives, under back-pressure: for what is spliced through. */
  stream(): AsyncIterable<Uint8Array>;
}

/** One request, whatever carried it: HTTP/1.1, HTTP/2 or a call in the same process. */
export interface HttpRequest {
  readonly method: string;
  /** The path as sent: percent-encoded, without query, starting with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Every value of a header that may come several times (`impersonate-group`), unjoined and in order; absent where headers never were text. */
  headerValues?(name: string): readonly string[];
  readonly body: RequestBody;
  /** Aborts when the client has gone or the server ends. */
  readonly signal: AbortSignal;
  readonly connection: Connection;
  /** Takes the connection over from HTTP/1.1 (`Upgrade`); absent where that cannot be. */
  readonly upgrade?: { readonly protocol: string } | undefined;
}

/** Bytes in both directions after an upgrade. */
export type UpgradedSocket = Duplex;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`limit is ${limitBytes}`);
    this.limitBytes = limitBytes;
  }
}

/** A request whose sender is known. Identity comes from here alone, never from a header. */
export interface AuthenticatedRequest extends HttpRequest {
  readonly user: User;
}
