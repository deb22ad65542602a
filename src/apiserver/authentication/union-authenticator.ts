import type { HttpRequest, User } from '../../http/index.ts';
import type { Authenticator, TokenReviewAnswer } from '../auth-types.ts';

/** Asks one after another: the first that knows the sender decides. Waits only where one of them does. */
export function unionAuthenticator(authenticators: readonly Authenticator[]): Authenticator {
  const from = (start: number, request: HttpRequest): User | undefined | Promise<User | undefined> => {
    for (let i = start; i < authenticators.length; i++) {
      const found = authenticators[i]!.authenticate(request);
      if (found instanceof Promise) return found.then((user) => user ?? from(i + 1, request));
      if (found) return found;
    }
    return undefined;
  };
  return {
    authenticate: (request) => from(0, request),
    async reviewToken(token, audiences) {
      let refusal: TokenReviewAnswer = { authenticated: false };
      for (const authenticator of authenticators) {
        const answer = await authenticator.reviewToken?.(token, audiences);
        if (answer?.authenticated === true) return answer;
        refusal = answer ?? refusal;
      }
      return refusal;
    },
  };
}
