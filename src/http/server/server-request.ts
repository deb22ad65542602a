import type { Readable } from 'node:stream';
import { BodyTooLarge, type Connection, type Headers, type HttpRequest, type RequestBody } from '../request.ts';

const empty = new Uint8Array(0);

/** The body of a request that has none. */
export const noBody: RequestBody = {
  bytes: () => Promise.resolve(empty),
  async *stream() {},
};

/** A client that went away before its body was whole. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/** A body that arrives on a stream (an `IncomingMessage` or an HTTP/2 stream). */
export class StreamBody implements RequestBody {
  readonly #readable: Readable;
  readonly #declaredBytes: number;

  constructor(readable: Readable, contentLength: string | undefined) {
    this.#readable = readable;
    this.#declaredBytes = contentLength === undefined ? 0 : Number(contentLength);
  }

  bytes(limitBytes: number): Promise<Uint8Array> {
    if (this.#declaredBytes > limitBytes) return Promise.reject(new BodyTooLarge(limitBytes));
    return new Promise((resolve, reject) => this.#collect(limitBytes, resolve, reject));
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#readable;
  }

  #collect(limitBytes: number, resolve: (bytes: Uint8Array) => void, reject: (error: Error) => void): void {
    const readable = this.#readable;
    if (readable.destroyed || readable.readableEnded) return reject(new RequestAborted('the request ended before its body was read'));
    const parts: Uint8Array[] = [];
    let gathered = 0;
    const settle = () => {
      readable.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const onData = (part: Uint8Array) => {
      gathered += part.length;
      if (gathered <= limitBytes) return void parts.push(part);
      settle();
      readable.pause();
      reject(new BodyTooLarge(limitBytes));
    };
    const onEnd = () => {
      settle();
      resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    };
    const onGone = () => {
      settle();
      reject(new RequestAborted('the client went away before its body was whole'));
    };
    readable.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  }
}

export interface RequestParts {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Headers;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: RequestBody;
  readonly connection: Connection;
  readonly upgrade?: { readonly protocol: string };
}

/** A request from a socket. Query and signal are made when first asked for: most requests need neither. */
export class ServerRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: RequestBody;
  readonly connection: Connection;
  readonly upgrade: { readonly protocol: string } | undefined;
  readonly #search: string;
  readonly #rawHeaders: readonly string[];
  #query: URLSearchParams | undefined;
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(parts: RequestParts) {
    const mark = parts.target.indexOf('?');
    this.method = parts.method;
    this.path = mark < 0 ? parts.target : parts.target.slice(0, mark);
    this.#search = mark < 0 ? '' : parts.target.slice(mark + 1);
    this.headers = parts.headers;
    this.#rawHeaders = parts.rawHeaders;
    this.body = parts.body;
    this.connection = parts.connection;
    this.upgrade = parts.upgrade;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#search));
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(new RequestAborted('the client has gone'));
    }
    return this.#controller.signal;
  }

  headerValues(name: string): readonly string[] {
    const values: string[] = [];
    for (let i = 0; i + 1 < this.#rawHeaders.length; i += 2) {
      if (this.#rawHeaders[i]!.toLowerCase() === name) values.push(this.#rawHeaders[i + 1]!);
    }
    return values;
  }

  /** Called by the server when the client has gone before its reply was whole, or the server ends. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort(new RequestAborted('the client has gone'));
  }
}

/** The path and query of a request line's target: an absolute form loses scheme and authority; undefined if no path is there. */
export function originForm(target: string | undefined): string | undefined {
  if (target === undefined || target === '') return undefined;
  if (target.startsWith('/')) return target;
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target);
  if (!absolute) return undefined;
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}
