import type { Draft } from '../../../apimachinery/index.ts';
import { percentOf } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import { checkWorkloadSelector, checkWorkloadTemplate } from '../../helpers/pod-spec/template.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { bumpGeneration, fieldChanged, keep, keepAllButStatus, setGeneration } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { checkStatusCounts } from '../../helpers/validation/counts.ts';
import { checkIntOrPercent, checkNotMoreThan100Percent } from '../../helpers/validation/ports.ts';
import type { Deployment, DeploymentSpec } from '../../types.gen.ts';

function isZero(value: number | string | undefined): boolean {
  return (typeof value === 'string' ? (percentOf(value) ?? -1) : (value ?? 0)) === 0;
}

function checkStrategy(c: Checks, spec: DeploymentSpec): void {
  const { type = '', rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') {
    if (rollingUpdate) c.forbidden('spec', 'strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== 'RollingUpdate') return c.notSupported(['spec', 'strategy'], spec.strategy ?? {}, ['Recreate', 'RollingUpdate']);
  if (!rollingUpdate) return c.required('spec', 'strategy.rollingUpdate', 'this should be defaulted and never be nil');
  const at = 'spec.strategy.rollingUpdate';
  checkIntOrPercent(c, rollingUpdate.maxUnavailable, at, 'maxUnavailable');
  checkIntOrPercent(c, rollingUpdate.maxSurge, at, 'maxSurge');
  if (isZero(rollingUpdate.maxUnavailable) && isZero(rollingUpdate.maxSurge)) {
    c.invalid([at, 'maxUnavailable'], rollingUpdate.maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0');
  }
  checkNotMoreThan100Percent(c, rollingUpdate.maxUnavailable, at, 'maxUnavailable');
}

function check(c: Checks, obj: Deployment): void {
  const spec: Partial<DeploymentSpec> = obj.spec ?? {};
  c.nonNegative(spec.replicas, 'spec', 'replicas');
  checkWorkloadSelector(c, spec.selector, 'spec.selector', 'empty selector is invalid for deployment');
  checkWorkloadTemplate(c, { kind: 'ReplicaSet', template: spec.template, selector: spec.selector }, 'spec.template');
  checkStrategy(c, spec as DeploymentSpec);
  c.nonNegative(spec.minReadySeconds, 'spec', 'minReadySeconds');
  c.nonNegative(spec.revisionHistoryLimit, 'spec', 'revisionHistoryLimit');
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  c.nonNegative(deadline, 'spec', 'progressDeadlineSeconds');
  if (deadline <= (spec.minReadySeconds ?? 0)) c.invalid(['spec', 'progressDeadlineSeconds'], deadline, 'must be greater than minReadySeconds');
}

const counts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
] as const;

function checkStatus(c: Checks, obj: Deployment, old: Deployment): void {
  const status = obj.status ?? {};
  checkStatusCounts(c, status, counts, ['updatedReplicas', 'readyReplicas', 'availableReplicas']);
  const before = old.status?.collisionCount;
  if (before !== undefined && (status.collisionCount ?? 0) < before) {
    c.invalid(['status', 'collisionCount'], status.collisionCount ?? null, 'cannot be decremented');
  }
}

function setDefaults(obj: Draft<Deployment>): void {
  const { spec } = obj;
  if (!spec) return;
  defaultPodTemplate(spec.template);
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    rolling.maxUnavailable ??= '25%';
    rolling.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

export const deploymentStrategy: Strategy<Deployment> = {
  default: setDefaults,
  prepareForCreate(obj) {
    obj.status = {};
    setGeneration(obj, 1);
  },
  prepareForUpdate(obj, old, ctx) {
    if (ctx.subresource === 'status') {
      keepAllButStatus(obj, old);
      keep((obj.metadata ??= {}), old.metadata ?? {}, 'labels');
      return;
    }
    keep(obj, old, 'status');
    const annotated = !semanticEqual(obj.metadata?.annotations ?? {}, old.metadata?.annotations ?? {});
    bumpGeneration(obj, old, annotated || fieldChanged(obj, old, 'spec'));
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return checkStatus(c, obj, old);
      check(c, obj);
      c.immutable(obj.spec?.selector ?? null, !semanticEqual(obj.spec?.selector, old.spec?.selector), 'spec', 'selector');
    }),
};
