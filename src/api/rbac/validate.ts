import { type Draft, type FieldError } from '../../apimachinery/index.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../helpers/validation/formats.ts';
import { checkLabelSelector } from '../helpers/validation/metadata.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from '../types.gen.ts';

const group = 'rbac.authorization.k8s.io';

function checkRule(c: Checks, rule: PolicyRule, namespaced: boolean, path: string): void {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (!verbs?.length) c.required(path, 'verbs', 'verbs must contain at least one value');
  if (nonResourceURLs.length > 0) {
    if (namespaced) c.invalid([path, 'nonResourceURLs'], nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      c.invalid([path, 'nonResourceURLs'], nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs');
    }
    return;
  }
  if (apiGroups.length === 0) c.required(path, 'apiGroups', 'resource rules must supply at least one api group');
  if (resources.length === 0) c.required(path, 'resources', 'resource rules must supply at least one resource');
}

/** Rules of a Role, where paths without a resource have no place, or of a ClusterRole. */
export function validateRole(obj: { readonly rules?: readonly PolicyRule[] }, namespaced: boolean): readonly FieldError[] {
  return collect((c) => {
    for (const [i, rule] of (obj.rules ?? []).entries()) checkRule(c, rule, namespaced, `rules[${i}]`);
  });
}

export function validateClusterRole(obj: ClusterRole): readonly FieldError[] {
  return [
    ...validateRole(obj, false),
    ...collect((c) => {
      if (!obj.aggregationRule) return;
      const selectors = obj.aggregationRule.clusterRoleSelectors ?? [];
      const path = 'aggregationRule.clusterRoleSelectors';
      if (selectors.length === 0) c.required(path, '', 'at least one clusterRoleSelector required if aggregationRule is non-nil');
      for (const [i, selector] of selectors.entries()) checkLabelSelector(c, selector, `${path}[${i}]`);
    }),
  ];
}

function checkSubject(c: Checks, subject: Subject, path: string): void {
  if (!subject.name) c.required(path, 'name');
  switch (subject.kind) {
    case 'ServiceAccount':
      c.optionalFormat(isDns1123Subdomain, subject.name, path, 'name');
      if (subject.apiGroup) c.notSupported([path, 'apiGroup'], subject.apiGroup, ['']);
      if (!subject.namespace) c.required(path, 'namespace');
      break;
    case 'User':
    case 'Group':
      if (subject.apiGroup !== group) c.notSupported([path, 'apiGroup'], subject.apiGroup ?? '', [group]);
      break;
    default:
      c.notSupported([path, 'kind'], subject.kind ?? '', ['ServiceAccount', 'User', 'Group']);
  }
}

type Binding = RoleBinding | ClusterRoleBinding;

function checkBinding(c: Checks, obj: Binding, kinds: readonly string[]): void {
  const ref = obj.roleRef;
  if (ref?.apiGroup !== group) c.notSupported(['roleRef', 'apiGroup'], ref?.apiGroup ?? '', [group]);
  if (!kinds.includes(ref?.kind ?? '')) c.notSupported(['roleRef', 'kind'], ref?.kind ?? '', kinds);
  if (!ref?.name) c.required('roleRef', 'name');
  else c.format(isPathSegmentName, ref.name, 'roleRef', 'name');
  for (const [i, subject] of (obj.subjects ?? []).entries()) checkSubject(c, subject, `subjects[${i}]`);
}

/** A binding may name roles of these kinds. */
export function validateBinding(obj: Binding, kinds: readonly string[]): readonly FieldError[] {
  return collect((c) => checkBinding(c, obj, kinds));
}

export function validateBindingUpdate(obj: Binding, old: Binding, kinds: readonly string[]): readonly FieldError[] {
  return collect((c) => {
    checkBinding(c, obj, kinds);
    if (!semanticEqual(obj.roleRef, old.roleRef)) c.invalid(['roleRef', ''], obj.roleRef, 'cannot change roleRef');
  });
}

export function defaultBinding(obj: Draft<Binding>): void {
  if (obj.roleRef) obj.roleRef.apiGroup ||= group;
  for (const subject of obj.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
}
