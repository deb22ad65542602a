import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes, Authorizer, Decision, PolicyRule, RulesAnswer } from '../auth-types.ts';
import { aggregate } from './error-text.ts';

const allow: Decision = { verdict: 'Allow' };
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export const mastersGroup = 'system:masters';

/** Allows all to members of system:masters. */
export const privilegedGroup: Authorizer = {
  authorize: ({ user }) => (user.groups.includes(mastersGroup) ? allow : { verdict: 'NoOpinion' }),
  rulesFor: (user) => ({ rules: user.groups.includes(mastersGroup) ? everything : [], incomplete: false }),
};

/** Asks one after another until one allows or denies. Their reasons are joined by line breaks, as upstream's union does. */
export class UnionAuthorizer implements Authorizer {
  readonly #authorizers: readonly Authorizer[];

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers;
  }

  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision> {
    return this.#from(0, attributes, []);
  }

  #from(start: number, attributes: AuthorizationAttributes, reasons: string[]): Decision | Promise<Decision> {
    for (let i = start; i < this.#authorizers.length; i++) {
      const decision = this.#authorizers[i]!.authorize(attributes);
      if (decision instanceof Promise)
        return decision.then((d) => (d.verdict === 'NoOpinion' ? this.#from(i + 1, attributes, noted(reasons, d)) : d));
      if (decision.verdict !== 'NoOpinion') return decision;
      noted(reasons, decision);
    }
    return reasons.length === 0 ? { verdict: 'NoOpinion' } : { verdict: 'NoOpinion', reason: reasons.join('\n') };
  }

  async rulesFor(user: User, namespace: string): Promise<RulesAnswer> {
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    let incomplete = false;
    for (const authorizer of this.#authorizers) {
      const answer = await authorizer.rulesFor?.(user, namespace);
      if (!answer) continue;
      rules.push(...answer.rules);
      incomplete ||= answer.incomplete;
      if (answer.evaluationError !== undefined) errors.push(answer.evaluationError);
    }
    return { rules, incomplete, ...(errors.length === 0 ? {} : { evaluationError: aggregate(errors) }) };
  }
}

function noted(reasons: string[], { reason }: Decision): string[] {
  if (reason) reasons.push(reason);
  return reasons;
}
