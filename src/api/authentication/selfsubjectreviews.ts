import { define } from '../define.ts';
import type { SelfSubjectReview } from '../types.gen.ts';

export const selfSubjectReviews = define<SelfSubjectReview>({
  group: 'authentication.k8s.io',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
