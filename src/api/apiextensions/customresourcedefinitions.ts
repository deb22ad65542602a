import { define } from '../define.ts';
import type { CustomResourceDefinition } from '../types.gen.ts';
import { crdStrategy } from './customresourcedefinitions/strategy.ts';

export const customResourceDefinitions = define<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  strategy: crdStrategy,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  scope: 'Cluster',
  status: true,
});
