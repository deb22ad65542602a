import type { GroupFacts } from './parse.ts';

export const autoscalingV1Facts: GroupFacts = {
  group: 'autoscaling',
  version: 'v1',
  alias: 'autoscaling.v1',
  openApiPrefix: 'io.k8s.api.autoscaling.v1',
  text: `
enum MetricSourceType ContainerResource External Object Pods Resource
string HorizontalPodAutoscalerConditionType

type CrossVersionObjectReference atomic
  kind 1 string
  name 2 string
  apiVersion? 3 string

type HorizontalPodAutoscalerSpec
  scaleTargetRef 1 CrossVersionObjectReference
  minReplicas? 2 *int32
  maxReplicas 3 int32
  targetCPUUtilizationPercentage? 4 *int32

type HorizontalPodAutoscalerStatus
  observedGeneration? 1 *int64
  lastScaleTime? 2 *time
  currentReplicas 3 int32
  desiredReplicas 4 int32
  currentCPUUtilizationPercentage? 5 *int32

kind HorizontalPodAutoscaler
  metadata? 1 meta.v1.ObjectMeta
  spec 2 HorizontalPodAutoscalerSpec
  status? 3 HorizontalPodAutoscalerStatus

kind HorizontalPodAutoscalerList
  metadata? 1 meta.v1.ListMeta
  items 2 []HorizontalPodAutoscaler

kind Scale
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ScaleSpec
  status? 3 ScaleStatus

type ScaleSpec
  replicas? 1 int32 default=0

type ScaleStatus
  replicas 1 int32
  selector? 2 string

type MetricSpec
  type 1 MetricSourceType
  object? 2 *ObjectMetricSource
  pods? 3 *PodsMetricSource
  resource? 4 *ResourceMetricSource
  containerResource? 7 *ContainerResourceMetricSource
  external? 5 *ExternalMetricSource

type ObjectMetricSource
  target 1 CrossVersionObjectReference
  metricName 2 string
  targetValue 3 quantity
  selector? 4 *meta.v1.LabelSelector
  averageValue? 5 *quantity

type PodsMetricSource
  metricName 1 string
  targetAverageValue 2 quantity
  selector? 3 *meta.v1.LabelSelector

type ResourceMetricSource
  name 1 core.v1.ResourceName
  targetAverageUtilization? 2 *int32
  targetAverageValue? 3 *quantity

type ContainerResourceMetricSource
  name 1 core.v1.ResourceName
  targetAverageUtilization? 2 *int32
  targetAverageValue? 3 *quantity
  container 5 string

type ExternalMetricSource
  metricName 1 string
  metricSelector? 2 *meta.v1.LabelSelector
  targetValue? 3 *quantity
  targetAverageValue? 4 *quantity

type MetricStatus
  type 1 MetricSourceType
  object? 2 *ObjectMetricStatus
  pods? 3 *PodsMetricStatus
  resource? 4 *ResourceMetricStatus
  containerResource? 7 *ContainerResourceMetricStatus
  external? 5 *ExternalMetricStatus

type HorizontalPodAutoscalerCondition
  type 1 HorizontalPodAutoscalerConditionType
  status 2 core.v1.ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

type ObjectMetricStatus
  target 1 CrossVersionObjectReference
  metricName 2 string
  currentValue 3 quantity
  selector? 4 *meta.v1.LabelSelector
  averageValue? 5 *quantity

type PodsMetricStatus
  metricName 1 string
  currentAverageValue 2 quantity
  selector? 3 *meta.v1.LabelSelector

type ResourceMetricStatus
  name 1 core.v1.ResourceName
  currentAverageUtilization? 2 *int32
  currentAverageValue 3 quantity

type ContainerResourceMetricStatus
  name 1 core.v1.ResourceName
  currentAverageUtilization? 2 *int32
  currentAverageValue 3 quantity
  container 4 string

type ExternalMetricStatus
  metricName 1 string
  metricSelector? 2 *meta.v1.LabelSelector
  currentValue 3 quantity
  currentAverageValue? 4 *quantity
`,
};
