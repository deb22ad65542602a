import type { Impersonator } from '../context.ts';
import type { Filter } from './scope.ts';

/** Lets a request act for another user where its sender may. */
export function impersonation(impersonator: () => Impersonator | undefined): Filter {
  return (next) => async (scope) => {
    const impersonate = impersonator();
    if (impersonate) {
      const user = impersonate(scope.request);
      scope.user = user instanceof Promise ? await user : user;
    }
    return next(scope);
  };
}
