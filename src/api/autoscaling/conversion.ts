import { getKey, type KubeObject, setKey, withoutKey } from '../../apimachinery/index.ts';
import type {
  AutoscalingV1HorizontalPodAutoscaler as HpaV1,
  AutoscalingV1MetricSpec as MetricSpecV1,
  AutoscalingV1MetricStatus as MetricStatusV1,
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
} from '../types.gen.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsKey = `${prefix}metrics`;
const currentMetricsKey = `${prefix}current-metrics`;
const conditionsKey = `${prefix}conditions`;
const behaviorKey = `${prefix}behavior`;

/** Leaves undefined properties out. */
function defined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function target(value: string | undefined, average: string | undefined, utilization?: number): MetricTarget {
  const type = utilization !== undefined ? 'Utilization' : average !== undefined ? 'AverageValue' : 'Value';
  return defined<MetricTarget>({ type, value: average === undefined ? value : undefined, averageValue: average, averageUtilization: utilization });
}

/** A metric as the annotations of autoscaling/v1 hold it. */
function specToV1(m: MetricSpec): MetricSpecV1 {
  const { type, object, pods, resource, containerResource, external } = m;
  const res = (r: NonNullable<typeof resource>) => ({
    name: r.name,
    ...(r.target.averageUtilization === undefined ? {} : { targetAverageUtilization: r.target.averageUtilization }),
    ...(r.target.averageValue === undefined ? {} : { targetAverageValue: r.target.averageValue }),
  });
  return defined<MetricSpecV1>({
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric.name,
      targetValue: object.target.value ?? '0',
      ...(object.metric.selector ? { selector: object.metric.selector } : {}),
      ...(object.target.averageValue === undefined ? {} : { averageValue: object.target.averageValue }),
    },
    pods: pods && {
      metricName: pods.metric.name,
      targetAverageValue: pods.target.averageValue ?? '0',
      ...(pods.metric.selector ? { selector: pods.metric.selector } : {}),
    },
    resource: resource && res(resource),
    containerResource: containerResource && { ...res(containerResource), container: containerResource.container },
    external: external && {
      metricName: external.metric.name,
      ...(external.metric.selector ? { metricSelector: external.metric.selector } : {}),
      ...(external.target.value === undefined ? {} : { targetValue: external.target.value }),
      ...(external.target.averageValue === undefined ? {} : { targetAverageValue: external.target.averageValue }),
    },
  });
}

function specFromV1(m: MetricSpecV1): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = m;
  const metric = (name: string, selector: NonNullable<typeof pods>['selector']) => (selector ? { name, selector } : { name });
  return defined<MetricSpec>({
    type,
    object: object && {
      describedObject: object.target,
      target: target(object.targetValue, object.averageValue),
      metric: metric(object.metricName, object.selector),
    },
    pods: pods && { metric: metric(pods.metricName, pods.selector), target: target(undefined, pods.targetAverageValue) },
    resource: resource && { name: resource.name, target: target(undefined, resource.targetAverageValue, resource.targetAverageUtilization) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      target: target(undefined, containerResource.targetAverageValue, containerResource.targetAverageUtilization),
    },
    external: external && {
      metric: metric(external.metricName, external.metricSelector),
      target: target(external.targetValue, external.targetAverageValue),
    },
  });
}

function statusToV1(m: MetricStatus): MetricStatusV1 {
  const { type, object, pods, resource, containerResource, external } = m;
  const res = (r: NonNullable<typeof resource>) => ({
    name: r.name,
    currentAverageValue: r.current.averageValue ?? '0',
    ...(r.current.averageUtilization === undefined ? {} : { currentAverageUtilization: r.current.averageUtilization }),
  });
  return defined<MetricStatusV1>({
    type,
    object: object && { target: object.describedObject, metricName: object.metric.name, currentValue: object.current.value ?? '0' },
    pods: pods && { metricName: pods.metric.name, currentAverageValue: pods.current.averageValue ?? '0' },
    resource: resource && res(resource),
    containerResource: containerResource && { ...res(containerResource), container: containerResource.container },
    external: external && { metricName: external.metric.name, currentValue: external.current.value ?? '0' },
  });
}

