import { FAILSAFE_SCHEMA, NOT_RESOLVED, YAMLException, binaryTag, defineMappingTag, defineScalarTag, loadAll, mergeTag } from 'js-yaml';
import { type ReadLimits, type ReadResult, decodeUtf8, defaultReadLimits, readJson } from './json-reader.ts';
import { ReadError } from './json-reader/read-error.ts';
import type { Json } from './meta.ts';

/** What go-yaml 2 takes for a boolean: YAML 1.1's words. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, boolean] => [word, true]),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, boolean] => [word, false]),
]);
const nulls: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const intForm = /^[-+]?(?:0b[01_]+|0o?[0-7_]*|[1-9][\d_]*|0x[\da-fA-F_]+)$/;
const floatForm = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

function integer(source: string): number | typeof NOT_RESOLVED {
  if (!intForm.test(source)) return NOT_RESOLVED;
  const plain = source.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  const value = /^0\d/.test(digits) ? Number(`0o${digits.slice(1)}`) : Number(digits);
  if (!Number.isSafeInteger(value)) throw new ReadError(`yaml: number ${source} is too large: integers are kept exactly up to 9007199254740991 only`);
  return value === 0 ? 0 : sign * value;
}

function float(source: string): number | typeof NOT_RESOLVED {
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(source)) throw new ReadError(`json: unsupported value: ${source}`);
  if (!floatForm.test(source)) return NOT_RESOLVED;
  const value = Number(source);
  if (!Number.isFinite(value)) throw new ReadError(`json: unsupported value: ${source}`);
  return value;
}

/** Objects whose keys are text; `__proto__` is an ordinary key. */
const map = defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: () => ({}),
  addPair: (object, key, value) => {
    if (key !== null && typeof key === 'object') return 'json: unsupported type: map key';
    Object.defineProperty(object, String(key), { value, writable: true, enumerable: true, configurable: true });
    return '';
  },
  has: (object, key) => Object.hasOwn(object, String(key)),
  keys: (object) => Object.keys(object),
  get: (object, key) => (Object.hasOwn(object, String(key)) ? object[String(key)] : undefined),
  identify: () => false,
});

/** YAML as go-yaml 2 reads it: booleans and octal of YAML 1.1, but no base 60 (`12:30` is text), dates stay text. */
const schema = FAILSAFE_SCHEMA.withTags(
  map,
  mergeTag,
  binaryTag,
  defineScalarTag('tag:yaml.org,2002:null', { implicit: true, resolve: (s) => (nulls.has(s) ? null : NOT_RESOLVED), identify: () => false }),
  defineScalarTag('tag:yaml.org,2002:bool', { implicit: true, resolve: (s) => booleans.get(s) ?? NOT_RESOLVED, identify: () => false }),
  defineScalarTag('tag:yaml.org,2002:int', { implicit: true, resolve: integer, identify: () => false }),
  defineScalarTag('tag:yaml.org,2002:float', { implicit: true, resolve: float, identify: () => false }),
);

const maxAliases = 1000;
/** Nodes after aliases were followed: what a body within the size limit could hold without them. */
const maxNodes = 1_000_000;

/** YAML with aliases is a graph: it becomes a tree, within bounds. */
function toTree(value: unknown, depth: number, budget: { nodes: number }): Json {
  if (--budget.nodes < 0) throw new ReadError('yaml: document contains excessive aliasing');
  if (typeof value !== 'object' || value === null) return value as Json;
  if (depth <= 0) throw new ReadError('exceeded max depth');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map((item) => toTree(item, depth - 1, budget));
  const result: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(result, key, { value: toTree(item, depth - 1, budget), writable: true, enumerable: true, configurable: true });
  }
  return result;
}

function failed(error: unknown): ReadError {
  if (error instanceof ReadError) return error;
  if (!(error instanceof YAMLException)) return new ReadError(`yaml: ${String(error)}`, { cause: error });
  const line = error.mark ? `line ${error.mark.line + 1}: ` : '';
  return new ReadError(`error converting YAML to JSON: yaml: ${line}${error.reason}`, { cause: error });
}

/**
 * Reads YAML that a client sent, as Go's clients and servers do; JSON is YAML too and takes the quicker way. Of several documents the first
 * is read. The last of two equal keys wins,
 * and the first such case is reported. Throws `ReadError`.
 */
export function readYaml(bytes: Uint8Array, limits: ReadLimits = defaultReadLimits): ReadResult {
  if (bytes.length > limits.maxBytes) throw new ReadError(`limit is ${limits.maxBytes}`);
  const text = decodeUtf8(bytes);
  if (/^\s*\{/.test(text)) {
    try {
      return readJson(bytes, limits);
    } catch {
      // A flow mapping that is YAML and not JSON.
    }
  }
  const options = { schema, maxDepth: limits.maxDepth, maxAliases };
  const tree = (value: unknown) => toTree(value, limits.maxDepth, { nodes: maxNodes });
  try {
    return { value: tree(loadAll(text, options)[0] ?? null), strictErrors: [] };
  } catch (error) {
    const isDuplicate = error instanceof YAMLException && error.reason === 'duplicated mapping key' && error.mark;
    if (!isDuplicate) throw failed(error);
    const line = text.split('\n')[isDuplicate.line] ?? '';
    const key = /^[\s-]*["']?([^"':]+)/.exec(line)?.[1]?.trim() ?? '';
    try {
      return {
        value: tree(loadAll(text, { ...options, json: true })[0] ?? null),
        strictErrors: [`yaml: unmarshal errors:\n  line ${isDuplicate.line + 1}: key ${JSON.stringify(key)} already set in map`],
      };
    } catch (again) {
      throw failed(again);
    }
  }
}
