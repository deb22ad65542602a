import { define } from '../define.ts';
import type { SubjectAccessReview } from '../types.gen.ts';

export const subjectAccessReviews = define<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
