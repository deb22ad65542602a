import { define } from '../define.ts';
import { ageColumn, integer, nameColumn } from '../helpers/columns.ts';
import type { MutatingWebhookConfiguration } from '../types.gen.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { defaultWebhook } from './defaults.ts';
import { validateWebhooks } from './validate-webhooks.ts';

export const mutatingWebhookConfigurations = define<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  strategy: {
    ...withGeneration('webhooks'),
    allowUnconditionalUpdate: false,
    validate: validateWebhooks,
    validateUpdate: validateWebhooks,
    default(obj) {
      for (const webhook of obj.webhooks ?? []) {
        defaultWebhook(webhook);
        webhook.reinvocationPolicy ??= 'Never';
      }
    },
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: [nameColumn, integer('Webhooks', (o) => o.webhooks?.length ?? 0), ageColumn],
});
