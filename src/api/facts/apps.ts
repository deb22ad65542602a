import type { GroupFacts } from './parse.ts';

export const appsFacts: GroupFacts = {
  group: 'apps',
  version: 'v1',
  alias: 'apps.v1',
  openApiPrefix: 'io.k8s.api.apps.v1',
  text: `
enum DaemonSetUpdateStrategyType OnDelete RollingUpdate
enum DeploymentStrategyType Recreate RollingUpdate
enum PodManagementPolicyType OrderedReady Parallel
enum StatefulSetUpdateStrategyType OnDelete RollingUpdate
string DaemonSetConditionType
string DeploymentConditionType
string PersistentVolumeClaimRetentionPolicyType
string ReplicaSetConditionType
string StatefulSetConditionType

kind StatefulSet
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 StatefulSetSpec
  status? 3 StatefulSetStatus

type StatefulSetUpdateStrategy
  type? 1 StatefulSetUpdateStrategyType
  rollingUpdate? 2 *RollingUpdateStatefulSetStrategy

type RollingUpdateStatefulSetStrategy
  partition? 1 *int32
  maxUnavailable? 2 *intOrString

type StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted? 1 PersistentVolumeClaimRetentionPolicyType
  whenScaled? 2 PersistentVolumeClaimRetentionPolicyType

type StatefulSetOrdinals
  start? 1 int32

type StatefulSetSpec
  replicas? 1 *int32
  selector 2 *meta.v1.LabelSelector
  template 3 core.v1.PodTemplateSpec
  volumeClaimTemplates? 4 []core.v1.PersistentVolumeClaim
  serviceName? 5 string
  podManagementPolicy? 6 PodManagementPolicyType
  updateStrategy? 7 StatefulSetUpdateStrategy
  revisionHistoryLimit? 8 *int32
  minReadySeconds? 9 int32
  persistentVolumeClaimRetentionPolicy? 10 *StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals? 11 *StatefulSetOrdinals

type StatefulSetStatus
  observedGeneration? 1 int64
  replicas 2 int32
  readyReplicas? 3 int32
  currentReplicas? 4 int32
  updatedReplicas? 5 int32
  currentRevision? 6 string
  updateRevision? 7 string
  collisionCount? 9 *int32
  conditions? 10 []StatefulSetCondition patch=merge key=type list=map:type
  availableReplicas? 11 int32 zero=shown

type StatefulSetCondition
  type 1 StatefulSetConditionType
  status 2 core.v1.ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

kind StatefulSetList
  metadata? 1 meta.v1.ListMeta
  items 2 []StatefulSet

kind Deployment
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 DeploymentSpec
  status? 3 DeploymentStatus

type DeploymentSpec
  replicas? 1 *int32
  selector 2 *meta.v1.LabelSelector
  template 3 core.v1.PodTemplateSpec
  strategy? 4 DeploymentStrategy patch=retainKeys
  minReadySeconds? 5 int32
  revisionHistoryLimit? 6 *int32
  paused? 7 bool
  progressDeadlineSeconds? 9 *int32

type DeploymentStrategy
  type? 1 DeploymentStrategyType
  rollingUpdate? 2 *RollingUpdateDeployment

type RollingUpdateDeployment
  maxUnavailable? 1 *intOrString
  maxSurge? 2 *intOrString

type DeploymentStatus
  observedGeneration? 1 int64
  replicas? 2 int32
  updatedReplicas? 3 int32
  readyReplicas? 7 int32
  availableReplicas? 4 int32
  unavailableReplicas? 5 int32
  terminatingReplicas? 9 *int32
  conditions? 6 []DeploymentCondition patch=merge key=type list=map:type
  collisionCount? 8 *int32

type DeploymentCondition
  type 1 DeploymentConditionType
  status 2 core.v1.ConditionStatus
  lastUpdateTime? 6 time
  lastTransitionTime? 7 time
  reason? 4 string
  message? 5 string

kind DeploymentList
  metadata? 1 meta.v1.ListMeta
  items 2 []Deployment

type DaemonSetUpdateStrategy
  type? 1 DaemonSetUpdateStrategyType
  rollingUpdate? 2 *RollingUpdateDaemonSet

type RollingUpdateDaemonSet
  maxUnavailable? 1 *intOrString
  maxSurge? 2 *intOrString

type DaemonSetSpec
  selector 1 *meta.v1.LabelSelector
  template 2 core.v1.PodTemplateSpec
  updateStrategy? 3 DaemonSetUpdateStrategy
  minReadySeconds? 4 int32
  revisionHistoryLimit? 6 *int32

type DaemonSetStatus
  currentNumberScheduled 1 int32
  numberMisscheduled 2 int32
  desiredNumberScheduled 3 int32
  numberReady 4 int32
  observedGeneration? 5 int64
  updatedNumberScheduled? 6 int32
  numberAvailable? 7 int32
  numberUnavailable? 8 int32
  collisionCount? 9 *int32
  conditions? 10 []DaemonSetCondition patch=merge key=type list=map:type

type DaemonSetCondition
  type 1 DaemonSetConditionType
  status 2 core.v1.ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

kind DaemonSet
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 DaemonSetSpec
  status? 3 DaemonSetStatus

kind DaemonSetList
  metadata? 1 meta.v1.ListMeta
  items 2 []DaemonSet

kind ReplicaSet
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ReplicaSetSpec
  status? 3 ReplicaSetStatus

kind ReplicaSetList
  metadata? 1 meta.v1.ListMeta
  items 2 []ReplicaSet

type ReplicaSetSpec
  replicas? 1 *int32
  minReadySeconds? 4 int32
  selector 2 *meta.v1.LabelSelector
  template? 3 core.v1.PodTemplateSpec

type ReplicaSetStatus
  replicas 1 int32
  fullyLabeledReplicas? 2 int32
  readyReplicas? 4 int32
  availableReplicas? 5 int32
  terminatingReplicas? 7 *int32
  observedGeneration? 3 int64
  conditions? 6 []ReplicaSetCondition patch=merge key=type list=map:type

type ReplicaSetCondition
  type 1 ReplicaSetConditionType
  status 2 core.v1.ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

kind ControllerRevision
  metadata? 1 meta.v1.ObjectMeta
  data? 2 any
  revision 3 int64

kind ControllerRevisionList
  metadata? 1 meta.v1.ListMeta
  items 2 []ControllerRevision
`,
};
