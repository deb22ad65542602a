import {
  applyJsonPatch,
  applyMergePatch,
  applyServerSide,
  applyStrategicMergePatch,
  DecodeError,
  type Decoded,
  decodeObject,
  type Draft,
  failure,
  fieldError,
  isJsonObject,
  type Json,
  JsonPatchError,
  type KubeObject,
  maxJsonPatchOperations,
  ReadError,
  readJson,
  readJsonPatch,
  readYaml,
  StatusError,
  statusErrors,
  StrategicMergePatchError,
} from '../../apimachinery/index.ts';
import { parseMediaType, type Reply } from '../../http/index.ts';
import type { StoredObject } from '../../storage/index.ts';
import { reportStrict } from './decode-body.ts';
import { resetFields } from './field-ownership.ts';
import { objectReply, storedReply } from './get.ts';
import { goPrint } from './go-print.ts';
import { managerOf, writeOptions, type WriteOptions } from './request-options.ts';
import { checkNames } from './update.ts';
import { type Transformed, updateObject } from './update-object.ts';
import type { VerbScope } from './verb-scope.ts';

const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';
const applyType = 'application/apply-patch+yaml';

type PatchType = typeof jsonPatchType | typeof mergePatchType | typeof strategicType | typeof applyType;

/** What kind of patch a request holds. Throws 415. */
export function patchTypeOf(scope: VerbScope): PatchType {
  const accepted: readonly string[] = scope.resource.custom
    ? [jsonPatchType, mergePatchType, applyType]
    : [jsonPatchType, mergePatchType, strategicType, applyType];
  const type = parseMediaType(scope.request.headers['content-type'] ?? '')?.type ?? '';
  if (accepted.includes(type)) return type as PatchType;
  throw statusErrors.unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

/** A patch as read: how to apply it to an object in the served version. */
export interface Patch {
  readonly isApply: boolean;
  /** Told under `fieldValidation`. */
  readonly strictErrors: readonly string[];
  /** False: it can be applied to the object without them. They are half of it, and kept as they are when the result has none. */
  readonly mayTouchManagedFields: boolean;
  apply(target: Json): Json;
  /** The bad value that a 422 shows: the patched object, or the patch itself. */
  shown(patched: Json): string;
  readonly config: Json;
}

/** The 422 that says no more than that: a patch that does not fit the object. */
function doesNotApply(): StatusError {
  return new StatusError(failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}));
}

function readPatchJson(bytes: Uint8Array): { readonly value: Json; readonly strictErrors: readonly string[] } {
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof ReadError) throw statusErrors.badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

