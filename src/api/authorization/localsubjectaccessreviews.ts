import { define } from '../define.ts';
import type { LocalSubjectAccessReview } from '../types.gen.ts';

export const localSubjectAccessReviews = define<LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  verbs: ['create'],
  virtual: true,
});
