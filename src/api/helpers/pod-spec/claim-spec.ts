import { getKey, milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { PersistentVolumeClaimSpec } from '../../types.gen.ts';
import type { Checks } from '../validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain } from '../validation/formats.ts';
import { checkLabelSelector } from '../validation/metadata.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Modes of claims and volumes; one that is for a single pod goes with no other. */
export function checkAccessModes(c: Checks, modes: readonly string[], path: string): void {
  for (const mode of modes) c.oneOf(mode, accessModes, path, 'accessModes');
  if (modes.includes('ReadWriteOncePod') && new Set(modes).size > 1) {
    c.forbidden(path, 'accessModes', 'may not use ReadWriteOncePod with other access modes');
  }
}

function checkDataSource(c: Checks, source: PersistentVolumeClaimSpec['dataSourceRef'], path: string, field: string): void {
  if (!source) return;
  const at = `${path}.${field}`;
  if (!source.name) c.required(at, 'name');
  if (!source.kind) c.required(at, 'kind');
  if (!source.apiGroup && source.kind !== 'PersistentVolumeClaim') {
    c.invalid([at, ''], source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  c.optionalFormat(isDns1123Subdomain, source.apiGroup, at, 'apiGroup');
  c.optionalFormat(isDns1123Label, source.namespace, at, 'namespace');
}

/** The spec of a PersistentVolumeClaim, of a template in a StatefulSet or in an ephemeral volume. */
export function checkClaimSpec(c: Checks, spec: PersistentVolumeClaimSpec | undefined, path: string): void {
  if (!spec?.accessModes?.length) c.required(path, 'accessModes', 'at least 1 access mode is required');
  if (!spec) return;
  checkLabelSelector(c, spec.selector, `${path}.selector`);
  checkAccessModes(c, spec.accessModes ?? [], path);
  const storage = getKey(spec.resources?.requests, 'storage');
  if (storage === undefined) c.required(path, 'resources[storage]');
  else if (milliValueOfQuantity(storage) <= 0) c.invalid([path, 'resources[storage]'], storage, 'must be greater than zero');
  c.optionalFormat(isDns1123Subdomain, spec.storageClassName, path, 'storageClassName');
  if (spec.volumeMode !== undefined) c.oneOf(spec.volumeMode, ['Block', 'Filesystem'], path, 'volumeMode');
  checkDataSource(c, spec.dataSource, path, 'dataSource');
  checkDataSource(c, spec.dataSourceRef, path, 'dataSourceRef');
  c.optionalFormat(isDns1123Subdomain, spec.volumeAttributesClassName, path, 'volumeAttributesClassName');
}
