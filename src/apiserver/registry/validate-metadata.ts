import { checkAnnotations, checkLabels, Checks, isPathSegmentName, type NameRule } from '../../api/index.ts';
import { equalJson, type FieldError, fieldError, type Json, labelKeyErrors, type ObjectMeta } from '../../apimachinery/index.ts';
import { maskTrailingDash, nameErrors } from './name-rules.ts';

/** What the generic metadata check needs to know of a kind. */
export interface MetadataRules {
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
}

const each = (field: string, value: unknown, texts: readonly string[]) => texts.map((text) => fieldError.invalid(field, value, text));

function labelErrors(labels: ObjectMeta['labels']): readonly FieldError[] {
  const checks = new Checks();
  checkLabels(checks, labels, 'metadata', 'labels');
  return checks.errors;
}

function annotationErrors(annotations: ObjectMeta['annotations']): readonly FieldError[] {
  const checks = new Checks();
  checkAnnotations(checks, annotations, 'metadata', 'annotations');
  return checks.errors;
}

function ownerErrors(owners: ObjectMeta['ownerReferences']): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const [i, owner] of (owners ?? []).entries()) {
    const at = `metadata.ownerReferences[${i}]`;
    const empty = (field: string, value: string | undefined, text: string) => {
      if (!value) errors.push(fieldError.invalid(`${at}.${field}`, value ?? '', text));
    };
    empty('apiVersion', owner.apiVersion?.split('/').at(-1), 'version must not be empty');
    empty('kind', owner.kind, 'must not be empty');
    empty('name', owner.name, 'must not be empty');
    empty('uid', owner.uid, 'must not be empty');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(fieldError.invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (!owner.controller) continue;
    const named = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = named;
    else {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${named}`;
      errors.push(fieldError.invalid('metadata.ownerReferences', owners, text));
    }
  }
  return errors;
}

function finalizerErrors(finalizers: ObjectMeta['finalizers']): FieldError[] {
  const errors = (finalizers ?? []).flatMap((f) => each('metadata.finalizers', f, labelKeyErrors(f)));
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(fieldError.invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function namespaceErrors(meta: ObjectMeta, namespaced: boolean): FieldError[] {
  const namespace = meta.namespace ?? '';
  if (!namespaced) return namespace === '' ? [] : [fieldError.forbidden('metadata.namespace', 'not allowed on this type')];
  if (namespace === '') return [fieldError.required('metadata.namespace')];
  return each('metadata.namespace', namespace, nameErrors('dns1123Label', namespace));
}

/** The checks that metadata of every kind passes on create. */
export function metadataErrors(meta: ObjectMeta, rules: MetadataRules): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName)
    errors.push(...each('metadata.generateName', meta.generateName, nameErrors(rules.nameRule, maskTrailingDash(meta.generateName))));
  if (!meta.name) errors.push(fieldError.required('metadata.name', 'name or generateName is required'));
  else {
    const broken = nameErrors(rules.nameRule, meta.name);
    errors.push(...each('metadata.name', meta.name, broken));
    if (rules.nameRule !== 'pathSegment') errors.push(...each('metadata.name', meta.name, isPathSegmentName(meta.name)));
  }
  errors.push(...namespaceErrors(meta, rules.namespaced));
  if ((meta.generation ?? 0) < 0) errors.push(fieldError.invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'));
  errors.push(...freeErrors(meta));
  return errors;
}

function freeErrors(meta: ObjectMeta): FieldError[] {
  return [
    ...labelErrors(meta.labels),
    ...annotationErrors(meta.annotations),
    ...ownerErrors(meta.ownerReferences),
    ...finalizerErrors(meta.finalizers),
  ];
}

const immutable = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** The checks on an update. */
export function metadataUpdateErrors(meta: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const added = (meta.finalizers ?? []).filter((f) => !old.finalizers?.includes(f));
    if (added.length > 0) {
      const shown = `[]string{${added.map((f) => JSON.stringify(f)).join(', ')}}`;
      errors.push(
        fieldError.forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`),
      );
    }
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0))
    errors.push(fieldError.invalid('metadata.generation', meta.generation ?? 0, 'must not be decremented'));
  for (const field of immutable) {
    if (!equalJson((meta[field] ?? null) as Json, (old[field] ?? null) as Json)) {
      errors.push(fieldError.invalid(`metadata.${field}`, meta[field] ?? (field.endsWith('Timestamp') ? null : ''), 'field is immutable'));
    }
  }
  // What did not change was checked when it was written; a list is checked as a whole when any of it changed.
  if (!equalJson((meta.labels ?? null) as Json, (old.labels ?? null) as Json)) errors.push(...labelErrors(meta.labels));
  if (!equalJson((meta.annotations ?? null) as Json, (old.annotations ?? null) as Json)) errors.push(...annotationErrors(meta.annotations));
  if (!equalJson((meta.ownerReferences ?? null) as Json, (old.ownerReferences ?? null) as Json)) errors.push(...ownerErrors(meta.ownerReferences));
  if (!equalJson((meta.finalizers ?? null) as Json, (old.finalizers ?? null) as Json)) errors.push(...finalizerErrors(meta.finalizers));
  return errors;
}
