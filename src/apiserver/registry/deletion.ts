import type { ResourceDefinition } from '../../api/index.ts';
import { type Draft, formatTime, type KubeObject, parseTime, statusErrors } from '../../apimachinery/index.ts';
import type { DeleteRequest } from './delete-options.ts';

const [orphan, foreground] = ['orphan', 'foregroundDeletion'];

/** What a delete does to the stored object: removes it, marks it, or leaves it as it is. */
export type DeletionPlan =
  | { readonly kind: 'remove' }
  /** `remaining` is how it stays: with a deletionTimestamp, waiting for finalizers or its grace period. */
  | { readonly kind: 'mark'; readonly remaining: KubeObject }
  /** Its deletion is under way already. */
  | { readonly kind: 'pending' };

export interface DeletionInput {
  readonly definition: ResourceDefinition;
  readonly current: KubeObject;
  readonly request: DeleteRequest;
  readonly nowMs: number;
  /** Changes the object at the moment it is marked; true: it stays although no finalizer holds it. */
  readonly onMark?: ((object: Draft<KubeObject>) => boolean) | undefined;
}

/** Finalizers after the propagation policy has had its say. */
function finalizersFor(definition: ResourceDefinition, current: KubeObject, request: DeleteRequest): readonly string[] {
  const before = current.metadata?.finalizers ?? [];
  if (definition.kind === 'Event') return before;
  const has = (f: string) => before.includes(f);
  const byDefault = definition.strategy.defaultPropagation ?? 'Background';
  const policy = request.propagation ?? (has(orphan!) ? 'Orphan' : has(foreground!) ? 'Foreground' : byDefault);
  const wanted = policy === 'Orphan' ? orphan : policy === 'Foreground' ? foreground : undefined;
  const after = before.filter((f) => f === wanted || (f !== orphan && f !== foreground));
  return wanted !== undefined && !after.includes(wanted) ? [...after, wanted] : after;
}

function marked(input: DeletionInput, graceSeconds: number): KubeObject {
  const { current, nowMs } = input;
  const meta = current.metadata ?? {};
  const isFirst = !meta.deletionTimestamp;
  const generation = isFirst && (meta.generation ?? 0) > 0 ? { generation: meta.generation! + 1 } : {};
  return {
    ...current,
    metadata: { ...meta, ...generation, deletionTimestamp: formatTime(nowMs + graceSeconds * 1000), deletionGracePeriodSeconds: graceSeconds },
  };
}

/** The graceful part: how long the object stays for its own sake. Undefined: not at all. */
function graceful(input: DeletionInput): Exclude<DeletionPlan, { kind: 'remove' }> | undefined {
  const { definition, current, request } = input;
  const { strategy } = definition;
  if (!strategy.gracePeriodSeconds) return undefined;
  const meta = current.metadata ?? {};
  if (meta.deletionTimestamp) {
    const before = meta.deletionGracePeriodSeconds;
    if (before === undefined) return undefined;
    const asked = request.gracePeriodSeconds;
    if (asked === undefined || asked >= before) return before === 0 ? undefined : { kind: 'pending' };
    if (asked === 0) return undefined;
    const since = (parseTime(meta.deletionTimestamp) ?? input.nowMs) - before * 1000;
    const remaining = marked({ ...input, nowMs: since }, asked);
    return { kind: 'mark', remaining };
  }
  const seconds = strategy.gracePeriodSeconds(current, request.gracePeriodSeconds) ?? 0;
  return seconds > 0 ? { kind: 'mark', remaining: marked(input, seconds) } : undefined;
}

/** Works out what a delete does. Pure. */
export function planDeletion(input: DeletionInput): DeletionPlan {
  const { current, definition, request } = input;
  const finalizers = finalizersFor(definition, current, request);
  const byGrace = graceful(input);
  if (byGrace?.kind === 'pending') return byGrace;
  const base = byGrace?.remaining ?? current;
  const withFinalizers = (object: KubeObject): Draft<KubeObject> => {
    const { finalizers: _finalizers, ...meta } = object.metadata ?? {};
    return { ...object, metadata: { ...meta, ...(finalizers.length > 0 ? { finalizers } : {}) } } as Draft<KubeObject>;
  };
  if (byGrace) return { kind: 'mark', remaining: withFinalizers(base) };
  const alreadyMarked = Boolean(current.metadata?.deletionTimestamp);
  const remaining = withFinalizers(
    alreadyMarked ? { ...current, metadata: { ...current.metadata, deletionGracePeriodSeconds: 0 } } : marked(input, 0),
  );
  const held = input.onMark?.(remaining) ?? false;
  if (finalizers.length > 0 || held) return { kind: 'mark', remaining };
  return { kind: 'remove' };
}

/** Refuses a delete whose preconditions the object does not meet. */
export function checkPreconditions(
  definition: ResourceDefinition,
  current: { readonly object: KubeObject; readonly revision: number },
  request: DeleteRequest,
): void {
  const { uid, resourceVersion } = request.preconditions;
  const head = { group: definition.group, resource: definition.kind };
  const { object, revision } = current;
  const name = object.metadata?.name ?? '';
  if (uid !== undefined && uid !== object.metadata?.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${object.metadata?.uid ?? ''}). The object might have been deleted and then recreated`;
    throw statusErrors.conflict(head, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== String(revision)) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`;
    throw statusErrors.conflict(head, name, why);
  }
}
