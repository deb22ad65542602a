import type { ResourceDefinition } from '../api/index.ts';
import type { ObjectKey } from './store.ts';

/** `/registry/pods/`, `/registry/apps/deployments/`: what all keys of a resource start with. */
export function resourcePrefix(root: string, definition: Pick<ResourceDefinition, 'group' | 'plural' | 'storedAs'>): string {
  const path = definition.storedAs ?? (definition.group === '' ? definition.plural : `${definition.group}/${definition.plural}`);
  return `${root}/${toKeyUnits(path)}/`;
}

/** The part after the prefix: `namespace/name`, or `name` for cluster-scoped resources. */
export function relativeKey(key: ObjectKey): string {
  return toKeyUnits(key.namespace === '' ? key.name : `${key.namespace}/${key.name}`);
}

/** The first key that no key with this prefix reaches: etcd's range end of a prefix. */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** Keys hold one byte a unit; a few kinds (RBAC) allow names beyond ASCII. */
function toKeyUnits(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
