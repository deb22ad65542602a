import { define } from '../define.ts';
import type { SubjectAccessReview } from '../types.gen.ts';
import { validateReview } from './validate.ts';

export const subjectAccessReviews = define<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  strategy: { validate: (o) => validateReview(o, { subject: true }) },
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
