import { define } from '../define.ts';
import { ageColumn, column, nameColumn, selectorText, templateColumns, wide } from '../helpers/columns.ts';
import type { Deployment } from '../types.gen.ts';
import { deploymentStrategy } from './deployments/strategy.ts';

function deploymentSelector(o: Deployment): string {
  const text = selectorText(o.spec?.selector);
  return text === '<none>' ? '' : text === '<error>' ? '<invalid>' : text;
}

export const deployments = define<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  status: true,
  strategy: deploymentStrategy,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  columns: [
    nameColumn,
    column('Ready', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec?.replicas ?? 0}`),
    column('Up-to-date', (o) => o.status?.updatedReplicas ?? 0),
    column('Available', (o) => o.status?.availableReplicas ?? 0),
    ageColumn,
    ...templateColumns<Deployment>((o) => o.spec?.template),
    wide('Selector', deploymentSelector),
  ],
});