function jsonPatch(bytes: Uint8Array): Patch {
  const { value, strictErrors } = readPatchJson(bytes);
  if (Array.isArray(value) && value.length > maxJsonPatchOperations) {
    throw statusErrors.tooLarge(`The allowed maximum operations in a JSON patch is ${maxJsonPatchOperations}, got ${value.length}`);
  }
  try {
    const operations = readJsonPatch(value);
    return {
      isApply: false,
      strictErrors,
      mayTouchManagedFields: true,
      config: value,
      apply: (target) => applyJsonPatch(target, operations),
      shown: (patched) => JSON.stringify(patched),
    };
  } catch (error) {
    if (error instanceof JsonPatchError) throw statusErrors.badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

/** Of a merge or strategic patch: whether it says anything of metadata.managedFields, or puts a whole in place of what holds them. */
function namesManagedFields(patch: Json): boolean {
  if (!isJsonObject(patch) || Object.hasOwn(patch, '$patch')) return true;
  const metadata = Object.hasOwn(patch, 'metadata') ? patch['metadata'] : {};
  return !isJsonObject(metadata) || Object.keys(metadata).some((key) => key === 'managedFields' || key.startsWith('$'));
}

function mergePatch(bytes: Uint8Array): Patch {
  const { value, strictErrors } = readPatchJson(bytes);
  if (!isJsonObject(value)) throw statusErrors.badRequest('Invalid JSON Patch');
  return {
    isApply: false,
    strictErrors,
    mayTouchManagedFields: namesManagedFields(value),
    config: value,
    apply: (target) => applyMergePatch(target, value),
    shown: (patched) => JSON.stringify(patched),
  };
}

function strategicPatch(scope: VerbScope, bytes: Uint8Array): Patch {
  let read: { readonly value: Json; readonly strictErrors: readonly string[] };
  try {
    read = readJson(bytes);
  } catch (error) {
    if (error instanceof ReadError) throw statusErrors.badRequest(error.message);
    throw error;
  }
  const { value, strictErrors } = read;
  const { schema } = scope.resource.version;
  return {
    isApply: false,
    strictErrors,
    mayTouchManagedFields: namesManagedFields(value),
    config: value,
    apply: (target) => applyStrategicMergePatch(target, value, schema),
    shown: () => goPrint(value),
  };
}

function applyPatch(bytes: Uint8Array): Patch {
  try {
    const { value, strictErrors } = readYaml(bytes);
    return { isApply: true, strictErrors, mayTouchManagedFields: true, config: value, apply: (target) => target, shown: () => goPrint(value) };
  } catch (error) {
    if (error instanceof ReadError) throw statusErrors.badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
}

/** Reads the request's patch. Throws 400, 413 or 415. */
export async function readPatch(scope: VerbScope): Promise<Patch> {
  const type = patchTypeOf(scope);
  const bytes = await scope.request.body.bytes(scope.registry.limits.maxBodyBytes);
  switch (type) {
    case jsonPatchType:
      return jsonPatch(bytes);
    case mergePatchType:
      return mergePatch(bytes);
    case strategicType:
      return strategicPatch(scope, bytes);
    case applyType:
      return applyPatch(bytes);
  }
}

/** Applies a non-apply patch; what cannot be applied is 400 or 422. */
export function runPatch(patch: Patch, target: Json): Json {
  try {
    return patch.apply(target);
  } catch (error) {
    if (error instanceof JsonPatchError && error.tooLarge) throw statusErrors.tooLarge(error.message);
    if (error instanceof JsonPatchError) throw error.malformed ? statusErrors.badRequest(error.message) : doesNotApply();
    if (error instanceof StrategicMergePatchError) throw error.malformed ? statusErrors.badRequest(error.message) : doesNotApply();
    throw error;
  }
}

/** PATCH of any of the four kinds, on the main resource or `/status`. */
export async function patch(scope: VerbScope): Promise<Reply> {
  const { resource } = scope;
  const isApply = patchTypeOf(scope) === applyType;
  const options = writeOptions(scope, 'PatchOptions', isApply);
  const output = resource.objects.choose(scope.request.headers['accept']);
  const read = await readPatch(scope);
  const manager = managerOf(scope, options);
  const patcher = new Patcher(scope, { patch: read, options, manager });
  const updated = await updateObject(scope, {
    verb: 'patch',
    options,
    manager,
    transform: (current) => patcher.transform(current),
    mayCreate: isApply && scope.info.subresource === '',
    unconditional: true,
  });
  const status = updated.created ? 201 : 200;
  return updated.kind === 'stored' ? storedReply(scope, updated.object, { output, status }) : objectReply(scope, updated.object, { output, status });
}

/** Makes the new state of the stored object; runs again when someone else was quicker, telling its warnings once. */
class Patcher {
  readonly #scope: VerbScope;
  readonly #patch: Patch;
  readonly #options: WriteOptions;
  readonly #manager: string;
  #told = false;

  constructor(scope: VerbScope, init: { readonly patch: Patch; readonly options: WriteOptions; readonly manager: string }) {
    this.#scope = scope;
    this.#patch = init.patch;
    this.#options = init.options;
    this.#manager = init.manager;
  }

  transform(current: StoredObject | undefined): Transformed {
    return this.#patch.isApply ? this.#apply(current) : this.#merge(current!);
  }

  #merge(current: StoredObject): Transformed {
    const { resource } = this.#scope;
    const target = this.#patch.mayTouchManagedFields ? resource.toServed(current) : resource.serve(current.bare());
    const patched = runPatch(this.#patch, target as Json);
    const decoded = this.#decode(patched);
    this.#report([...this.#patch.strictErrors, ...decoded.strictErrors], patched);
    return { object: this.#finish(decoded) };
  }

  #apply(current: StoredObject | undefined): Transformed {
    const { resource, registry, info } = this.#scope;
    const reset = resetFields(resource, info.subresource);
    const applied = applyServerSide({
      schema: resource.version.schema,
      live: current ? resource.serve(current.bare()) : undefined,
      config: this.#config(current),
      managedFieldsText: current?.managedFields ?? '',
      force: this.#options.force,
      manager: this.#manager,
      apiVersion: resource.apiVersion,
      subresource: info.subresource,
      nowMs: registry.context.clock.now(),
      cache: resource.managers,
      ...(reset === undefined ? {} : { resetFields: reset }),
    });
    const decoded = this.#decode(applied.object);
    this.#report(this.#patch.strictErrors, applied.object);
    return { object: this.#finish(decoded), managedFields: applied.managedFieldsText };
  }

  /** What was applied, checked as far as it concerns the object as a whole. */
  #config(current: StoredObject | undefined): Json {
    const { config } = this.#patch;
    const { resource, info } = this.#scope;
    if (current || !isJsonObject(config)) return config;
    const metadata = config['metadata'];
    const uid = isJsonObject(metadata) ? metadata['uid'] : undefined;
    if (typeof uid === 'string' && uid !== '') {
      throw statusErrors.conflict(
        resource.groupResource,
        info.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    }
    return config;
  }

  #decode(patched: Json): Decoded<KubeObject> {
    const { schema } = this.#scope.resource.version;
    try {
      return decodeObject(schema, patched);
    } catch (error) {
      if (error instanceof DecodeError) throw this.#invalid(patched, error.message);
      throw error;
    }
  }

  #report(errors: readonly string[], patched: Json): void {
    const warnings = this.#told ? [] : this.#scope.warnings;
    this.#told = true;
    reportStrict(errors, this.#options.fieldValidation, { warnings, refuse: (why) => this.#invalid(patched, why) });
  }

  #invalid(patched: Json, why: string): Error {
    return statusErrors.invalid('', '', '', [fieldError.invalid('patch', this.#patch.shown(patched), why)]);
  }

  #finish(decoded: Decoded<KubeObject>): Draft<KubeObject> {
    const { resource, info } = this.#scope;
    const { object } = decoded;
    object.kind = resource.kind.kind;
    object.apiVersion = resource.apiVersion;
    if (this.#patch.isApply) (object.metadata ??= {}).name ??= info.name;
    checkNames(this.#scope, object);
    return resource.toStorage(object) as Draft<KubeObject>;
  }
}
