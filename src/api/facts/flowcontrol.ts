import type { GroupFacts } from './parse.ts';

export const flowcontrolFacts: GroupFacts = {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  alias: 'flowcontrol.v1',
  openApiPrefix: 'io.k8s.api.flowcontrol.v1',
  text: `
string ConditionStatus
string FlowDistinguisherMethodType
string FlowSchemaConditionType
string LimitResponseType
string PriorityLevelConfigurationConditionType
string PriorityLevelEnablement
string SubjectKind

kind FlowSchema
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 FlowSchemaSpec
  status? 3 FlowSchemaStatus

kind FlowSchemaList
  metadata? 1 meta.v1.ListMeta
  items 2 []FlowSchema

type FlowSchemaSpec
  priorityLevelConfiguration 1 PriorityLevelConfigurationReference
  matchingPrecedence? 2 int32
  distinguisherMethod? 3 *FlowDistinguisherMethod
  rules? 4 []PolicyRulesWithSubjects

type FlowDistinguisherMethod
  type 1 FlowDistinguisherMethodType

type PriorityLevelConfigurationReference
  name 1 string

type PolicyRulesWithSubjects
  subjects 1 []Subject
  resourceRules? 2 []ResourcePolicyRule
  nonResourceRules? 3 []NonResourcePolicyRule

type Subject
  kind 1 SubjectKind
  user? 2 *UserSubject
  group? 3 *GroupSubject
  serviceAccount? 4 *ServiceAccountSubject

type UserSubject
  name 1 string

type GroupSubject
  name 1 string

type ServiceAccountSubject
  namespace 1 string
  name 2 string

type ResourcePolicyRule
  verbs 1 []string list=set
  apiGroups 2 []string list=set
  resources 3 []string list=set
  clusterScope? 4 bool
  namespaces? 5 []string list=set

type NonResourcePolicyRule
  verbs 1 []string list=set
  nonResourceURLs 6 []string list=set

type FlowSchemaStatus
  conditions? 1 []FlowSchemaCondition patch=merge key=type list=map:type

type FlowSchemaCondition
  type? 1 FlowSchemaConditionType
  status? 2 ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

kind PriorityLevelConfiguration
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PriorityLevelConfigurationSpec
  status? 3 PriorityLevelConfigurationStatus

kind PriorityLevelConfigurationList
  metadata? 1 meta.v1.ListMeta
  items 2 []PriorityLevelConfiguration

type PriorityLevelConfigurationSpec
  type 1 PriorityLevelEnablement
  limited? 2 *LimitedPriorityLevelConfiguration
  exempt? 3 *ExemptPriorityLevelConfiguration

type LimitedPriorityLevelConfiguration
  nominalConcurrencyShares? 1 *int32
  limitResponse? 2 LimitResponse
  lendablePercent? 3 *int32
  borrowingLimitPercent? 4 *int32

type ExemptPriorityLevelConfiguration
  nominalConcurrencyShares? 1 *int32
  lendablePercent? 2 *int32

type LimitResponse
  type 1 LimitResponseType
  queuing? 2 *QueuingConfiguration

type QueuingConfiguration
  queues? 1 int32
  handSize? 2 int32
  queueLengthLimit? 3 int32

type PriorityLevelConfigurationStatus
  conditions? 1 []PriorityLevelConfigurationCondition patch=merge key=type list=map:type

type PriorityLevelConfigurationCondition
  type? 1 PriorityLevelConfigurationConditionType
  status? 2 ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string
`,
};
