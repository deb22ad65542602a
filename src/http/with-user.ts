import type { AuthenticatedRequest, Connection, Headers, HttpRequest, RequestBody } from './request.ts';
import type { User } from './user.ts';

/** A request seen as sent by a user; everything else is the request's own, made when asked for. */
class UserRequest implements AuthenticatedRequest {
  readonly user: User;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest, user: User) {
    this.#request = request;
    this.user = user;
    this.method = request.method;
    this.path = request.path;
    this.headers = request.headers;
  }

  get query(): URLSearchParams {
    return this.#request.query;
  }

  get body(): RequestBody {
    return this.#request.body;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  get connection(): Connection {
    return this.#request.connection;
  }

  get upgrade(): { readonly protocol: string } | undefined {
    return this.#request.upgrade;
  }

  headerValues(name: string): readonly string[] {
    return headerValues(this.#request, name);
  }
}

/** Adds who sent it. Requests have getters (query and signal are made when first used), so never copy one by spreading it. */
export function withUser(request: HttpRequest, user: User): AuthenticatedRequest {
  return new UserRequest(request, user);
}

/** Every value of a header, as sent where the request knows, else its one joined text. */
export function headerValues(request: HttpRequest, name: string): readonly string[] {
  if (request.headerValues) return request.headerValues(name);
  const joined = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  return joined === undefined ? [] : [joined];
}
