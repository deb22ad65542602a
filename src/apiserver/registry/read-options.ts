import { fieldError, type FieldError, statusErrors } from '../../apimachinery/index.ts';
import type { ResourceVersionMatch } from '../../storage/index.ts';
import { isTrue } from '../filters/request-info.ts';
import { invalidOptions, queryInteger } from './request-options.ts';

const revisionForm = /^\d+$/;
const maxUint64 = 2n ** 64n - 1n;

/** ListOptions as a list or watch has them. */
export interface ReadOptions {
  readonly resourceVersion: string;
  readonly resourceVersionMatch: ResourceVersionMatch;
  readonly limit: number;
  readonly continue: string;
  readonly timeoutSeconds: number;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

function integer(query: URLSearchParams, name: string): number {
  return queryInteger(query, name) ?? 0;
}

/** What is wrong with a resourceVersion; '' where nothing is. */
function revisionError(value: string): string {
  if (!revisionForm.test(value)) return `strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`;
  return value.length > 64 || BigInt(value) > maxUint64 ? `strconv.ParseUint: parsing ${JSON.stringify(value)}: value out of range` : '';
}

/** Refuses a resourceVersion that is no number, as reads do. */
export function checkRevision(value: string): void {
  const error = value === '' ? '' : revisionError(value);
  if (error === '') return;
  const why = fieldError.invalid('resourceVersion', value, error);
  throw statusErrors.badRequest(`invalid resource version: ${why.field}: ${why.body}`);
}

/** Reads ListOptions from the query and checks what goes together. Throws 400 or 422 with upstream's texts. */
export function readOptions(query: URLSearchParams, isWatch: boolean): ReadOptions {
  const sendInitialEvents = query.get('sendInitialEvents');
  const options: ReadOptions = {
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: (query.get('resourceVersionMatch') ?? '') as ResourceVersionMatch,
    limit: integer(query, 'limit'),
    continue: query.get('continue') ?? '',
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: sendInitialEvents === null || sendInitialEvents === '' ? undefined : isTrue(sendInitialEvents),
  };
  const errors = isWatch ? watchErrors(options) : listErrors(options);
  if (errors.length > 0) invalidOptions('ListOptions', errors);
  if (!isWatch) {
    if (options.continue !== '' && options.resourceVersion !== '' && options.resourceVersion !== '0') {
      throw statusErrors.badRequest('specifying resource version is not allowed when using continue');
    }
    checkRevision(options.resourceVersion);
  }
  return options;
}

function listErrors(options: ReadOptions): FieldError[] {
  const errors: FieldError[] = [];
  const forbid = (field: string, detail: string) => errors.push(fieldError.forbidden(field, detail));
  const match: string = options.resourceVersionMatch;
  if (options.sendInitialEvents !== undefined) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  if (match === '') return errors;
  if (options.resourceVersion === '') forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (options.continue !== '') forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(fieldError.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
  }
  if (match === 'Exact' && options.resourceVersion === '0') {
    forbid('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  return errors;
}

function watchErrors(options: ReadOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match: string = options.resourceVersionMatch;
  if (options.sendInitialEvents !== undefined) {
    if (match === '')
      errors.push(fieldError.forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
    else if (match !== 'NotOlderThan') errors.push(fieldError.notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  } else if (match !== '') {
    errors.push(fieldError.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
  const { resourceVersion } = options;
  const revision = resourceVersion === '' ? '' : revisionError(resourceVersion);
  if (revision !== '') errors.push(fieldError.invalid('resourceVersion', resourceVersion, revision));
  return errors;
}
