import { type Draft, fieldError, type FieldError, isAlreadyExists, isNotFound, type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { RequestContext } from '../../api/index.ts';
import type { StoredObject, Update, UpdateResult } from '../../storage/index.ts';
import type { Reservation } from '../rest/rest-hooks.ts';
import { admissionRequest, admit, admitValidate } from './admit.ts';
import { authorizeCreate } from './authorize-create.ts';
import { createObject, type Created, withManagedFields } from './create.ts';
import { ownershipAfterUpdate } from './field-ownership.ts';
import type { WriteOptions } from './request-options.ts';
import { metadataUpdateErrors } from './validate-metadata.ts';
import { hookContext, keyOf, type VerbScope } from './verb-scope.ts';
import { keepStatus } from './write-rules.ts';

/** What a transformation made of the stored object. */
export interface Transformed {
  /** In the storage version; owned by the update. */
  readonly object: Draft<KubeObject>;
  /** managedFields worked out by an apply, as text; absent: as after an ordinary update. */
  readonly managedFields?: string;
}

export interface UpdateInit {
  readonly verb: RequestContext['verb'];
  readonly options: WriteOptions;
  readonly manager: string;
  /** Makes the new state; may run again with a newer one. Throws to refuse. `undefined` when the object is not there and may be created. */
  readonly transform: (current: StoredObject | undefined) => Transformed | Promise<Transformed>;
  /** A missing object is created from what `transform` makes of undefined. */
  readonly mayCreate?: boolean;
  /** The request did not name a resourceVersion and is to be tried again on conflict: patches. */
  readonly unconditional?: boolean;
}

export type Updated =
  | { readonly kind: 'stored'; readonly object: StoredObject; readonly created: boolean }
  | { readonly kind: 'unstored'; readonly object: KubeObject; readonly created: boolean };

/** Changes one object: reads, transforms, admits, validates and stores it, unless nothing changed. Patches and PUT share it. */
export async function updateObject(scope: VerbScope, init: UpdateInit): Promise<Updated> {
  const { store } = scope.resource;
  const key = keyOf(scope);
  if (init.mayCreate && !store.peek(key)) {
    const created = await createUnlessThere(scope, init);
    if (created) return { ...created, created: true };
  }
  const attempt = new UpdateAttempt(scope, init);
  if (init.options.dryRun) {
    const current = await store.get(key);
    const update = await attempt.run(current);
    await attempt.rollback();
    const writable = typeof update === 'object' && 'object' in update ? update : undefined;
    if (!writable) return { kind: 'stored', object: current, created: false };
    return { kind: 'unstored', object: withManagedFields(writable.object, writable.managedFields), created: false };
  }
  let result: UpdateResult;
  try {
    result = await store.guaranteedUpdate(key, (current) => attempt.run(current!));
  } catch (error) {
    await attempt.rollback();
    throw error;
  }
  await attempt.commit();
  if (result.outcome !== 'deleted') return { kind: 'stored', object: result.object, created: false };
  await scope.registry.hooksOf(scope.resource)?.afterDelete?.(result.object.value());
  return { kind: 'unstored', object: attempt.last ?? result.object.value(), created: false };
}

/** Undefined when someone else has created it, before or meanwhile: then it is updated like any other. */
async function createUnlessThere(scope: VerbScope, init: UpdateInit): Promise<Created | undefined> {
  try {
    return await createMissing(scope, init);
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

async function createMissing(scope: VerbScope, init: UpdateInit): Promise<Created | undefined> {
  try {
    await scope.resource.store.get(keyOf(scope));
    return undefined;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await authorizeCreate(scope);
  const made = await init.transform(undefined);
  const { managedFields } = made;
  return createObject(scope, made.object, {
    options: init.options,
    manager: init.manager,
    ...(managedFields === undefined ? {} : { managedFields: () => managedFields }),
  });
}

/** The steps between the stored object and the new one. May run more than once; what was reserved by a lost try is given back. */
class UpdateAttempt {
  readonly #scope: VerbScope;
  readonly #init: UpdateInit;
  #reservation: Reservation | undefined;
  /** The new state, which a removed last finalizer keeps from being stored. */
  last: KubeObject | undefined;

  constructor(scope: VerbScope, init: UpdateInit) {
    this.#scope = scope;
    this.#init = init;
  }

  async run(current: StoredObject): Promise<Update> {
    await this.rollback();
    const [scope, init] = [this.#scope, this.#init];
    const { resource } = scope;
    // Without managedFields, which are kept as text: nothing below compares them, and they are half of the parse.
    const old = current.bare();
    const made = await init.transform(current);
    const meta = (made.object.metadata ??= {});
    checkIdentity(scope, made.object, old);
    checkRevision(scope, { sent: meta.resourceVersion ?? '', current, unconditional: init.unconditional ?? false });
    const context = hookContext(scope, { verb: init.verb, dryRun: init.options.dryRun });
    const { strategy } = resource.definition;
    strategy.default?.(made.object);
    const admission = admissionRequest(scope, {
      operation: 'UPDATE',
      object: made.object,
      oldObject: old,
      options: init.options.object,
      dryRun: init.options.dryRun,
    });
    await admit(scope, admission);
    const object = admission.object!;
    const sent = object.metadata?.managedFields;
    fillFromOld(object, old);
    this.#prepare(object, old, context);
    if (scope.info.subresource === '')
      this.#reservation = await scope.registry.hooksOf(resource)?.beginUpdate?.(object, old, { dryRun: init.options.dryRun });
    this.#validate(object, old, context);
    scope.warnings.push(...(strategy.warnings?.(object, old, context) ?? []));
    const managedFields =
      made.managedFields ??
      ownershipAfterUpdate({
        resource,
        live: current,
        object,
        sent,
        manager: init.manager,
        subresource: scope.info.subresource,
        nowMs: context.nowMs,
      });
    await admitValidate(scope, admission);
    this.last = object;
    if (isGone(object)) return { delete: true };
    return { object, managedFields };
  }

  async commit(): Promise<void> {
    await this.#reservation?.commit();
    this.#reservation = undefined;
  }

  async rollback(): Promise<void> {
    await this.#reservation?.rollback();
    this.#reservation = undefined;
  }

  /** The kind's own rules on what may change; without any, status and the rest are kept apart. */
  #prepare(object: Draft<KubeObject>, old: KubeObject, context: RequestContext): void {
    const { definition } = this.#scope.resource;
    const { strategy } = definition;
    if (strategy.prepareForUpdate) {
      strategy.prepareForUpdate(object, old, context);
      return;
    }
    if (!definition.subresources.some((s) => s.name === 'status')) return;
    if (context.subresource === '') keepStatus(object, old);
    else if (context.subresource === 'status') restoreAllButStatus(object, old);
  }

  #validate(object: KubeObject, old: KubeObject, context: RequestContext): void {
    const { definition } = this.#scope.resource;
    const errors: FieldError[] = [...metadataUpdateErrors(object.metadata ?? {}, old.metadata ?? {})];
    errors.push(...(definition.strategy.validateUpdate?.(object, old, context) ?? []));
    if (errors.length > 0) throw statusErrors.invalid(definition.group, definition.kind, object.metadata?.name ?? '', errors);
  }
}

/** On `/status` nothing but the status changes (and metadata that a client may set there). */
function restoreAllButStatus(object: Draft<KubeObject>, old: KubeObject): void {
  const target = object as Record<string, unknown>;
  const source = old as Record<string, unknown>;
  for (const field of Object.keys(target)) if (field !== 'status' && field !== 'metadata' && !Object.hasOwn(source, field)) delete target[field];
  for (const field of Object.keys(source)) if (field !== 'status' && field !== 'metadata') target[field] = source[field];
}

/** A deleted object whose last finalizer went away, and that nothing else holds. */
function isGone(object: KubeObject): boolean {
  const meta = object.metadata ?? {};
  if (!meta.deletionTimestamp || (meta.finalizers?.length ?? 0) > 0 || (meta.deletionGracePeriodSeconds ?? 0) > 0) return false;
  const held = (object as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec?.finalizers;
  return !(object.kind === 'Namespace' && held !== undefined && held.length > 0);
}

function fillFromOld(object: Draft<KubeObject>, old: KubeObject): void {
  const meta = object.metadata!;
  const before = old.metadata ?? {};
  if (before.generation === undefined) delete meta.generation;
  else meta.generation = before.generation;
  if (!meta.uid && before.uid !== undefined) meta.uid = before.uid;
  if (!meta.creationTimestamp && before.creationTimestamp) meta.creationTimestamp = before.creationTimestamp;
  if (!meta.deletionTimestamp && before.deletionTimestamp) meta.deletionTimestamp = before.deletionTimestamp;
  if (meta.deletionGracePeriodSeconds === undefined && before.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds;
  }
  delete meta.selfLink;
}

function checkIdentity(scope: VerbScope, object: Draft<KubeObject>, old: KubeObject): void {
  const { resource } = scope;
  const uid = object.metadata?.uid ?? '';
  if (uid !== '' && uid !== old.metadata?.uid) {
    throw statusErrors.conflict(
      resource.groupResource,
      scope.info.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata?.uid ?? ''}`,
    );
  }
}

function checkRevision(scope: VerbScope, revision: { readonly sent: string; readonly current: StoredObject; readonly unconditional: boolean }): void {
  const { resource, info } = scope;
  const { sent, current } = revision;
  if (sent === '') {
    if (revision.unconditional || (resource.definition.strategy.allowUnconditionalUpdate ?? true)) return;
    const error = fieldError.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    const { group, plural } = resource.definition;
    throw statusErrors.invalid(group, plural, info.name, [error]);
  }
  if (sent === String(current.revision)) return;
  throw statusErrors.conflict(
    resource.groupResource,
    info.name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}
