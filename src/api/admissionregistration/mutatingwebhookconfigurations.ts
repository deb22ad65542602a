import { define } from '../define.ts';
import { ageColumn, integer, nameColumn } from '../helpers/columns.ts';
import type { MutatingWebhookConfiguration } from '../types.gen.ts';

export const mutatingWebhookConfigurations = define<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: [nameColumn, integer('Webhooks', (o) => o.webhooks?.length ?? 0), ageColumn],
});
