import { type Draft, failure, formatTime, isAlreadyExists, type KubeObject, StatusError, statusErrors } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import type { Writable } from '../../storage/index.ts';
import type { Reservation } from '../rest/rest-hooks.ts';
import { admissionRequest, admit, admitValidate } from './admit.ts';
import { decodeBody } from './decode-body.ts';
import { ownershipAfterUpdate } from './field-ownership.ts';
import { objectReply, storedReply } from './get.ts';
import { readBody } from './read-body.ts';
import { managerOf, writeOptions, type WriteOptions } from './request-options.ts';
import { metadataErrors } from './validate-metadata.ts';
import { hookContext, type VerbScope } from './verb-scope.ts';
import { resetStatus, ttlOf } from './write-rules.ts';

const generateAttempts = 8;
const maxGeneratedBase = 58;
const generatedLength = 5;
const generateAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** POST of a new object. */
export async function create(scope: VerbScope): Promise<Reply> {
  const { resource } = scope;
  const options = writeOptions(scope, 'CreateOptions');
  const output = resource.objects.choose(scope.request.headers['accept']);
  const body = await readBody(scope, resource.definition.kind);
  const sent = decodeBody(
    body,
    { kind: resource.kind, schema: resource.version.schema },
    { fieldValidation: options.fieldValidation, warnings: scope.warnings },
  );
  const created = await createObject(scope, resource.toStorage(sent) as Draft<KubeObject>, { options, manager: managerOf(scope, options) });
  if (created.kind === 'stored') return storedReply(scope, created.object, { output, status: 201 });
  return objectReply(scope, created.object, { output, status: 201 });
}

export type Created =
  | { readonly kind: 'stored'; readonly object: Awaited<ReturnType<VerbScope['resource']['store']['create']>> }
  | { readonly kind: 'unstored'; readonly object: KubeObject };

export interface CreateInit {
  readonly options: WriteOptions;
  /** Who owns the fields. */
  readonly manager: string;
  /** Replaces the ownership that an ordinary create gives: what an apply has worked out. */
  readonly managedFields?: (object: Draft<KubeObject>) => Writable['managedFields'];
}

/** Creates an object in the storage version; the name may be generated. Everything after decoding. */
export async function createObject(scope: VerbScope, sent: Draft<KubeObject>, init: CreateInit): Promise<Created> {
  const { resource } = scope;
  const base = sent.metadata?.generateName ?? '';
  const generated = (sent.metadata?.name ?? '') === '' && base !== '';
  for (let attempt = 1; ; attempt++) {
    const object = generated && attempt < generateAttempts ? structuredClone(sent) : sent;
    try {
      return await createOnce(scope, object, init);
    } catch (error) {
      if (!generated || !isAlreadyExists(error)) throw error;
      if (attempt >= generateAttempts) throw nameTaken(error as StatusError, resource.groupResource.resource);
    }
  }
}

function nameTaken(error: StatusError, _resource: string): StatusError {
  const { status } = error;
  return new StatusError({
    ...status,
    message: `${status.message}, the server was not able to generate a unique name for the object`,
    details: { ...status.details, retryAfterSeconds: 1 },
  });
}

function checkNamespace(scope: VerbScope, object: Draft<KubeObject>): void {
  const meta = object.metadata!;
  const wanted = scope.resource.namespaced ? scope.info.namespace : '';
  if ((meta.namespace ?? '') === '') {
    if (wanted !== '') meta.namespace = wanted;
    return;
  }
  if (meta.namespace !== wanted) {
    throw statusErrors.badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

function fillMetadata(scope: VerbScope, object: Draft<KubeObject>): void {
  const { clock, rng } = scope.registry.context;
  const meta = object.metadata!;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.selfLink;
  delete meta.managedFields;
  meta.uid = rng.uuid();
  meta.creationTimestamp = formatTime(clock.now());
  if ((meta.name ?? '') === '' && meta.generateName) {
    meta.name = `${meta.generateName.slice(0, maxGeneratedBase)}${rng.string(generatedLength, generateAlphabet)}`;
  }
}

async function createOnce(scope: VerbScope, sent: Draft<KubeObject>, init: CreateInit): Promise<Created> {
  const { resource, registry } = scope;
  const { strategy } = resource.definition;
  const { dryRun } = init.options;
  const context = hookContext(scope, { verb: 'create', dryRun });
  sent.metadata ??= {};
  // Upstream answers 500, though it is the client's mistake: nothing for the log.
  if (sent.metadata.resourceVersion) throw new StatusError(failure(500, '', 'resourceVersion should not be set on objects to be created'));
  checkNamespace(scope, sent);
  strategy.default?.(sent);
  const admission = admissionRequest(scope, {
    operation: 'CREATE',
    object: sent,
    oldObject: undefined,
    options: init.options.object,
    dryRun,
    name: sent.metadata.name ?? '',
  });
  await admit(scope, admission);
  const object = admission.object!;
  resetStatus(resource.definition, object);
  const sentOwners = object.metadata?.managedFields;
  fillMetadata(scope, object);
  const { nowMs } = context;
  const managedFields = init.managedFields
    ? init.managedFields(object)
    : ownershipAfterUpdate({ resource, live: undefined, object, sent: sentOwners, manager: init.manager, subresource: '', nowMs });
  strategy.prepareForCreate?.(object, context);
  const reservation = await registry.hooksOf(resource)?.beginCreate?.(object, { dryRun });
  try {
    validateCreate(scope, object, context);
    scope.warnings.push(...(strategy.warnings?.(object, undefined, context) ?? []));
    await admitValidate(scope, admission);
    return await store(scope, object, { dryRun, managedFields, reservation });
  } catch (error) {
    await reservation?.rollback();
    throw error;
  }
}

function validateCreate(scope: VerbScope, object: KubeObject, context: ReturnType<typeof hookContext>): void {
  const { definition, namespaced } = scope.resource;
  const { strategy } = definition;
  const errors = [
    ...metadataErrors(object.metadata!, { namespaced, nameRule: strategy.nameRule ?? 'dns1123Subdomain' }),
    ...(strategy.validate?.(object, context) ?? []),
  ];
  if (errors.length > 0) throw statusErrors.invalid(definition.group, definition.kind, object.metadata?.name ?? '', errors);
}

async function store(
  scope: VerbScope,
  object: Draft<KubeObject>,
  write: { readonly dryRun: boolean; readonly managedFields: string | undefined; readonly reservation: Reservation | undefined },
): Promise<Created> {
  const { resource } = scope;
  const key = { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
  const managedFields = write.managedFields === undefined ? {} : { managedFields: write.managedFields };
  if (write.dryRun) {
    if (resource.store.peek(key)) throw statusErrors.alreadyExists(resource.groupResource, key.name);
    await write.reservation?.rollback();
    return { kind: 'unstored', object: withManagedFields(object, write.managedFields) };
  }
  const ttlSeconds = ttlOf(resource.definition);
  const stored = await resource.store.create(key, { object, ...managedFields, ...(ttlSeconds > 0 ? { ttlSeconds } : {}) });
  await write.reservation?.commit();
  return { kind: 'stored', object: stored };
}

/** The object as a reply shows it before it is stored. */
export function withManagedFields(object: KubeObject, text: string | undefined): KubeObject {
  if (text === undefined || text === '') return object;
  return { ...object, metadata: { ...object.metadata, managedFields: JSON.parse(text) } };
}
