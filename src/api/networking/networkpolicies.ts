import { define } from '../define.ts';
import { ageColumn, column, nameColumn, selectorText } from '../helpers/columns.ts';
import type { NetworkPolicy } from '../types.gen.ts';
import { networkPolicyStrategy } from './networkpolicies/strategy.ts';

export const networkPolicies = define<NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  strategy: networkPolicyStrategy,
  shortNames: ['netpol'],
  columns: [nameColumn, column('Pod-Selector', (o) => selectorText(o.spec?.podSelector)), ageColumn],
});
