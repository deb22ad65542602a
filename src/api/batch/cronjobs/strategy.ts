import type { Strategy } from '../../definition.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { CronJob } from '../../types.gen.ts';
import { defaultJobTemplateSpec } from '../jobs/defaults.ts';
import { checkJobSpec } from '../jobs/validate-spec.ts';

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function checkTimeZone(c: Checks, zone: string | undefined): void {
  if (zone === undefined) return;
  const say = (detail: string) => c.invalid(['spec', 'timeZone'], zone, detail);
  if (zone === '') say('timeZone must be nil or non-empty string');
  else if (zone.toLowerCase() === 'local') say('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  else if (!isZone(zone)) say(`unknown time zone ${zone}`);
}

function check(c: Checks, obj: CronJob): void {
  const spec = obj.spec;
  if (!spec) return c.required('spec', 'schedule');
  if (!spec.schedule) c.required('spec', 'schedule');
  if (/TZ/.test(spec.schedule ?? '')) {
    c.invalid(['spec', 'schedule'], spec.schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  }
  c.nonNegative(spec.startingDeadlineSeconds, 'spec', 'startingDeadlineSeconds');
  checkTimeZone(c, spec.timeZone);
  c.requiredOneOf(spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec', 'concurrencyPolicy');
  if (spec.jobTemplate?.spec) checkJobSpec(c, spec.jobTemplate.spec, 'spec.jobTemplate.spec');
  if (spec.jobTemplate?.spec?.manualSelector) {
    c.notSupported(['spec', 'jobTemplate.spec.manualSelector'], spec.jobTemplate.spec.manualSelector, ['nil', 'false']);
  }
  c.nonNegative(spec.successfulJobsHistoryLimit, 'spec', 'successfulJobsHistoryLimit');
  c.nonNegative(spec.failedJobsHistoryLimit, 'spec', 'failedJobsHistoryLimit');
}

const maxNameLength = 52;

export const cronJobStrategy: Strategy<CronJob> = {
  ...withStatus(),
  default(obj) {
    const { spec } = obj;
    if (!spec) return;
    if (spec.jobTemplate?.spec) defaultJobTemplateSpec(spec.jobTemplate.spec);
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
  },
  validate: (obj) =>
    collect((c) => {
      check(c, obj);
      const name = obj.metadata?.name ?? '';
      if (name.length > maxNameLength) c.invalid(['metadata', 'name'], name, `must be no more than ${maxNameLength} characters`);
    }),
  validateUpdate: (obj, _old, ctx) => (ctx.subresource === 'status' ? [] : collect((c) => check(c, obj))),
};
