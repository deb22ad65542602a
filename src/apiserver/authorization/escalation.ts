import type { User } from '../../http/index.ts';
import type { PolicyRule } from '../auth-types.ts';
import { aggregate } from './error-text.ts';
import type { ResolvedRules } from './rbac-index.ts';
import { compactRules, formatRule, uncovered } from './rules.ts';

/**
 * Nobody may grant what they do not hold: undefined when `user`, who holds `held`, holds all of `wanted`, else the refusal's text as upstream
 * words it.
 */
export function escalationProblem(user: User, held: ResolvedRules, wanted: readonly PolicyRule[]): string | undefined {
  const missing = uncovered(held.rules, wanted);
  if (missing.length === 0) return undefined;
  const lines = [...new Set(compactRules(missing).map(formatRule))].sort();
  const groups = `[${user.groups.map((g) => JSON.stringify(g)).join(' ')}]`;
  const text = `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
  return held.errors.length === 0 ? text : `${text}; resolution errors: ${aggregate(held.errors)}`;
}
