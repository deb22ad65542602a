import { define } from '../define.ts';
import { nameAndAge } from '../helpers/columns.ts';
import type { ResourceClaimTemplate } from '../types.gen.ts';

export const resourceClaimTemplates = define<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  columns: nameAndAge,
});
