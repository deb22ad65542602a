/** Field ownership: metadata.managedFields on updates, and server-side apply. */
export { type FieldSet, emptySet, setOfFields } from './managed-fields/field-set.ts';
export { ManagersCache, managedFieldsJson, maxUpdateManagers } from './managed-fields/managers.ts';
export { type UpdateOptions, updateManagedFields } from './managed-fields/update.ts';
export { type Applied, type ApplyOptions, applyServerSide } from './managed-fields/apply.ts';