function statusFromV1(m: MetricStatusV1): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = m;
  const res = (r: NonNullable<typeof resource>) => ({
    name: r.name,
    current: defined<MetricStatus['resource'] & object>({
      averageValue: r.currentAverageValue,
      averageUtilization: r.currentAverageUtilization,
    } as never) as never,
  });
  return defined<MetricStatus>({
    type,
    object: object && { describedObject: object.target, metric: { name: object.metricName }, current: { value: object.currentValue } },
    pods: pods && { metric: { name: pods.metricName }, current: { averageValue: pods.currentAverageValue } },
    resource: resource && res(resource),
    containerResource: containerResource && { ...res(containerResource), container: containerResource.container },
    external: external && { metric: { name: external.metricName }, current: { value: external.currentValue } },
  });
}

const isCpuUtilization = (m: MetricSpec): boolean =>
  m.type === 'Resource' && m.resource?.name === 'cpu' && m.resource.target.averageUtilization !== undefined;
const isCpuStatus = (m: MetricStatus): boolean =>
  m.type === 'Resource' && m.resource?.name === 'cpu' && m.resource.current.averageUtilization !== undefined;

function parsed<T>(annotations: Readonly<Record<string, string>> | undefined, key: string): T | undefined {
  const text = getKey(annotations, key);
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** autoscaling/v1 to v2, in which autoscalers are stored: what v1 cannot say comes from annotations. */
export function toV2(obj: KubeObject): HorizontalPodAutoscaler {
  const { metadata, spec, status } = obj as HpaV1;
  const annotations = metadata?.annotations;
  const cpu = spec?.targetCPUUtilizationPercentage;
  const others = (parsed<MetricSpecV1[]>(annotations, metricsKey) ?? []).map(specFromV1);
  const metrics: MetricSpec[] =
    cpu === undefined
      ? others
      : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }, ...others];
  const behavior = parsed<NonNullable<HorizontalPodAutoscaler['spec']['behavior']>>(annotations, behaviorKey);
  const current = (parsed<MetricStatusV1[]>(annotations, currentMetricsKey) ?? []).map(statusFromV1);
  const conditions = parsed<NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>>(annotations, conditionsKey);
  const { targetCPUUtilizationPercentage: _cpu, ...rest } = spec ?? {};
  const { currentCPUUtilizationPercentage: used, ...restStatus } = status ?? {};
  if (used !== undefined) current.unshift({ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } });
  const bare = [metricsKey, behaviorKey, currentMetricsKey, conditionsKey].reduce((a, key) => withoutKey(a, key), annotations ?? {});
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: annotations ? { ...metadata, annotations: bare } : { ...metadata },
    spec: { ...rest, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior ? { behavior } : {}) } as HorizontalPodAutoscaler['spec'],
    ...(status
      ? {
          status: {
            ...restStatus,
            ...(current.length > 0 ? { currentMetrics: current } : {}),
            ...(conditions ? { conditions } : {}),
          } as NonNullable<HorizontalPodAutoscaler['status']>,
        }
      : {}),
  };
}

/** autoscaling/v2 to v1: what v1 cannot say goes into annotations. */
export function fromV2(obj: HorizontalPodAutoscaler): HpaV1 {
  const { metrics = [], behavior, ...spec } = obj.spec ?? {};
  const { currentMetrics = [], conditions, ...status } = obj.status ?? {};
  const cpu = metrics.find(isCpuUtilization)?.resource?.target.averageUtilization;
  const used = currentMetrics.find(isCpuStatus)?.resource?.current.averageUtilization;
  const annotations: Record<string, string> = { ...obj.metadata?.annotations };
  const note = (key: string, value: readonly unknown[] | object | undefined) => {
    if (value !== undefined && (!Array.isArray(value) || value.length > 0)) setKey(annotations, key, JSON.stringify(value));
  };
  note(metricsKey, metrics.filter((m) => m !== metrics.find(isCpuUtilization)).map(specToV1));
  note(behaviorKey, behavior);
  note(currentMetricsKey, currentMetrics.filter((m) => m !== currentMetrics.find(isCpuStatus)).map(statusToV1));
  note(conditionsKey, conditions);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { ...obj.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) } as HpaV1['spec'],
    ...(obj.status
      ? { status: { ...status, ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }) } as NonNullable<HpaV1['status']> }
      : {}),
  };
}
