import type { Clock } from '../../base/index.ts';
import { statusErrors } from '../../apimachinery/index.ts';
import { isLongRunning } from './request-info.ts';
import type { Filter } from './scope.ts';

/** Answers 504 when a request has not been answered in time. What it began may still complete, as upstream's text says. */
export function timeout(clock: Clock, timeoutMs: number): Filter {
  return (next) => (scope) => {
    if (isLongRunning(scope.info)) return next(scope);
    return new Promise((resolve, reject) => {
      const timer = clock.after(timeoutMs, () => reject(statusErrors.timeout('request did not complete within the allotted timeout', 0)));
      next(scope).then(
        (reply) => {
          timer.cancel();
          resolve(reply);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error as Error);
        },
      );
    });
  };
}
