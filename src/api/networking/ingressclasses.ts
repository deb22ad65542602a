import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column } from '../helpers/columns.ts';
import type { IngressClass } from '../types.gen.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';

function nameText(o: IngressClass): string {
  const isDefault = getKey(o.metadata?.annotations, 'ingressclass.kubernetes.io/is-default-class') === 'true';
  return `${o.metadata?.name ?? ''}${isDefault ? ' (default)' : ''}`;
}

function parametersText(o: IngressClass): string {
  const p = o.spec?.parameters;
  return p ? `${p.kind}${p.apiGroup ? `.${p.apiGroup}` : ''}/${p.name}` : '<none>';
}

function check(c: Checks, obj: IngressClass): void {
  const { controller = '', parameters } = obj.spec ?? {};
  if (controller === '') c.required('spec', 'controller');
  else if (controller.length > 250) c.tooLong('spec', 'controller', 250);
  else if (!/^[^/]+\/.+$/.test(controller)) c.invalid(['spec', 'controller'], controller, 'must be a domain-prefixed path (such as "acme.io/foo")');
  if (!parameters) return;
  if (!parameters.kind) c.required('spec', 'parameters.kind');
  if (!parameters.name) c.required('spec', 'parameters.name');
  c.oneOf(parameters.scope ?? '', ['Cluster', 'Namespace'], 'spec', 'parameters.scope');
  if (parameters.scope === 'Namespace' && !parameters.namespace) {
    c.required('spec', 'parameters.namespace', "`parameters.scope` is set to 'Namespace'");
  }
  if (parameters.scope === 'Cluster' && parameters.namespace) {
    c.forbidden('spec', 'parameters.namespace', "`parameters.scope` is set to 'Cluster'");
  }
}

export const ingressClasses = define<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  strategy: {
    ...withGeneration(),
    default(obj) {
      if (obj.spec?.parameters) obj.spec.parameters.scope ??= 'Cluster';
    },
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old) =>
      collect((c) => {
        check(c, obj);
        c.immutable(obj.spec?.controller ?? '', obj.spec?.controller !== old.spec?.controller, 'spec', 'controller');
      }),
  },
  scope: 'Cluster',
  columns: [
    column('Name', nameText, { format: 'name' }),
    column('Controller', (o) => o.spec?.controller ?? ''),
    column('Parameters', parametersText),
    ageColumn,
  ],
});
