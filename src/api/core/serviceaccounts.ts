import type { Draft } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { nameAndAge } from '../helpers/columns.ts';
import type { ServiceAccount } from '../types.gen.ts';

/** Secrets are named, nothing more. */
function reduceSecrets(obj: Draft<ServiceAccount>): void {
  if (obj.secrets) obj.secrets = obj.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}

export const serviceAccounts = define<ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  strategy: { prepareForCreate: reduceSecrets, prepareForUpdate: reduceSecrets },
  subresources: [{ name: 'token', verbs: ['create'], kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' } }],
  columns: nameAndAge,
});
