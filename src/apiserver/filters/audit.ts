import type { Reply } from '../../http/index.ts';
import type { Filter, RequestScope } from './scope.ts';

/** Where requests are recorded: told when one has been answered. Must not throw. */
export interface AuditSink {
  answered(scope: RequestScope, reply: Reply): void;
}

/** Tells the sink of each answered request. */
export function audit(sink: AuditSink): Filter {
  return (next) => async (scope) => {
    const reply = await next(scope);
    sink.answered(scope, reply);
    return reply;
  };
}
