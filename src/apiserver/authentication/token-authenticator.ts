import { statusErrors } from '../../apimachinery/index.ts';
import type { HttpRequest, User } from '../../http/index.ts';
import type { Authenticator } from '../auth-types.ts';
import { bearerToken, maxTokenLength } from './bearer.ts';

/** Knows who holds a token; undefined where it is not one of its own or not valid. `audiences`: of the review, else the server's own. */
export interface TokenAuthenticator {
  authenticateToken(token: string, audiences?: readonly string[]): User | undefined | Promise<User | undefined>;
}

/** Users by bearer token. A token that nobody knows is refused. */
export class BearerTokenAuthenticator implements Authenticator {
  readonly #known: readonly TokenAuthenticator[];

  constructor(known: readonly TokenAuthenticator[]) {
    this.#known = known;
  }

  authenticate(request: HttpRequest): User | undefined | Promise<User | undefined> {
    const token = bearerToken(request);
    return token === undefined ? undefined : this.#refuseUnknown(token);
  }

  async #refuseUnknown(token: string): Promise<User> {
    const user = await this.authenticateToken(token);
    if (!user) throw statusErrors.unauthorized();
    return user;
  }

  /** For TokenReview. */
  async authenticateToken(token: string, audiences?: readonly string[]): Promise<User | undefined> {
    if (token.length > maxTokenLength) return undefined;
    for (const known of this.#known) {
      const user = await known.authenticateToken(token, audiences);
      if (user) return user;
    }
    return undefined;
  }
}
