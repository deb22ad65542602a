import type { Draft, FieldError, KubeObject } from '../../apimachinery/index.ts';
import type { RequestContext, ResourceDefinition } from '../definition.ts';

/** A request for tests, at noon of 2026-01-02. */
export function requestContext(rest: Partial<RequestContext> = {}): RequestContext {
  const user = { name: 'jane', groups: ['system:authenticated'] };
  return { user, verb: 'create', subresource: '', dryRun: false, nowMs: Date.UTC(2026, 0, 2, 12), ...rest };
}

function texts(errors: readonly FieldError[] | undefined): string[] {
  return (errors ?? []).map((e) => `${e.field}: ${e.body}`);
}

/** A copy of an object as it is stored after a create: defaults and preparation done. */
export function created(definition: ResourceDefinition, object: object, rest: Partial<RequestContext> = {}): Draft<KubeObject> {
  const draft = structuredClone(object) as Draft<KubeObject>;
  definition.strategy.default?.(draft);
  definition.strategy.prepareForCreate?.(draft, requestContext(rest));
  return draft;
}

/** What a create of the object is refused for. */
export function createErrors(definition: ResourceDefinition, object: object): string[] {
  return texts(definition.strategy.validate?.(created(definition, object), requestContext()));
}

/** The object after an update, and what it is refused for. */
export function updated(
  definition: ResourceDefinition,
  objects: { readonly old: object; readonly now: object },
  subresource = '',
): { readonly object: Draft<KubeObject>; readonly errors: string[] } {
  const draft = structuredClone(objects.now) as Draft<KubeObject>;
  const context = requestContext({ verb: 'update', subresource });
  definition.strategy.default?.(draft);
  (draft.metadata ??= {}).generation = (objects.old as KubeObject).metadata?.generation ?? 0;
  definition.strategy.prepareForUpdate?.(draft, objects.old as KubeObject, context);
  return { object: draft, errors: texts(definition.strategy.validateUpdate?.(draft, objects.old as KubeObject, context)) };
}
