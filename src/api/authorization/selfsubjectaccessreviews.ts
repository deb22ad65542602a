import { define } from '../define.ts';
import type { SelfSubjectAccessReview } from '../types.gen.ts';
import { validateReview } from './validate.ts';

export const selfSubjectAccessReviews = define<SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  strategy: { validate: (o) => validateReview(o, { subject: false }) },
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
