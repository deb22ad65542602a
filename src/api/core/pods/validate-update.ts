import type { FieldError } from '../../../apimachinery/index.ts';
import { checkTolerations } from '../../helpers/pod-spec/scheduling.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec, Toleration } from '../../types.gen.ts';
import { checkPodAnnotationsUpdate } from './annotations.ts';
import { differences } from './differences.ts';
import { checkPod } from './validate.ts';

const noSpec: PodSpec = { containers: [] };
const mayChange =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function checkDeadline(c: Checks, spec: PodSpec, old: PodSpec): void {
  const value = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  const at: readonly [string, string] = ['spec', 'activeDeadlineSeconds'];
  if (value === undefined) {
    if (before !== undefined) c.invalid(at, null, 'must not update from a positive integer to nil value');
    return;
  }
  if (value < 0 || value > 2147483647) c.invalid(at, value, 'must be between 0 and 2147483647, inclusive');
  else if (before !== undefined && before < value) c.invalid(at, value, 'must be less than or equal to previous value');
}

const withoutSeconds = ({ tolerationSeconds: _seconds, ...rest }: Toleration) => rest;

function checkTolerationsUpdate(c: Checks, spec: PodSpec, old: PodSpec): void {
  const now = spec.tolerations ?? [];
  if (semanticEqual(now, old.tolerations ?? [])) return;
  const kept = (old.tolerations ?? []).every((before) => now.some((t) => semanticEqual(withoutSeconds(t), withoutSeconds(before))));
  if (!kept) c.forbidden('spec', 'tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  else checkTolerations(c, now, 'spec.tolerations');
}

const requiredTerms = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const preferredTerms = 'affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution';

function onlyAdds(now: readonly NodeSelectorRequirement[] = [], old: readonly NodeSelectorRequirement[] = []): boolean {
  return old.every((r, i) => semanticEqual(r, now[i]));
}

function termOnlyAdds(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  return onlyAdds(now.matchExpressions, old.matchExpressions) && onlyAdds(now.matchFields, old.matchFields);
}

/** A gated pod's node affinity may become narrower. */
function checkAffinityUpdate(c: Checks, spec: PodSpec, old: PodSpec): void {
  const now = spec.affinity?.nodeAffinity;
  const before = old.affinity?.nodeAffinity;
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const oldTerms = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const narrow = 'only additions are allowed (no mutations or deletions)';
  if (oldTerms.length > 0) {
    if (terms.length !== oldTerms.length)
      c.invalid(['spec', requiredTerms], terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed');
    else terms.forEach((term, i) => !termOnlyAdds(term, oldTerms[i]!) && c.invalid(['spec', `${requiredTerms}[${i}]`], term, narrow));
  }
  for (const [i, term] of (before?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    const same = now?.preferredDuringSchedulingIgnoredDuringExecution?.[i];
    if (same && !termOnlyAdds(same.preference, term.preference)) c.invalid(['spec', `${preferredTerms}[${i}].preference`], same.preference, narrow);
  }
}

function checkGatedUpdate(c: Checks, spec: PodSpec, old: PodSpec): void {
  if (!semanticEqual(spec.nodeSelector ?? {}, old.nodeSelector ?? {})) {
    const kept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => spec.nodeSelector?.[key] === value);
    if (!kept)
      c.invalid(['spec', 'nodeSelector'], spec.nodeSelector ?? null, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)');
  }
  checkAffinityUpdate(c, spec, old);
}

/** `old` with the fields of `spec` that an update may change. */
function allowed(spec: PodSpec, old: PodSpec, gated: boolean): PodSpec {
  const images = (now: PodSpec['containers'] | undefined, before: PodSpec['containers'] | undefined) =>
    before?.map((container, i) => ({ ...container, ...(now?.[i]?.image === undefined ? {} : { image: now[i].image }) }));
  const merged: Record<string, unknown> = {
    ...old,
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: spec.activeDeadlineSeconds,
    tolerations: spec.tolerations,
    schedulingGates: spec.schedulingGates,
  };
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) merged['terminationGracePeriodSeconds'] = 1;
  if (gated) {
    merged['nodeSelector'] = spec.nodeSelector;
    const { nodeAffinity: _n, ...others } = old.affinity ?? {};
    const nodeAffinity = spec.affinity?.nodeAffinity;
    merged['affinity'] = old.affinity || nodeAffinity ? { ...others, ...(nodeAffinity ? { nodeAffinity } : {}) } : spec.affinity;
  }
  return merged as unknown as PodSpec;
}

function checkImages(c: Checks, spec: PodSpec): void {
  for (const field of ['containers', 'initContainers'] as const) {
    for (const [i, { image }] of (spec[field] ?? []).entries()) {
      if (!image) c.required('spec', `${field}[${i}].image`);
      else if (image.trim() !== image) c.invalid(['spec', `${field}[${i}].image`], image, 'must not have leading or trailing whitespace');
    }
  }
}

/** An update of the pod itself: a few fields of the spec may change. */
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  return collect((c) => {
    const spec = pod.spec ?? noSpec;
    const before = old.spec ?? noSpec;
    checkPodAnnotationsUpdate(c, pod, old);
    if (semanticEqual(spec, before)) return;
    checkPod(c, pod);
    if ((spec.containers ?? []).length !== (before.containers ?? []).length) {
      return c.forbidden('spec', 'containers', 'pod updates may not add or remove containers');
    }
    if ((spec.initContainers ?? []).length !== (before.initContainers ?? []).length) {
      return c.forbidden('spec', 'initContainers', 'pod updates may not add or remove containers');
    }
    checkImages(c, spec);
    checkDeadline(c, spec, before);
    checkTolerationsUpdate(c, spec, before);
    for (const gate of spec.schedulingGates ?? []) {
      if (before.schedulingGates?.some((g) => g.name === gate.name)) continue;
      c.forbidden('spec', 'schedulingGates', `only deletion is allowed, but found new scheduling gate '${gate.name}'`);
    }
    const gated = (before.schedulingGates?.length ?? 0) > 0;
    if (gated) checkGatedUpdate(c, spec, before);
    if (!semanticEqual(spec, allowed(spec, before, gated))) c.forbidden('spec', '', `${mayChange}\n${differences(spec, before)}`);
  });
}
