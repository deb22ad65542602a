import type { HttpRequest, User } from '../http/index.ts';

/** Finds out who sent a request. */
export interface Authenticator {
  /** The sender, or undefined when the request carries nothing that this authenticator knows. Throws a 401 `StatusError` for bad credentials. */
  authenticate(request: HttpRequest): User | undefined | Promise<User | undefined>;
  /** For TokenReview: whom a token belongs to, and for which of the audiences asked for (empty = the server's own) it is good. */
  reviewToken?(token: string, audiences: readonly string[]): Promise<TokenReviewAnswer>;
}

export type TokenReviewAnswer =
  | { readonly authenticated: true; readonly user: User; readonly audiences: readonly string[] }
  | { readonly authenticated: false; readonly error?: string };

/** What an authorizer decides on: the request as upstream's `authorizer.Attributes` has it. */
export interface AuthorizationAttributes {
  readonly user: User;
  /** API verb (`get`, `list`, `watch`, …) of a resource request, else the HTTP method in lower case. */
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** '' on the main resource. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  /** As sent, where a list, watch or deletecollection has one. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface Decision {
  readonly verdict: 'Allow' | 'Deny' | 'NoOpinion';
  /** Shown to the client behind the 403 message when it is not empty. */
  readonly reason?: string;
}

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What a user may do in a namespace: for SelfSubjectRulesReview. */
export interface RulesAnswer {
  readonly rules: readonly PolicyRule[];
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

/** Decides whether a request may go on. Answers at once where it can: it runs on each request. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision>;
  rulesFor?(user: User, namespace: string): RulesAnswer | Promise<RulesAnswer>;
}
