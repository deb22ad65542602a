import { type FieldError, fieldError, type Json, type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { VerbScope } from './verb-scope.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** CreateOptions, UpdateOptions or PatchOptions as checked. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** '' when not named: the User-Agent decides then. */
  readonly fieldManager: string;
  /** Apply patches: take over fields of others. */
  readonly force: boolean;
  /** As admission sees them. */
  readonly object: KubeObject;
}

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

const validations: ReadonlySet<string> = new Set(['Ignore', 'Warn', 'Strict']);
const maxManagerBytes = 128;

export function invalidOptions(kind: string, errors: readonly FieldError[]): never {
  throw statusErrors.invalid('meta.k8s.io', kind, '', errors);
}

/** An integer of the query; undefined where it is absent or empty. Throws 400 in Go's words. Beyond 2^53 it is rounded. */
export function queryInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  const bad = (why: string) => statusErrors.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw bad('invalid syntax');
  if (text.length > 64) throw bad('value out of range');
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) throw bad('value out of range');
  return Number(value);
}

export function checkDryRun(values: readonly string[]): FieldError[] {
  const bad = values.filter((v) => v !== 'All');
  return bad.length === 0 ? [] : [fieldError.notSupported('dryRun', values, ['All'])];
}

/** Go's `%#U`: `U+0007`, or with the character where it can be printed. */
function unicode(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
  const text = String.fromCodePoint(codePoint);
  return /\p{C}|\p{Z}/u.test(text) ? `U+${hex}` : `U+${hex} '${text}'`;
}

function checkFieldManager(manager: string): FieldError[] {
  if (Buffer.byteLength(manager) > maxManagerBytes) return [fieldError.tooLong('fieldManager', maxManagerBytes)];
  let at = 0;
  for (const character of manager) {
    if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      return [fieldError.invalid('fieldManager', manager, `invalid character ${unicode(character.codePointAt(0)!)} (at position ${at})`)];
    }
    at += Buffer.byteLength(character);
  }
  return [];
}

/** Reads the options of a write from the query. Throws 422 with upstream's texts. */
export function writeOptions(scope: VerbScope, kind: OptionsKind, isApply = false): WriteOptions {
  const { query } = scope.request;
  const dryRun = query.getAll('dryRun').filter((v) => v !== '');
  const fieldManager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation') ?? '';
  const force = query.get('force');
  const errors = [...checkDryRun(dryRun)];
  if (kind === 'PatchOptions') {
    if (isApply && fieldManager === '') errors.push(fieldError.required('fieldManager', 'is required for apply patch'));
    if (!isApply && force !== null) errors.push(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...checkFieldManager(fieldManager));
  if (validation !== '' && !validations.has(validation)) {
    errors.push(fieldError.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) invalidOptions(kind, errors);
  const object: Record<string, Json> = { kind, apiVersion: 'meta.k8s.io/v1' };
  if (dryRun.length > 0) object['dryRun'] = dryRun;
  if (force !== null && kind === 'PatchOptions') object['force'] = force === 'true';
  if (fieldManager !== '') object['fieldManager'] = fieldManager;
  if (validation !== '') object['fieldValidation'] = validation;
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: validation === '' ? 'Warn' : (validation as FieldValidation),
    fieldManager,
    force: force === 'true' || force === '1',
    object: object as KubeObject,
  };
}

/** Who owns the fields a request writes: what it names, else the program in its User-Agent. */
export function managerOf(scope: VerbScope, options: WriteOptions): string {
  if (options.fieldManager !== '') return options.fieldManager;
  const agent = scope.request.headers['user-agent'] ?? '';
  const program = agent.split('/', 1)[0] ?? '';
  const printable = Array.from(program)
    .filter((c) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(c))
    .join('');
  return printable === '' ? 'unknown' : printable.slice(0, maxManagerBytes);
}
