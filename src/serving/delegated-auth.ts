import type { HttpRequest, User } from '../http/index.ts';

/** Finds out who sent a request: by certificate, or by asking the API server (TokenReview). Undefined: no credentials that it knows. Throws on bad ones. */
export interface Authenticator {
  authenticate(request: HttpRequest): Promise<User | undefined>;
}

/** What someone wants to do: on a resource, or on a path. */
export type AuthorizationAttributes = {
  readonly user: User;
  readonly verb: string;
} & (
  | { readonly path: string }
  | {
      readonly group: string;
      readonly version: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    }
);

export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Decides, or asks the API server to (SubjectAccessReview). Throws when no decision could be had. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision>;
}
