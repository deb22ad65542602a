import { define } from '../define.ts';
import type { TokenReview } from '../types.gen.ts';

export const tokenReviews = define<TokenReview>({
  group: 'authentication.k8s.io',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  scope: 'Cluster',
  verbs: ['create'],
  virtual: true,
});
