import { errorText } from '../base/index.ts';
import type { FieldError } from './field-error.ts';
import type { GroupResource, ListMeta } from './meta.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** metav1.Status. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: ListMeta;
  readonly status?: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** The one API error: a metav1.Status that is thrown. Its texts are interface (see upstream's api/errors). */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? '', options);
    this.status = status;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details ? { details } : {}),
    code,
  };
}

function fail(code: number, reason: string, message: string, details?: StatusDetails): StatusError {
  return new StatusError(failure(code, reason, message, details));
}

/** `pods`, or `deployments.apps`: how messages name a resource. */
export function qualifiedResource(r: GroupResource): string {
  return r.group === '' ? r.resource : `${r.resource}.${r.group}`;
}

function detailsOf(r: GroupResource, name: string, more?: Partial<StatusDetails>): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(r.group === '' ? {} : { group: r.group }), kind: r.resource, ...more };
}

export const statusErrors = {
  notFound: (r: GroupResource, name: string) =>
    fail(404, 'NotFound', `${qualifiedResource(r)} ${JSON.stringify(name)} not found`, detailsOf(r, name)),
  alreadyExists: (r: GroupResource, name: string) =>
    fail(409, 'AlreadyExists', `${qualifiedResource(r)} ${JSON.stringify(name)} already exists`, detailsOf(r, name)),
  conflict: (r: GroupResource, name: string, why: string) =>
    fail(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedResource(r)} ${JSON.stringify(name)}: ${why}`, detailsOf(r, name)),
  forbidden: (r: GroupResource, name: string, why: string) => fail(403, 'Forbidden', forbiddenMessage(r, name, why), detailsOf(r, name)),
  invalid: (group: string, kind: string, name: string, errors: readonly FieldError[]) => invalid(group, kind, name, errors),
  badRequest: (message: string) => fail(400, 'BadRequest', message),
  unauthorized: (message = 'Unauthorized') => fail(401, 'Unauthorized', message),
  methodNotSupported: (r: GroupResource, action: string) =>
    fail(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${qualifiedResource(r)}"`, detailsOf(r, '')),
  notAcceptable: (message: string) => fail(406, 'NotAcceptable', message),
  unsupportedMediaType: (message: string) => fail(415, 'UnsupportedMediaType', message),
  tooLarge: (message: string) => fail(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`),
  tooManyRequests: (message: string, retryAfterSeconds: number) => fail(429, 'TooManyRequests', message, { retryAfterSeconds }),
  timeout: (message: string, retryAfterSeconds: number) =>
    fail(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : undefined),
  expired: (message: string) => fail(410, 'Expired', message),
  gone: (message: string) => fail(410, 'Gone', message),
  serviceUnavailable: (message: string) => fail(503, 'ServiceUnavailable', message),
  internal: (error: unknown) => {
    const message = errorText(error);
    return new StatusError(failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }), { cause: error });
  },
};

function forbiddenMessage(r: GroupResource, name: string, why: string): string {
  if (r.resource === '') return `forbidden: ${why}`;
  return name === '' ? `${qualifiedResource(r)} is forbidden: ${why}` : `${qualifiedResource(r)} ${JSON.stringify(name)} is forbidden: ${why}`;
}

function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError {
  const texts = [...new Set(errors.map((e) => `${e.field}: ${e.body}`))];
  const list = texts.length === 0 ? '' : texts.length === 1 ? `: ${texts[0]}` : `: [${texts.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const causes = errors.map((e) => ({ reason: e.type, message: e.body, field: e.field }));
  return fail(422, 'Invalid', `${qualified} ${JSON.stringify(name)} is invalid${list}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    ...(causes.length === 0 ? {} : { causes }),
  });
}

export const isStatusError = (e: unknown): e is StatusError => e instanceof StatusError;
const hasReason = (e: unknown, reason: string) => isStatusError(e) && e.reason === reason;
export const isNotFound = (e: unknown): boolean => hasReason(e, 'NotFound');
export const isAlreadyExists = (e: unknown): boolean => hasReason(e, 'AlreadyExists');
export const isConflict = (e: unknown): boolean => hasReason(e, 'Conflict');
export const isForbidden = (e: unknown): boolean => hasReason(e, 'Forbidden');
export const isInvalid = (e: unknown): boolean => hasReason(e, 'Invalid');
export const isGone = (e: unknown): boolean => hasReason(e, 'Expired') || hasReason(e, 'Gone');
