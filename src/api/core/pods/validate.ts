import type { FieldError } from '../../../apimachinery/index.ts';
import { checkPodSpec } from '../../helpers/pod-spec/pod-spec.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { Pod, PodSpec } from '../../types.gen.ts';
import { checkPodAnnotations } from './annotations.ts';

const noContainers: PodSpec = { containers: [] };

/** What holds of a pod on create and update. */
export function checkPod(c: Checks, pod: Pod): void {
  const spec = pod.spec ?? noContainers;
  checkPodSpec(c, spec, { podName: pod.metadata?.name ?? '', isPod: true }, 'spec');
  checkPodAnnotations(c, pod);
  if (spec.serviceAccountName) return;
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [j, source] of (volume.projected?.sources ?? []).entries()) {
      if (!source.serviceAccountToken) continue;
      c.forbidden('spec', `volumes[${i}].projected.sources[${j}].serviceAccountToken`, 'must not be specified when serviceAccountName is not set');
    }
  }
}

export function validatePod(pod: Pod): readonly FieldError[] {
  return collect((c) => {
    checkPod(c, pod);
    const spec = pod.spec ?? noContainers;
    if (spec.ephemeralContainers?.length) c.forbidden('spec', 'ephemeralContainers', 'cannot be set on create');
    for (const field of ['containers', 'initContainers'] as const) {
      for (const [i, { image }] of (spec[field] ?? []).entries()) {
        if (image && image.trim() !== image) c.invalid(['spec', `${field}[${i}].image`], image, 'must not have leading or trailing whitespace');
      }
    }
    if (spec.nodeName && spec.schedulingGates?.length) {
      c.forbidden('spec', 'nodeName', 'cannot be set until all schedulingGates have been cleared');
    }
  });
}
