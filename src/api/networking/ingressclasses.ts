import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column } from '../helpers/columns.ts';
import type { IngressClass } from '../types.gen.ts';

function nameText(o: IngressClass): string {
  const isDefault = getKey(o.metadata?.annotations, 'ingressclass.kubernetes.io/is-default-class') === 'true';
  return `${o.metadata?.name ?? ''}${isDefault ? ' (default)' : ''}`;
}

function parametersText(o: IngressClass): string {
  const p = o.spec?.parameters;
  return p ? `${p.kind}${p.apiGroup ? `.${p.apiGroup}` : ''}/${p.name}` : '<none>';
}

export const ingressClasses = define<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  columns: [
    column('Name', nameText, { format: 'name' }),
    column('Controller', (o) => o.spec?.controller ?? ''),
    column('Parameters', parametersText),
    ageColumn,
  ],
});
