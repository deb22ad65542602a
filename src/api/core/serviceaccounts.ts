import { define } from '../define.ts';
import { nameAndAge } from '../helpers/columns.ts';
import type { ServiceAccount } from '../types.gen.ts';

export const serviceAccounts = define<ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  subresources: [{ name: 'token', verbs: ['create'], kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' } }],
  columns: nameAndAge,
});
