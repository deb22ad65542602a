import { textReply } from '../replies/text-reply.ts';
import { isLongRunning } from './request-info.ts';
import type { Filter } from './scope.ts';

const readonlyVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Turns requests away, 429, once as many are in progress as the limits allow; streams and watches, and administrators, are not counted. */
export function maxInFlight(limits: { readonly readonly: number; readonly mutating: number }): Filter {
  const inFlight = { readonly: 0, mutating: 0 };
  return (next) => async (scope) => {
    if (isLongRunning(scope.info)) return next(scope);
    const kind = readonlyVerbs.has(scope.info.verb) ? 'readonly' : 'mutating';
    if (inFlight[kind] >= limits[kind] && !scope.user.groups.includes('system:masters')) {
      return textReply(429, 'Too many requests, please try again later.\n', { 'retry-after': '1' });
    }
    inFlight[kind]++;
    try {
      return await next(scope);
    } finally {
      inFlight[kind]--;
    }
  };
}
