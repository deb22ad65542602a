import { checkPodTemplate } from '../../helpers/pod-spec/template.ts';
import type { Checks } from '../../helpers/validation/checks.ts';
import { isLabelKey } from '../../helpers/validation/formats.ts';
import type { JobSpec, PodFailurePolicyRule } from '../../types.gen.ts';
import { checkSuccessPolicy } from './success-policy.ts';

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const conditionStatus = ['False', 'True', 'Unknown'];
const maxIndexedParallelism = 100_000;

function checkExitCodes(c: Checks, rule: PodFailurePolicyRule, names: ReadonlySet<string>, path: string): void {
  const codes = rule.onExitCodes;
  if (!codes) return;
  const at = `${path}.onExitCodes`;
  if (!codes.operator) c.required(at, 'operator', 'valid values: ["In" "NotIn"]');
  else c.oneOf(codes.operator, ['In', 'NotIn'], at, 'operator');
  if (codes.containerName !== undefined && !names.has(codes.containerName)) {
    c.invalid([at, 'containerName'], codes.containerName, 'must be one of the container or initContainer names in the pod template');
  }
  const values = codes.values ?? [];
  if (values.length === 0) c.invalid([at, 'values'], values, 'at least one value is required');
  c.atMost(values, 255, at, 'values');
  const seen = new Set<number>();
  for (const [i, value] of values.entries()) {
    if (codes.operator === 'In' && value === 0) c.invalid([at, `values[${i}]`], value, 'must not be 0 for the In operator');
    if (seen.has(value)) c.duplicate(at, `values[${i}]`, value);
    seen.add(value);
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) c.invalid([at, 'values'], values, 'must be ordered');
}

function checkFailureRule(c: Checks, rule: PodFailurePolicyRule, spec: JobSpec, path: string): void {
  if (!rule.action) c.required(path, 'action', 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]');
  else if (!actions.includes(rule.action)) c.notSupported([path, 'action'], rule.action, actions);
  else if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    c.invalid([path, 'action'], rule.action, 'requires the backoffLimitPerIndex to be set');
  }
  const names = new Set([...(spec.template.spec?.containers ?? []), ...(spec.template.spec?.initContainers ?? [])].map((x) => x.name));
  checkExitCodes(c, rule, names, path);
  const conditions = rule.onPodConditions ?? [];
  c.atMost(conditions, 20, path, 'onPodConditions');
  for (const [i, condition] of conditions.entries()) {
    c.format(isLabelKey, condition.type, path, `onPodConditions[${i}].type`);
    if (!condition.status) c.required(path, `onPodConditions[${i}].status`, 'valid values: ["False" "True" "Unknown"]');
    else c.oneOf(condition.status, conditionStatus, path, `onPodConditions[${i}].status`);
  }
  if (rule.onExitCodes && conditions.length > 0) {
    c.invalid([path, ''], rule, 'specifying both OnExitCodes and OnPodConditions is not supported');
  }
  if (!rule.onExitCodes && conditions.length === 0) {
    c.invalid([path, ''], rule, 'specifying one of OnExitCodes and OnPodConditions is required');
  }
}

function checkIndexed(c: Checks, spec: JobSpec, path: string): void {
  if (spec.completionMode === 'Indexed') {
    if (spec.completions === undefined) c.required(path, 'completions', 'when completion mode is Indexed');
    if ((spec.parallelism ?? 0) > maxIndexedParallelism) {
      c.invalid([path, 'parallelism'], spec.parallelism, 'must be less than or equal to 100000 when completion mode is Indexed');
    }
    if (spec.completions !== undefined && (spec.maxFailedIndexes ?? 0) > spec.completions) {
      c.invalid([path, 'maxFailedIndexes'], spec.maxFailedIndexes, 'must be less than or equal to completions');
    }
    return;
  }
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[field] !== undefined) c.invalid([path, field], spec[field], 'requires indexed completion mode');
  }
}

function checkManagedBy(c: Checks, value: string | undefined, path: string): void {
  if (value === undefined) return;
  if (value === '') c.required(path, 'managedBy');
  else if (!/^[^/]+\/.+$/.test(value)) c.invalid([path, 'managedBy'], value, 'must be a domain-prefixed path (such as "acme.io/foo")');
  if (value.length > 63) c.tooLong(path, 'managedBy', 63);
}

const nonNegative = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** The spec of a job or of a cron job's template, selector aside. */
export function checkJobSpec(c: Checks, spec: JobSpec, path: string): void {
  for (const field of nonNegative) c.nonNegative(spec[field], path, field);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    c.required(path, 'backoffLimitPerIndex', 'when maxFailedIndexes is specified');
  }
  checkManagedBy(c, spec.managedBy, path);
  if (spec.completionMode !== undefined) c.oneOf(spec.completionMode, ['NonIndexed', 'Indexed'], path, 'completionMode');
  checkIndexed(c, spec, path);
  c.atMost(spec.podFailurePolicy?.rules, 20, path, 'podFailurePolicy.rules');
  for (const [i, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) checkFailureRule(c, rule, spec, `${path}.podFailurePolicy.rules[${i}]`);
  checkSuccessPolicy(c, spec, path);
  if (spec.podReplacementPolicy !== undefined) {
    c.oneOf(spec.podReplacementPolicy, spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'], path, 'podReplacementPolicy');
  }
  checkPodTemplate(c, spec.template, `${path}.template`);
  const restart = spec.template?.spec?.restartPolicy ?? '';
  if (restart === '' || restart === 'Always') c.required(path, 'template.spec.restartPolicy', 'valid values: "OnFailure", "Never"');
  else if (spec.podFailurePolicy && restart !== 'Never') {
    c.invalid([path, 'template.spec.restartPolicy'], restart, 'only "Never" is supported when podFailurePolicy is specified');
  } else c.oneOf(restart, ['OnFailure', 'Never'], path, 'template.spec.restartPolicy');
}
