import type { FieldError, ObjectMeta } from '../../apimachinery/index.ts';
import { collect } from '../helpers/validation/checks.ts';
import type { NonResourceAttributes, ResourceAttributes } from '../types.gen.ts';

interface Review {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly resourceAttributes?: ResourceAttributes;
    readonly nonResourceAttributes?: NonResourceAttributes;
    readonly user?: string;
    readonly groups?: readonly string[];
  };
}

export interface ReviewRules {
  /** The review names who it is about. */
  readonly subject: boolean;
  /** The review is about its own namespace. */
  readonly local?: boolean;
}

/** What access is asked about: a resource or a path, and whose. */
export function validateReview(obj: Review, rules: ReviewRules): readonly FieldError[] {
  return collect((c) => {
    const { resourceAttributes, nonResourceAttributes, user, groups } = obj.spec ?? {};
    if (resourceAttributes && nonResourceAttributes) {
      c.invalid(['spec', 'nonResourceAttributes'], nonResourceAttributes, 'cannot be specified in combination with resourceAttributes');
    }
    if (!resourceAttributes && !nonResourceAttributes) {
      c.invalid(['spec', 'resourceAttributes'], null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified');
    }
    if (rules.subject && !user && !groups?.length) c.invalid(['spec', 'user'], user ?? '', 'at least one of user or group must be specified');
    if (!rules.local) return;
    const namespace = obj.metadata?.namespace ?? '';
    if (resourceAttributes && resourceAttributes.namespace !== namespace) {
      c.invalid(['spec', 'resourceAttributes.namespace'], resourceAttributes.namespace ?? '', 'must match metadata.namespace');
    }
    if (nonResourceAttributes) {
      c.invalid(['spec', 'nonResourceAttributes'], nonResourceAttributes, 'disallowed on this kind of request');
    }
  });
}
