import type { Strategy } from '../../definition.ts';
import { readSelector } from '../../helpers/pod-spec/template.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label } from '../../helpers/validation/formats.ts';
import { checkLabelSelector } from '../../helpers/validation/metadata.ts';
import type { Job, JobSpec, JobStatus } from '../../types.gen.ts';
import { controllerUidLabel, defaultJob, generateSelector, jobNameLabel } from './defaults.ts';
import { checkJobSpec } from './validate-spec.ts';

const base = withStatus();

function checkGeneratedSelector(c: Checks, obj: Job): void {
  const spec = obj.spec!;
  if (spec.manualSelector) return;
  const { uid = '', name = '' } = obj.metadata ?? {};
  if (uid === '') c.required('metadata', 'uid');
  const labels = spec.template?.metadata?.labels ?? {};
  const wanted = [
    ['controller-uid', uid],
    ['job-name', name],
    [controllerUidLabel, uid],
    [jobNameLabel, name],
  ] as const;
  for (const [key, value] of wanted) {
    const at: readonly [string, string] = ['spec.template.metadata.labels', `[${key}]`];
    if (!Object.hasOwn(labels, key)) c.required(...at, `must be '${value}'`);
    else if (labels[key] !== value) c.invalid(at, labels, `must be '${value}'`);
  }
  const selector = readSelector(spec.selector);
  const generated = { 'controller-uid': uid, 'job-name': name, [controllerUidLabel]: uid, [jobNameLabel]: name };
  if (selector && !selector.matches(generated)) c.invalid(['spec', 'selector'], spec.selector, '`selector` not auto-generated');
}

function check(c: Checks, obj: Job): void {
  const spec = obj.spec ?? ({ template: {} } as JobSpec);
  if (obj.spec) checkGeneratedSelector(c, obj);
  checkJobSpec(c, spec, 'spec');
  if (!spec.selector) c.required('spec', 'selector');
  else checkLabelSelector(c, spec.selector, 'spec.selector');
  const selector = readSelector(spec.selector);
  if (selector && !selector.matches(spec.template?.metadata?.labels)) {
    c.invalid(['spec', 'template.metadata.labels'], spec.template?.metadata?.labels ?? null, '`selector` does not match template `labels`');
  }
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const highest = `${obj.metadata?.name ?? ''}-${spec.completions! - 1}`;
    if (isDns1123Label(highest).length > 0) {
      c.invalid(['metadata', 'name'], obj.metadata?.name ?? '', `will not able to create pod with invalid DNS label: ${highest}`);
    }
  }
}

const immutable = ['selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;

/** What may change while no pod of a suspended job has run yet. */
function withScheduling(template: JobSpec['template'], from: JobSpec['template']): JobSpec['template'] {
  const take = ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates'] as const;
  const spec: Record<string, unknown> = { ...template.spec };
  for (const field of take) {
    const value = from.spec?.[field];
    if (value === undefined) delete spec[field];
    else spec[field] = value;
  }
  const metadata = { ...template.metadata, labels: from.metadata?.labels ?? {}, annotations: from.metadata?.annotations ?? {} };
  return { ...template, metadata, spec: spec as unknown as NonNullable<JobSpec['template']['spec']> };
}

function checkUpdate(c: Checks, obj: Job, old: Job): void {
  const spec = obj.spec!;
  const before = old.spec!;
  if (!semanticEqual(spec.completions, before.completions)) {
    if (before.completionMode !== 'Indexed') c.immutable(spec.completions ?? null, true, 'spec', 'completions');
    else if (spec.completions !== spec.parallelism) {
      c.invalid(['spec', 'completions'], spec.completions ?? null, 'can only be modified in tandem with spec.parallelism');
    }
  }
  const mutable = before.suspend === true && (!old.status?.startTime || semanticEqual(spec.suspend, true));
  const expected = mutable ? withScheduling(before.template, spec.template) : before.template;
  const actual = mutable ? withScheduling(spec.template, spec.template) : spec.template;
  c.immutable(spec.template, !semanticEqual(actual, expected), 'spec', 'template');
  for (const field of immutable) c.immutable(spec[field] ?? null, !semanticEqual(spec[field], before[field]), 'spec', field);
}

function checkStatus(c: Checks, status: Partial<JobStatus>, old: Job): void {
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) c.nonNegative(status[field], 'status', field);
  const holds = (type: string) => status.conditions?.some((x) => x.type === type && x.status === 'True') ?? false;
  if (holds('Complete') && holds('Failed'))
    c.invalid(['status', 'conditions'], status.conditions, 'cannot set Complete=True and Failed=true conditions');
  if (holds('Complete') && holds('FailureTarget')) {
    c.invalid(['status', 'conditions'], status.conditions, 'cannot set Complete=True and FailureTarget=true conditions');
  }
  if (status.completionTime && !holds('Complete')) {
    c.invalid(['status', 'completionTime'], status.completionTime, 'cannot set completionTime when there is no Complete=True condition');
  }
  if (holds('Complete') && !status.completionTime) c.required('status', 'completionTime', 'completionTime is required for Complete jobs');
  if ((holds('Complete') || holds('Failed')) && (status.active ?? 0) > 0) {
    c.invalid(['status', 'active'], status.active, 'active>0 is invalid for finished job');
  }
  if ((status.failed ?? 0) < (old.status?.failed ?? 0) && old.spec?.backoffLimitPerIndex === undefined) {
    c.invalid(['status', 'failed'], status.failed ?? 0, 'cannot decrease the failed counter');
  }
  if ((status.succeeded ?? 0) < (old.status?.succeeded ?? 0) && old.spec?.completionMode !== 'Indexed') {
    c.invalid(['status', 'succeeded'], status.succeeded ?? 0, 'cannot decrease the succeeded counter');
  }
}

export const jobStrategy: Strategy<Job> = {
  defaultPropagation: 'Orphan',
  default: defaultJob,
  prepareForCreate(obj, ctx) {
    base.prepareForCreate(obj, ctx);
    generateSelector(obj);
  },
  prepareForUpdate: base.prepareForUpdate,
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return checkStatus(c, obj.status ?? {}, old);
      checkJobSpec(c, obj.spec!, 'spec');
      checkUpdate(c, obj, old);
    }),
};
