import { define } from '../define.ts';
import type { SelfSubjectAccessReview } from '../types.gen.ts';

export const selfSubjectAccessReviews = define<SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
