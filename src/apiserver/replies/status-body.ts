import type { Status } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import { ValueBody } from './value-body.ts';
import { statusSchema } from './meta-schemas.ts';

/** A reply with a metav1.Status, its code as the HTTP status. */
export function statusReply(status: Status, headers: Readonly<Record<string, string>> = {}): Reply {
  const retryAfter = status.details?.retryAfterSeconds;
  const code = status.code === 0 ? (status.status === 'Failure' ? 500 : 200) : status.code;
  return {
    kind: 'value',
    status: code,
    headers: {
      ...(retryAfter === undefined || retryAfter === 0 ? {} : { 'retry-after': String(retryAfter) }),
      ...(code === 403 ? { 'x-content-type-options': 'nosniff' } : {}),
      ...headers,
    },
    body: new ValueBody(status, statusSchema()),
  };
}
