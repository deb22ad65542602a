import type { KubeObject } from '../../apimachinery/index.ts';
import type { Column } from '../definition.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { LabelSelector, ParamKind, ParamRef } from '../types.gen.ts';

export function paramKindText(kind: ParamKind | undefined): string {
  return kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>';
}

/** A selector in the form Go prints structs. */
function goText(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(
    (e) => `LabelSelectorRequirement{Key:${e.key},Operator:${e.operator},Values:[${(e.values ?? []).join(' ')}],}`,
  );
  const list = expressions.map((e) => `${e},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels.map(([k, v]) => `${k}: ${v},`).join('')}},MatchExpressions:[]LabelSelectorRequirement{${list}},}`;
}

function paramRefText(ref: ParamRef | undefined): string {
  if (!ref) return '<unset>';
  return ref.name ? `${ref.namespace || '*'}/${ref.name}` : goText(ref.selector);
}

interface PolicyBinding extends KubeObject {
  readonly spec?: { readonly policyName?: string; readonly paramRef?: ParamRef };
}

export const policyBindingColumns: readonly Column<PolicyBinding>[] = [
  nameColumn,
  column('PolicyName', (o) => o.spec?.policyName ?? ''),
  column('ParamRef', (o) => paramRefText(o.spec?.paramRef)),
  ageColumn,
];
