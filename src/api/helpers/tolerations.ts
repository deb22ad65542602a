import type { Taint, Toleration } from '../types.gen.ts';

type TaintLike = Pick<Taint, 'key' | 'effect'> & { readonly value?: string };

/** An empty key with Exists tolerates everything, an empty effect every effect. */
export function toleratesTaint(tolerations: readonly Toleration[], taint: TaintLike): boolean {
  return tolerations.some((t) => tolerationMatches(t, taint));
}

export function tolerationMatches(toleration: Toleration, taint: TaintLike): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return toleration.key ? (toleration.value ?? '') === (taint.value ?? '') : false;
}
