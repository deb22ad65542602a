import { getKey } from '../../../apimachinery/index.ts';
import { isMirrorPod, mirrorPodAnnotation } from '../../helpers/pods.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { checkTolerations } from '../../helpers/pod-spec/scheduling.ts';
import type { Checks } from '../../helpers/validation/checks.ts';
import type { Pod, Toleration } from '../../types.gen.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const tolerationsKey = 'scheduler.alpha.kubernetes.io/tolerations';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const at = 'metadata.annotations';

function isInt32(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Math.abs(Number(text)) <= 2147483647;
}

/** Annotations that mean something to the system. */
export function checkPodAnnotations(c: Checks, pod: Pod): void {
  const annotations = pod.metadata?.annotations;
  if (!annotations) return;
  if (isMirrorPod(pod) && !pod.spec?.nodeName) {
    c.invalid([at, `[${mirrorPodAnnotation}]`], annotations[mirrorPodAnnotation], 'must set spec.nodeName if mirror pod annotation is set');
  }
  const tolerations = getKey(annotations, tolerationsKey);
  if (tolerations) {
    try {
      checkTolerations(c, JSON.parse(tolerations) as Toleration[], `${at}.${tolerationsKey}`);
    } catch (error) {
      c.invalid([at, ''], tolerationsKey, String(error));
    }
  }
  const cost = getKey(annotations, deletionCost);
  if (cost !== undefined && !isInt32(cost)) c.invalid([at, `[${deletionCost}]`], cost, 'must be a 32bit integer');
}

/** Annotations that no update may touch. */
export function checkPodAnnotationsUpdate(c: Checks, pod: Pod, old: Pod): void {
  const now = pod.metadata?.annotations ?? {};
  const before = old.metadata?.annotations ?? {};
  if (semanticEqual(now, before)) return;
  for (const key of Object.keys(before)) {
    if (getKey(now, key) === before[key]) continue;
    if (key.startsWith(appArmorPrefix)) c.forbidden(at, `[${key}]`, 'may not remove or update AppArmor annotations');
    if (key === mirrorPodAnnotation) c.forbidden(at, `[${key}]`, 'may not remove or update mirror pod annotation');
  }
  for (const key of Object.keys(now)) {
    if (Object.hasOwn(before, key)) continue;
    if (key.startsWith(appArmorPrefix)) c.forbidden(at, `[${key}]`, 'may not add AppArmor annotations');
    if (key === mirrorPodAnnotation) c.forbidden(at, `[${key}]`, 'may not add mirror pod annotation');
  }
}
