import type { Draft } from '../../../apimachinery/index.ts';
import { getKey, percentOf } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import { checkWorkloadSelector, checkWorkloadTemplate } from '../../helpers/pod-spec/template.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { checkStatusCounts } from '../../helpers/validation/counts.ts';
import { checkIntOrPercent, checkNotMoreThan100Percent } from '../../helpers/validation/ports.ts';
import type { DaemonSet, DaemonSetSpec } from '../../types.gen.ts';

export const templateGenerationAnnotation = 'deprecated.daemonset.template.generation';
const base = withStatus();

function setDefaults(obj: Draft<DaemonSet>): void {
  const { spec } = obj;
  if (!spec) return;
  defaultPodTemplate(spec.template);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    rolling.maxUnavailable ??= 1;
    rolling.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
}

function setTemplateGeneration(obj: Draft<DaemonSet>, generation: number): void {
  ((obj.metadata ??= {}).annotations ??= {})[templateGenerationAnnotation] = String(generation);
}

const isZero = (value: number | string | undefined) => (typeof value === 'string' ? percentOf(value) : (value ?? 0)) === 0;

function checkStrategy(c: Checks, spec: Partial<DaemonSetSpec>): void {
  const { type = '', rollingUpdate } = spec.updateStrategy ?? {};
  const at = 'spec.updateStrategy.rollingUpdate';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') return c.notSupported(['spec', 'updateStrategy'], spec.updateStrategy, ['RollingUpdate', 'OnDelete']);
  if (!rollingUpdate) return c.required(at, '');
  checkIntOrPercent(c, rollingUpdate.maxUnavailable, at, 'maxUnavailable');
  checkIntOrPercent(c, rollingUpdate.maxSurge, at, 'maxSurge');
  checkNotMoreThan100Percent(c, rollingUpdate.maxUnavailable, at, 'maxUnavailable');
  checkNotMoreThan100Percent(c, rollingUpdate.maxSurge, at, 'maxSurge');
  const noUnavailable = isZero(rollingUpdate.maxUnavailable);
  const noSurge = isZero(rollingUpdate.maxSurge);
  if (!noUnavailable && !noSurge) c.invalid([at, 'maxSurge'], rollingUpdate.maxSurge, 'may not be set when maxUnavailable is non-zero');
  if (noUnavailable && noSurge) c.required(at, 'maxUnavailable', 'cannot be 0 when maxSurge is 0');
}

function check(c: Checks, obj: DaemonSet): void {
  const spec: Partial<DaemonSetSpec> = obj.spec ?? {};
  checkWorkloadSelector(c, spec.selector, 'spec.selector', 'empty selector is invalid for daemonset');
  checkWorkloadTemplate(c, { kind: 'DaemonSet', template: spec.template, selector: spec.selector }, 'spec.template');
  c.nonNegative(spec.minReadySeconds, 'spec', 'minReadySeconds');
  checkStrategy(c, spec);
  c.nonNegative(spec.revisionHistoryLimit, 'spec', 'revisionHistoryLimit');
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

export const daemonSetStrategy: Strategy<DaemonSet> = {
  default: setDefaults,
  prepareForCreate(obj, ctx) {
    base.prepareForCreate(obj, ctx);
    const given = Number(getKey(obj.metadata?.annotations, templateGenerationAnnotation));
    setTemplateGeneration(obj, given >= 1 ? given : 1);
  },
  prepareForUpdate(obj, old, ctx) {
    base.prepareForUpdate(obj, old, ctx);
    if (ctx.subresource === 'status') return;
    const before = Number(getKey(old.metadata?.annotations, templateGenerationAnnotation) ?? 1);
    setTemplateGeneration(obj, semanticEqual(obj.spec?.template, old.spec?.template) ? before : before + 1);
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return checkStatusCounts(c, obj.status ?? {}, counts, []);
      check(c, obj);
      c.immutable(obj.spec?.selector ?? null, !semanticEqual(obj.spec?.selector, old.spec?.selector), 'spec', 'selector');
    }),
};
