import type { Draft, FieldError } from '../../../apimachinery/index.ts';
import { getKey } from '../../../apimachinery/index.ts';
import type { RequestContext, Strategy } from '../../definition.ts';
import { defaultPodOnly, defaultPodSpec } from '../../helpers/pod-spec/defaults.ts';
import { qosClass } from '../../helpers/pod-resources.ts';
import { isPodTerminal } from '../../helpers/pods.ts';
import { bumpGeneration, fieldChanged, keep, keepAllButStatus, keepMetadata, setGeneration } from '../../helpers/strategy.ts';
import { isDns1123Label } from '../../helpers/validation/formats.ts';
import type { LabelSelectorRequirement, Pod } from '../../types.gen.ts';
import { validateEphemeralContainersUpdate } from './ephemeral-containers.ts';
import { validatePodStatusUpdate } from './validate-status.ts';
import { validatePodUpdate } from './validate-update.ts';
import { validatePod } from './validate.ts';

const gated = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

type Selecting = Draft<{ readonly labelSelector?: { readonly matchExpressions?: readonly LabelSelectorRequirement[] } }>;

/** Turns keys whose values come from the pod's own labels into requirements. */
function mergeLabelKeys(pod: Draft<Pod>, term: Selecting | undefined, keys: readonly string[] | undefined, operator: 'In' | 'NotIn'): void {
  if (!term?.labelSelector || !keys) return;
  for (const key of keys) {
    const value = getKey(pod.metadata?.labels, key);
    if (value !== undefined) (term.labelSelector.matchExpressions ??= []).push({ key, operator, values: [value] });
  }
}

function applyLabelKeys(pod: Draft<Pod>): void {
  for (const affinity of [pod.spec?.affinity?.podAffinity, pod.spec?.affinity?.podAntiAffinity]) {
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const term of [...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred.map((p) => p.podAffinityTerm)]) {
      mergeLabelKeys(pod, term, term.matchLabelKeys, 'In');
      mergeLabelKeys(pod, term, term.mismatchLabelKeys, 'NotIn');
    }
  }
  for (const constraint of pod.spec?.topologySpreadConstraints ?? []) mergeLabelKeys(pod, constraint, constraint.matchLabelKeys, 'In');
}

function prepareStatus(pod: Draft<Pod>, old: Pod): void {
  keepAllButStatus(pod, old);
  keep((pod.metadata ??= {}), old.metadata ?? {}, 'ownerReferences');
  keep(pod.metadata, old.metadata ?? {}, 'deletionTimestamp');
  if (old.status?.qosClass && pod.status && !pod.status.qosClass) pod.status.qosClass = old.status.qosClass;
  if (old.status?.observedGeneration && pod.status && !pod.status.observedGeneration) pod.status.observedGeneration = old.status.observedGeneration;
}

/** On a subresource only its own part of the spec comes from the client. */
function prepareSpecPart(pod: Draft<Pod>, old: Pod, field: 'ephemeralContainers'): void {
  const sent = pod.spec?.[field];
  keep(pod, old, 'status');
  keepMetadata(pod, old);
  if (!old.spec) return;
  const spec = { ...old.spec } as Draft<NonNullable<Pod['spec']>>;
  if (sent === undefined) delete spec[field];
  else spec[field] = sent;
  pod.spec = spec;
}

function warnings(pod: Pod, old: Pod | undefined): readonly string[] {
  if (old) return [];
  const name = pod.metadata?.name ?? '';
  const texts = name === '' ? [] : isDns1123Label(name);
  if (texts.length === 0) return [];
  return [
    `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${texts.join(' ')}]`,
  ];
}

export const podStrategy: Strategy<Pod> = {
  default(pod) {
    if (!pod.spec) return;
    defaultPodOnly(pod.spec);
    defaultPodSpec(pod.spec);
  },
  prepareForCreate(pod) {
    setGeneration(pod, 1);
    pod.status = {
      phase: 'Pending',
      qosClass: qosClass(pod),
      ...(pod.spec?.schedulingGates?.length ? { conditions: [{ ...gated }] } : {}),
    };
    applyLabelKeys(pod);
  },
  prepareForUpdate(pod, old, ctx) {
    if (ctx.subresource === 'status') return prepareStatus(pod, old);
    if (ctx.subresource === 'ephemeralcontainers') prepareSpecPart(pod, old, 'ephemeralContainers');
    else keep(pod, old, 'status');
    bumpGeneration(pod, old, fieldChanged(pod, old, 'spec'));
  },
  validate: validatePod,
  validateUpdate(pod, old, ctx: RequestContext): readonly FieldError[] {
    if (ctx.subresource === 'status') return validatePodStatusUpdate(pod, old);
    if (ctx.subresource === 'ephemeralcontainers') return validateEphemeralContainersUpdate(pod, old);
    return ctx.subresource === '' ? validatePodUpdate(pod, old) : [];
  },
  warnings,
  gracePeriodSeconds(pod, requested) {
    if (!pod.spec?.nodeName || isPodTerminal(pod)) return 0;
    const seconds = requested ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    return seconds < 0 ? 1 : seconds;
  },
};
