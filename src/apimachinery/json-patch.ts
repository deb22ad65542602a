import { copyKeys, deleteKey, equalJson, isJsonObject, setKey } from './client-keys.ts';
import type { Json } from './meta.ts';

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

/** A patch that does not fit the document (the API answers 422), that is no patch (`malformed`, 400) or that makes too much of it (`tooLarge`, 413). */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
  readonly malformed: boolean;
  readonly tooLarge: boolean;

  constructor(message: string, options: { readonly malformed?: boolean; readonly tooLarge?: boolean } = {}) {
    super(message);
    this.malformed = options.malformed ?? false;
    this.tooLarge = options.tooLarge ?? false;
  }
}

/** The most operations that one patch may have; more are answered 413. */
export const maxJsonPatchOperations = 10_000;

/** Bytes that all the copies of one patch may add, as upstream has it: copies of copies double each time. */
const maxCopiedBytes = 3 * 1024 * 1024;

const malformed = (message: string) => new JsonPatchError(message, { malformed: true });

/** Checks the form of a parsed patch. Throws a malformed `JsonPatchError`. */
export function readJsonPatch(patch: Json): readonly JsonPatchOperation[] {
  if (!Array.isArray(patch)) throw malformed('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.map((entry: Json) => {
    if (!isJsonObject(entry)) throw malformed('json: cannot unmarshal non-object into Go value of type jsonpatch.Operation');
    const { op, path, from, value } = entry;
    if (typeof path !== 'string') throw malformed('jsonpatch operation missing path field');
    if (op === 'remove') return { op, path };
    if (op === 'move' || op === 'copy') {
      if (typeof from !== 'string') throw malformed(`jsonpatch ${op} operation missing from field`);
      return { op, path, from };
    }
    if (op !== 'add' && op !== 'replace' && op !== 'test') throw malformed(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
    if (value === undefined && op !== 'test') throw malformed(`jsonpatch ${op} operation missing value field`);
    return { op, path, value: value ?? null };
  });
}

function tokensOf(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new JsonPatchError(`operation path ${JSON.stringify(path)} does not begin with a slash`);
  return path
    .slice(1)
    .split('/')
    .map((t) => t.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Container = Json[] | Record<string, Json>;

/** A document under change: containers are copied at their first change, what is not touched stays shared. */
class Document {
  root: Json;
  #copiedBytes = 0;
  readonly #owned = new WeakSet<object>();

  constructor(root: Json) {
    this.root = root;
  }

  get(path: string): Json | undefined {
    let at: Json | undefined = this.root;
    for (const token of tokensOf(path)) at = child(at, token);
    return at;
  }

  add(path: string, value: Json): void {
    const [parent, last] = this.#parent(path, 'add');
    if (parent === undefined) this.root = value;
    else if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : indexOf(last, parent.length + 1), 0, value);
    else setKey(parent, last, value);
  }

  /** A copy of `value`, counted. */
  copyOf(value: Json): Json {
    const text = JSON.stringify(value);
    this.#copiedBytes += Buffer.byteLength(text);
    if (this.#copiedBytes <= maxCopiedBytes) return JSON.parse(text) as Json;
    const told = `the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`;
    throw new JsonPatchError(`Unable to complete the copy, ${told}`, { tooLarge: true });
  }

  remove(path: string): void {
    const [parent, last] = this.#parent(path, 'remove');
    if (parent === undefined) throw new JsonPatchError('remove operation does not apply: doc is missing path: ""');
    if (child(parent, last) === undefined) throw missing('remove', path);
    if (Array.isArray(parent)) parent.splice(indexOf(last, parent.length), 1);
    else deleteKey(parent, last);
  }

  replace(path: string, value: Json): void {
    if (this.get(path) === undefined) throw missing('replace', path);
    const [parent, last] = this.#parent(path, 'replace');
    if (parent === undefined) this.root = value;
    else if (Array.isArray(parent)) parent[indexOf(last, parent.length)] = value;
    else setKey(parent, last, value);
  }

  #own(value: Json | undefined): Container | undefined {
    if (value === undefined || value === null || typeof value !== 'object') return undefined;
    if (this.#owned.has(value)) return value as Container;
    const copy = Array.isArray(value) ? [...value] : copyKeys(value as { readonly [key: string]: Json });
    this.#owned.add(copy);
    return copy;
  }

  /** The container that holds the path's last token, owned, and that token; no container for the root. */
  #parent(path: string, op: string): readonly [Container | undefined, string] {
    const tokens = tokensOf(path);
    const last = tokens.pop();
    if (last === undefined) return [undefined, ''];
    let at = this.#own(this.root);
    if (at) this.root = at;
    for (const token of tokens) {
      const owned: Container | undefined = at && this.#own(child(at, token));
      if (!owned) throw missing(op, path);
      if (Array.isArray(at)) at[indexOf(token, at.length)] = owned;
      else setKey(at!, token, owned);
      at = owned;
    }
    if (!at) throw missing(op, path);
    return [at, last];
  }
}

function missing(op: string, path: string): JsonPatchError {
  return new JsonPatchError(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
}

function indexOf(token: string, length: number): number {
  if (!/^-?\d+$/.test(token)) throw new JsonPatchError(`strconv.Atoi: parsing ${JSON.stringify(token)}: invalid syntax`);
  const given = Number(token);
  const index = given < 0 ? given + length : given;
  if (index < 0 || index >= length) throw new JsonPatchError(`Unable to access invalid index: ${given}: invalid index referenced`);
  return index;
}

function child(at: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(at)) return /^-?\d+$/.test(token) ? (at.at(Number(token)) as Json | undefined) : undefined;
  return isJsonObject(at) && Object.hasOwn(at, token) ? at[token] : undefined;
}

function run(doc: Document, operation: JsonPatchOperation): void {
  switch (operation.op) {
    case 'add':
      return doc.add(operation.path, operation.value);
    case 'remove':
      return doc.remove(operation.path);
    case 'replace':
      return doc.replace(operation.path, operation.value);
    case 'test': {
      const found = doc.get(operation.path);
      if (found === undefined && operation.value === null) return;
      if (!equalJson(found, operation.value)) throw new JsonPatchError(`testing value ${operation.path} failed: test failed`);
      return;
    }
    case 'move':
    case 'copy': {
      const value = doc.get(operation.from);
      if (value === undefined) throw missing(operation.op, operation.from);
      if (operation.op === 'move') {
        if (operation.path.startsWith(`${operation.from}/`)) throw missing('move', operation.path);
        doc.remove(operation.from);
      }
      doc.add(operation.path, operation.op === 'copy' ? doc.copyOf(value) : value);
    }
  }
}

/** RFC 6902. The result shares what the patch does not touch with `target`, and never changes it. Throws `JsonPatchError`. */
export function applyJsonPatch(target: Json, operations: readonly JsonPatchOperation[]): Json {
  const doc = new Document(target);
  for (const operation of operations) run(doc, operation);
  return doc.root;
}
