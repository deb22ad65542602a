import type { GroupFacts } from './parse.ts';

export const policyFacts: GroupFacts = {
  group: 'policy',
  version: 'v1',
  alias: 'policy.v1',
  openApiPrefix: 'io.k8s.api.policy.v1',
  text: `
enum UnhealthyPodEvictionPolicyType AlwaysAllow IfHealthyBudget

type PodDisruptionBudgetSpec
  minAvailable? 1 *intOrString
  selector? 2 *meta.v1.LabelSelector patch=replace
  maxUnavailable? 3 *intOrString
  unhealthyPodEvictionPolicy? 4 *UnhealthyPodEvictionPolicyType

type PodDisruptionBudgetStatus
  observedGeneration? 1 int64
  disruptedPods? 2 {}time
  disruptionsAllowed? 3 int32 zero=shown
  currentHealthy? 4 int32 zero=shown
  desiredHealthy? 5 int32 zero=shown
  expectedPods? 6 int32 zero=shown
  conditions? 7 []meta.v1.Condition patch=merge key=type list=map:type

kind PodDisruptionBudget
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PodDisruptionBudgetSpec
  status? 3 PodDisruptionBudgetStatus

kind PodDisruptionBudgetList
  metadata? 1 meta.v1.ListMeta
  items 2 []PodDisruptionBudget

kind Eviction
  metadata? 1 meta.v1.ObjectMeta
  deleteOptions? 2 *meta.v1.DeleteOptions
`,
};
