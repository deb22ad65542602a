import { statusErrors } from '../../apimachinery/index.ts';
import type { HttpRequest, User } from '../../http/index.ts';
import type { Authenticator, TokenReviewAnswer } from '../auth-types.ts';
import { bearerToken, maxTokenLength } from './bearer.ts';

/** Whose a token is, and for which of the audiences asked for it is good. */
export interface TokenHolder {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** Knows who holds a token. */
export interface TokenAuthenticator {
  /** Undefined where the token is not one of its own, not valid, or for none of `audiences`. */
  authenticateToken(token: string, audiences: readonly string[]): TokenHolder | undefined | Promise<TokenHolder | undefined>;
}

/** Users by bearer token. A token that nobody knows is refused. */
export class BearerTokenAuthenticator implements Authenticator {
  readonly #known: readonly TokenAuthenticator[];
  readonly #audiences: readonly string[];

  /** `audiences`: the server's own, which tokens in requests must be for. */
  constructor(known: readonly TokenAuthenticator[], audiences: readonly string[]) {
    this.#known = known;
    this.#audiences = audiences;
  }

  authenticate(request: HttpRequest): User | undefined | Promise<User | undefined> {
    const token = bearerToken(request);
    return token === undefined ? undefined : this.#userOf(token);
  }

  async reviewToken(token: string, audiences: readonly string[]): Promise<TokenReviewAnswer> {
    const holder = await this.#holderOf(token, audiences.length === 0 ? this.#audiences : audiences);
    return holder ? { authenticated: true, ...holder } : { authenticated: false, error: 'invalid bearer token' };
  }

  async #userOf(token: string): Promise<User> {
    const holder = await this.#holderOf(token, this.#audiences);
    if (!holder) throw statusErrors.unauthorized();
    return holder.user;
  }

  async #holderOf(token: string, audiences: readonly string[]): Promise<TokenHolder | undefined> {
    if (token.length > maxTokenLength) return undefined;
    for (const known of this.#known) {
      const holder = await known.authenticateToken(token, audiences);
      if (holder) return holder;
    }
    return undefined;
  }
}
