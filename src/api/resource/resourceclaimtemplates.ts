import { define } from '../define.ts';
import { nameAndAge } from '../helpers/columns.ts';
import type { ResourceClaimTemplate } from '../types.gen.ts';
import { defaultDeviceClaim } from './defaults.ts';

export const resourceClaimTemplates = define<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  strategy: { default: (obj) => defaultDeviceClaim(obj.spec?.spec?.devices) },
  columns: nameAndAge,
});
