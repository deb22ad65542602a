import type { Draft } from '../../apimachinery/index.ts';
import type { Strategy } from '../definition.ts';
import { withStatus } from '../helpers/strategy.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isPathSegmentName } from '../helpers/validation/formats.ts';
import type { CrossVersionObjectReference, HorizontalPodAutoscaler, HPAScalingRules, MetricSpec } from '../types.gen.ts';

type Hpa = HorizontalPodAutoscaler;

function setDefaults(obj: Draft<Hpa>): void {
  const spec = obj.spec as Draft<Hpa>['spec'] | undefined;
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  }
  if (!spec.behavior) return;
  const up = (spec.behavior.scaleUp ??= {});
  up.stabilizationWindowSeconds ??= 0;
  up.selectPolicy ??= 'Max';
  up.policies ??= [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ];
  const down = (spec.behavior.scaleDown ??= {});
  down.selectPolicy ??= 'Max';
  down.policies ??= [{ type: 'Percent', value: 100, periodSeconds: 15 }];
}

function checkReference(c: Checks, ref: CrossVersionObjectReference | undefined, path: string): void {
  c.requiredFormat(isPathSegmentName, ref?.kind, path, 'kind');
  c.requiredFormat(isPathSegmentName, ref?.name, path, 'name');
}

const sources: Readonly<Record<string, keyof MetricSpec>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

function checkMetric(c: Checks, metric: MetricSpec, path: string): void {
  if (!metric.type) c.required(path, 'type', 'must specify a metric source type');
  else if (!Object.hasOwn(sources, metric.type)) c.notSupported([path, 'type'], metric.type, Object.keys(sources));
  const own = Object.hasOwn(sources, metric.type) ? sources[metric.type] : undefined;
  if (own && !metric[own]) c.required(path, own, 'must populate information for the given metric source');
  for (const field of Object.values(sources)) {
    if (own && field !== own && metric[field]) c.forbidden(path, field, 'must populate the given metric source only');
  }
  if (metric.object) checkReference(c, metric.object.describedObject, `${path}.object.describedObject`);
  for (const field of ['resource', 'containerResource'] as const) {
    const source = metric[field];
    if (!source) continue;
    if (!source.name) c.required(path, `${field}.name`, 'must specify a resource name');
    const { averageUtilization, averageValue, type } = source.target ?? {};
    if (!type) c.required(path, `${field}.target.type`, 'must specify a metric target type');
    if (averageUtilization === undefined && averageValue === undefined) {
      c.required(path, `${field}.target.averageUtilization`, 'must set either a target raw value or a target utilization');
    }
    if (averageUtilization !== undefined && averageUtilization < 1) {
      c.invalid([path, `${field}.target.averageUtilization`], averageUtilization, 'must be greater than 0');
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      c.forbidden(path, `${field}.target.averageValue`, 'may not set both a target raw value and a target utilization');
    }
  }
  const pods = metric.pods;
  if (pods && pods.target?.averageValue === undefined) c.required(path, 'pods.target.averageValue', 'must specify a positive target averageValue');
}

function checkRules(c: Checks, rules: HPAScalingRules | undefined, path: string): void {
  if (!rules) return;
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined && window < 0) c.invalid([path, 'stabilizationWindowSeconds'], window, 'must be greater than or equal to zero');
  if (window !== undefined && window > 3600) c.invalid([path, 'stabilizationWindowSeconds'], window, 'must be less than or equal to 3600');
  if (rules.selectPolicy !== undefined) c.oneOf(rules.selectPolicy, ['Disabled', 'Max', 'Min'], path, 'selectPolicy');
  if (!rules.policies?.length) c.required(path, 'policies', 'must specify at least one Policy');
  for (const [i, policy] of (rules.policies ?? []).entries()) {
    const at = `${path}.policies[${i}]`;
    c.oneOf(policy.type, ['Percent', 'Pods'], at, 'type');
    for (const field of ['value', 'periodSeconds'] as const)
      if (!(policy[field] > 0)) c.invalid([at, field], policy[field] ?? 0, 'must be greater than zero');
    if (policy.periodSeconds > 1800) c.invalid([at, 'periodSeconds'], policy.periodSeconds, 'must be less than or equal to 1800');
  }
}

function check(c: Checks, obj: Hpa): void {
  const spec = obj.spec as Partial<Hpa['spec']> | undefined;
  const { minReplicas, maxReplicas = 0 } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1) c.invalid(['spec', 'minReplicas'], minReplicas, 'must be greater than or equal to 1');
  if (maxReplicas === 0) c.required('spec', 'maxReplicas', 'must be set and greater than 0');
  else if (maxReplicas < 0) c.invalid(['spec', 'maxReplicas'], maxReplicas, 'must be greater than or equal to 1');
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    c.invalid(['spec', 'maxReplicas'], maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  checkReference(c, spec?.scaleTargetRef, 'spec.scaleTargetRef');
  for (const [i, metric] of (spec?.metrics ?? []).entries()) checkMetric(c, metric, `spec.metrics[${i}]`);
  checkRules(c, spec?.behavior?.scaleUp, 'spec.behavior.scaleUp');
  checkRules(c, spec?.behavior?.scaleDown, 'spec.behavior.scaleDown');
}

export const hpaStrategy: Strategy<Hpa> = {
  ...withStatus({ generation: false }),
  default: setDefaults,
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, _old, ctx) => (ctx.subresource === 'status' ? [] : collect((c) => check(c, obj))),
};
