import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes, Authorizer, Decision, PolicyRule, RulesAnswer } from '../auth-types.ts';
import type { Lookup } from '../lookup.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { RbacIndex, type ResolvedRules } from './rbac-index.ts';

/** RBAC that begins to follow roles and bindings at the first question, which waits for them; later ones are answered at once. */
export class FollowedRbac implements Authorizer {
  readonly #lookup: Lookup;
  readonly #signal: AbortSignal;
  readonly #index = new RbacIndex();
  readonly #authorizer = new RbacAuthorizer(this.#index);
  #starting: Promise<void> | undefined;
  #isReady = false;

  constructor(lookup: Lookup, signal: AbortSignal) {
    this.#lookup = lookup;
    this.#signal = signal;
  }

  /** Resolves when all roles and bindings are known. */
  ready(): Promise<void> {
    this.#starting ??= this.#index.start(this.#lookup, this.#signal).then(() => {
      this.#isReady = true;
    });
    return this.#starting;
  }

  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision> {
    return this.#isReady ? this.#authorizer.authorize(attributes) : this.ready().then(() => this.#authorizer.authorize(attributes));
  }

  async rulesFor(user: User, namespace: string): Promise<RulesAnswer> {
    await this.ready();
    return this.#authorizer.rulesFor(user, namespace);
  }

  async resolvedRulesFor(user: User, namespace: string): Promise<ResolvedRules> {
    await this.ready();
    return this.#index.rulesFor(user, namespace);
  }

  async roleRules(kind: string, namespace: string, name: string): Promise<readonly PolicyRule[] | undefined> {
    await this.ready();
    return this.#index.roleRules(kind, namespace, name);
  }
}
