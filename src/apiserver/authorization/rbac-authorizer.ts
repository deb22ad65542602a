import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes, Authorizer, Decision, PolicyRule, RulesAnswer } from '../auth-types.ts';
import { aggregate } from './error-text.ts';
import type { RbacIndex, ResolvedRules } from './rbac-index.ts';
import { ruleAllows, ruleMatchesResource } from './rules.ts';

/** Answers remembered for one user; all are forgotten when there are more. */
const maxAnswers = 4096;
/** Users remembered; the longest unused goes first. */
const maxUsers = 2048;

const allow: Decision = { verdict: 'Allow' };
const noOpinion: Decision = { verdict: 'NoOpinion' };

/** What a user's rules say of one verb on one resource: any name, or some names only. */
interface Access {
  readonly any: boolean;
  readonly names: ReadonlySet<string> | undefined;
}

const noAccess: Access = { any: false, names: undefined };
const anyName: Access = { any: true, names: undefined };

/** One user's rules by namespace and answers by request, valid for one generation of the index. */
class UserAccess {
  readonly #index: RbacIndex;
  readonly #user: User;
  readonly generation: number;
  readonly #rules = new Map<string, ResolvedRules>();
  readonly #answers = new Map<string, Access>();

  constructor(index: RbacIndex, user: User) {
    this.#index = index;
    this.#user = user;
    this.generation = index.generation;
  }

  rules(namespace: string): ResolvedRules {
    let found = this.#rules.get(namespace);
    if (!found) {
      found = this.#index.rulesFor(this.#user, namespace);
      if (this.#rules.size >= maxAnswers) this.#rules.clear();
      this.#rules.set(namespace, found);
    }
    return found;
  }

  allows(a: AuthorizationAttributes): boolean {
    if (!a.isResourceRequest) return this.rules('').rules.some((rule) => ruleAllows(rule, a));
    const key = `${a.verb} ${a.resource}/${a.subresource} ${a.namespace} ${a.group}`;
    let access = this.#answers.get(key);
    if (!access) {
      access = accessOf(this.rules(a.namespace).rules, a);
      if (this.#answers.size >= maxAnswers) this.#answers.clear();
      this.#answers.set(key, access);
    }
    return access.any || (access.names !== undefined && access.names.has(a.name));
  }
}

function accessOf(rules: readonly PolicyRule[], a: AuthorizationAttributes): Access {
  let names: Set<string> | undefined;
  for (const rule of rules) {
    if (!ruleMatchesResource(rule, a)) continue;
    if (rule.resourceNames === undefined || rule.resourceNames.length === 0) return anyName;
    names ??= new Set();
    for (const name of rule.resourceNames) names.add(name);
  }
  return names ? { any: false, names } : noAccess;
}

/** RBAC over an index of roles and bindings: about a microsecond where the same was asked before. */
export class RbacAuthorizer implements Authorizer {
  readonly #index: RbacIndex;
  readonly #byIdentity = new WeakMap<User, UserAccess>();
  readonly #byName = new Map<string, UserAccess>();

  constructor(index: RbacIndex) {
    this.#index = index;
  }

  authorize(a: AuthorizationAttributes): Decision {
    const access = this.#accessOf(a.user);
    if (access.allows(a)) return allow;
    const { errors } = access.rules(a.isResourceRequest ? a.namespace : '');
    return errors.length === 0 ? noOpinion : { verdict: 'NoOpinion', reason: `RBAC: ${aggregate(errors)}` };
  }

  rulesFor(user: User, namespace: string): RulesAnswer {
    const { rules, errors } = this.#accessOf(user).rules(namespace);
    return { rules, incomplete: errors.length > 0, ...(errors.length === 0 ? {} : { evaluationError: aggregate(errors) }) };
  }

  #accessOf(user: User): UserAccess {
    const { generation } = this.#index;
    const same = this.#byIdentity.get(user);
    if (same?.generation === generation) return same;
    const key = JSON.stringify([user.name, user.groups]);
    let access = this.#byName.get(key);
    this.#byName.delete(key);
    if (access?.generation !== generation) access = new UserAccess(this.#index, user);
    this.#byName.set(key, access);
    if (this.#byName.size > maxUsers) this.#byName.delete(this.#byName.keys().next().value!);
    this.#byIdentity.set(user, access);
    return access;
  }
}
