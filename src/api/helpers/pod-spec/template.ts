import { type Selector, selectorFromObject } from '../../../apimachinery/index.ts';
import type { LabelSelector, PodTemplateSpec } from '../../types.gen.ts';
import { type Checks, join } from '../validation/checks.ts';
import { checkAnnotations, checkLabels, checkLabelSelector } from '../validation/metadata.ts';
import { checkPodSpec } from './pod-spec.ts';

/** A pod template, wherever it stands. */
export function checkPodTemplate(c: Checks, template: PodTemplateSpec | undefined, path: string): void {
  checkLabels(c, template?.metadata?.labels, path, 'labels');
  checkAnnotations(c, template?.metadata?.annotations, path, 'annotations');
  const spec = template?.spec ?? { containers: [] };
  checkPodSpec(c, spec, { podName: '', isPod: false }, join(path, 'spec'));
  if (spec.ephemeralContainers?.length) c.forbidden(path, 'spec.ephemeralContainers', 'ephemeral containers not allowed in pod template');
}

/** The selector as a matcher, undefined when it cannot be read. */
export function readSelector(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return selector ? selectorFromObject(selector) : undefined;
  } catch {
    // Said already by the check of its form.
    return undefined;
  }
}

function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0;
}

/** The selector of a workload: given, well formed and not empty. */
export function checkWorkloadSelector(c: Checks, selector: LabelSelector | undefined, path: string, emptyText: string): void {
  if (!selector) return c.required(path, '');
  checkLabelSelector(c, selector, path);
  if (isEmptySelector(selector)) c.invalid([path, ''], selector, emptyText);
}

/** The template of a workload that keeps pods running: matched by the selector, always restarted. */
export function checkWorkloadTemplate(
  c: Checks,
  workload: { readonly kind: string; readonly template: PodTemplateSpec | undefined; readonly selector: LabelSelector | undefined },
  path: string,
): void {
  const { template, selector } = workload;
  if (!template) return c.required(path, '');
  const matcher = readSelector(selector);
  if (matcher && selector && !isEmptySelector(selector) && !matcher.matches(template.metadata?.labels)) {
    c.invalid([path, 'metadata.labels'], template.metadata?.labels ?? null, '`selector` does not match template `labels`');
  }
  checkPodTemplate(c, template, path);
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') c.notSupported([path, 'spec.restartPolicy'], restartPolicy ?? '', ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    c.forbidden(path, 'spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${workload.kind} is not Supported`);
  }
}
