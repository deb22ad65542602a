import { type Draft, hasKey } from '../../../apimachinery/index.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import type { Job, JobSpec } from '../../types.gen.ts';

const maxInt32 = 2147483647;

/** Defaults that jobs and the templates of cron jobs share. */
export function defaultJobTemplateSpec(spec: Draft<JobSpec>): void {
  defaultPodTemplate(spec.template);
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const p of rule.onPodConditions ?? []) p.status ||= 'True';
}

export function defaultJob(obj: Draft<Job>): void {
  const { spec } = obj;
  if (!spec) return;
  defaultJobTemplateSpec(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32;
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(obj.metadata?.labels ?? {}).length === 0) (obj.metadata ??= {}).labels = { ...labels };
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

export const jobNameLabel = 'batch.kubernetes.io/job-name';
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid';

/** The selector of a job is made from its UID, which nobody else has. */
export function generateSelector(obj: Draft<Job>): void {
  const { spec } = obj;
  if (!spec?.template || spec.manualSelector) return;
  const labels = ((spec.template.metadata ??= {}).labels ??= {});
  const set = (key: string, value: string) => {
    if (!hasKey(labels, key)) labels[key] = value;
  };
  const { name = '', uid = '' } = obj.metadata ?? {};
  set('job-name', name);
  set(jobNameLabel, name);
  set('controller-uid', uid);
  set(controllerUidLabel, uid);
  const matchLabels = ((spec.selector ??= {}).matchLabels ??= {});
  if (!hasKey(matchLabels, controllerUidLabel)) matchLabels[controllerUidLabel] = uid;
}
