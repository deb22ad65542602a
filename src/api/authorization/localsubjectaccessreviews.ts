import { define } from '../define.ts';
import type { LocalSubjectAccessReview } from '../types.gen.ts';
import { validateReview } from './validate.ts';

export const localSubjectAccessReviews = define<LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  strategy: { validate: (o) => validateReview(o, { subject: true, local: true }) },
  verbs: ['create'],
  virtual: true,
});
