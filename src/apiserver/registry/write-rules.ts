import type { ResourceDefinition } from '../../api/index.ts';
import type { Draft, KubeObject } from '../../apimachinery/index.ts';

const eventTtlSeconds = 3600;

/** Seconds until an object expires by itself: events do. */
export function ttlOf(definition: ResourceDefinition): number {
  return definition.kind === 'Event' && (definition.group === '' || definition.group === 'events.k8s.io') ? eventTtlSeconds : 0;
}

export function hasStatusSubresource(definition: ResourceDefinition): boolean {
  return definition.subresources.some((s) => s.name === 'status');
}

type WithStatus = { status?: unknown };

/** Clients set the status through `/status` alone: a create drops what they send. Kinds with a prepareForCreate of their own decide there. */
export function resetStatus(definition: ResourceDefinition, object: Draft<KubeObject>): void {
  if (definition.strategy.prepareForCreate || !hasStatusSubresource(definition)) return;
  delete (object as WithStatus).status;
}

/** On the main resource the stored status stays. */
export function keepStatus(object: Draft<KubeObject>, old: KubeObject): void {
  const { status } = old as WithStatus;
  if (status === undefined) delete (object as WithStatus).status;
  else (object as WithStatus).status = status;
}
