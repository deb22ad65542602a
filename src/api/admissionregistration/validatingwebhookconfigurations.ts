import { define } from '../define.ts';
import { ageColumn, integer, nameColumn } from '../helpers/columns.ts';
import type { ValidatingWebhookConfiguration } from '../types.gen.ts';

export const validatingWebhookConfigurations = define<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: [nameColumn, integer('Webhooks', (o) => o.webhooks?.length ?? 0), ageColumn],
});
