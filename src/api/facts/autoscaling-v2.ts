import type { GroupFacts } from './parse.ts';

export const autoscalingV2Facts: GroupFacts = {
  group: 'autoscaling',
  version: 'v2',
  alias: 'autoscaling.v2',
  openApiPrefix: 'io.k8s.api.autoscaling.v2',
  text: `
string HPAScalingPolicyType
string HorizontalPodAutoscalerConditionType
string MetricSourceType
string MetricTargetType
string ScalingPolicySelect

kind HorizontalPodAutoscaler
  metadata? 1 meta.v1.ObjectMeta
  spec 2 HorizontalPodAutoscalerSpec
  status? 3 HorizontalPodAutoscalerStatus

type HorizontalPodAutoscalerSpec
  scaleTargetRef 1 CrossVersionObjectReference
  minReplicas? 2 *int32
  maxReplicas 3 int32
  metrics? 4 []MetricSpec
  behavior? 5 *HorizontalPodAutoscalerBehavior

type CrossVersionObjectReference
  kind 1 string
  name 2 string
  apiVersion? 3 string

type MetricSpec
  type 1 MetricSourceType
  object? 2 *ObjectMetricSource
  pods? 3 *PodsMetricSource
  resource? 4 *ResourceMetricSource
  containerResource? 7 *ContainerResourceMetricSource
  external? 5 *ExternalMetricSource

type HorizontalPodAutoscalerBehavior
  scaleUp? 1 *HPAScalingRules
  scaleDown? 2 *HPAScalingRules

type HPAScalingRules
  stabilizationWindowSeconds? 3 *int32
  selectPolicy? 1 *ScalingPolicySelect
  policies? 2 []HPAScalingPolicy
  tolerance? 4 *quantity

type HPAScalingPolicy
  type 1 HPAScalingPolicyType
  value 2 int32
  periodSeconds 3 int32

type ObjectMetricSource
  describedObject 1 CrossVersionObjectReference
  target 2 MetricTarget
  metric 3 MetricIdentifier

type PodsMetricSource
  metric 1 MetricIdentifier
  target 2 MetricTarget

type ResourceMetricSource
  name 1 core.v1.ResourceName
  target 2 MetricTarget

type ContainerResourceMetricSource
  name 1 core.v1.ResourceName
  target 2 MetricTarget
  container 3 string

type ExternalMetricSource
  metric 1 MetricIdentifier
  target 2 MetricTarget

type MetricIdentifier
  name 1 string
  selector? 2 *meta.v1.LabelSelector

type MetricTarget
  type 1 MetricTargetType
  value? 2 *quantity
  averageValue? 3 *quantity
  averageUtilization? 4 *int32

type HorizontalPodAutoscalerStatus
  observedGeneration? 1 *int64
  lastScaleTime? 2 *time
  currentReplicas? 3 int32
  desiredReplicas 4 int32
  currentMetrics? 5 []MetricStatus
  conditions? 6 []HorizontalPodAutoscalerCondition patch=merge key=type list=map:type

type HorizontalPodAutoscalerCondition
  type 1 HorizontalPodAutoscalerConditionType
  status 2 core.v1.ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

type MetricStatus
  type 1 MetricSourceType
  object? 2 *ObjectMetricStatus
  pods? 3 *PodsMetricStatus
  resource? 4 *ResourceMetricStatus
  containerResource? 7 *ContainerResourceMetricStatus
  external? 5 *ExternalMetricStatus

type ObjectMetricStatus
  metric 1 MetricIdentifier
  current 2 MetricValueStatus
  describedObject 3 CrossVersionObjectReference

type PodsMetricStatus
  metric 1 MetricIdentifier
  current 2 MetricValueStatus

type ResourceMetricStatus
  name 1 core.v1.ResourceName
  current 2 MetricValueStatus

type ContainerResourceMetricStatus
  name 1 core.v1.ResourceName
  current 2 MetricValueStatus
  container 3 string

type ExternalMetricStatus
  metric 1 MetricIdentifier
  current 2 MetricValueStatus

type MetricValueStatus
  value? 1 *quantity
  averageValue? 2 *quantity
  averageUtilization? 3 *int32

kind HorizontalPodAutoscalerList
  metadata? 1 meta.v1.ListMeta
  items 2 []HorizontalPodAutoscaler
`,
};
