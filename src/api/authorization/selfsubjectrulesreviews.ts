import { define } from '../define.ts';
import type { SelfSubjectRulesReview } from '../types.gen.ts';

export const selfSubjectRulesReviews = define<SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
