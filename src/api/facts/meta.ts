import type { GroupFacts } from './parse.ts';

export const metaFacts: GroupFacts = {
  group: 'meta.k8s.io',
  version: 'v1',
  alias: 'meta.v1',
  openApiPrefix: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  text: `
string CauseType
string ConditionStatus
string DeletionPropagation
string FieldSelectorOperator
string IncludeObjectPolicy
string LabelSelectorOperator
string ManagedFieldsOperationType
string ResourceVersionMatch
string RowConditionType
string StatusReason

type ListMeta
  selfLink? 1 string
  resourceVersion? 2 string
  continue? 3 string
  remainingItemCount? 4 *int64
  shardInfo? 5 *ShardInfo

type ShardInfo
  selector 1 string

type ObjectMeta
  name? 1 string
  generateName? 2 string
  namespace? 3 string
  selfLink? 4 string
  uid? 5 string
  resourceVersion? 6 string
  generation? 7 int64
  creationTimestamp? 8 time
  deletionTimestamp? 9 *time
  deletionGracePeriodSeconds? 10 *int64
  labels? 11 {}string
  annotations? 12 {}string
  ownerReferences? 13 []OwnerReference patch=merge key=uid list=map:uid
  finalizers? 14 []string patch=merge list=set
  managedFields? 17 []ManagedFieldsEntry

type OwnerReference atomic
  apiVersion 5 string
  kind 1 string
  name 3 string
  uid 4 string
  controller? 6 *bool
  blockOwnerDeletion? 7 *bool

kind ListOptions
  labelSelector? 1 string
  fieldSelector? 2 string
  watch? 3 bool
  allowWatchBookmarks? 9 bool
  resourceVersion? 4 string
  resourceVersionMatch? 10 ResourceVersionMatch
  timeoutSeconds? 5 *int64
  limit? 7 int64
  continue? 8 string
  sendInitialEvents? 11 *bool
  shardSelector? 15 string

kind GetOptions
  resourceVersion? 1 string

kind DeleteOptions
  gracePeriodSeconds? 1 *int64
  preconditions? 2 *Preconditions
  orphanDependents? 3 *bool
  propagationPolicy? 4 *DeletionPropagation
  dryRun? 5 []string
  ignoreStoreReadErrorWithClusterBreakingPotential? 6 *bool

kind CreateOptions
  dryRun? 1 []string
  fieldManager? 3 string
  fieldValidation? 4 string

kind PatchOptions
  dryRun? 1 []string
  force? 2 *bool
  fieldManager? 3 string
  fieldValidation? 4 string

kind ApplyOptions
  dryRun? 1 []string
  force 2 bool
  fieldManager 3 string

kind UpdateOptions
  dryRun? 1 []string
  fieldManager? 2 string
  fieldValidation? 3 string

type Preconditions
  uid? 1 *string
  resourceVersion? 2 *string

kind Status
  metadata? 1 ListMeta
  status? 2 string
  message? 3 string
  reason? 4 StatusReason
  details? 5 *StatusDetails
  code? 6 int32

type StatusDetails
  name? 1 string
  group? 2 string
  kind? 3 string
  uid? 6 string
  causes? 4 []StatusCause
  retryAfterSeconds? 5 int32

type StatusCause
  reason? 1 CauseType
  message? 2 string
  field? 3 string

kind List
  metadata? 1 ListMeta
  items 2 []any

kind APIVersions
  versions 1 []string
  serverAddressByClientCIDRs 2 []ServerAddressByClientCIDR

kind APIGroupList
  groups 1 []APIGroup

kind APIGroup
  name 1 string
  versions 2 []GroupVersionForDiscovery
  preferredVersion? 3 GroupVersionForDiscovery
  serverAddressByClientCIDRs? 4 []ServerAddressByClientCIDR

type ServerAddressByClientCIDR
  clientCIDR 1 string
  serverAddress 2 string

type GroupVersionForDiscovery
  groupVersion 1 string
  version 2 string

type APIResource
  name 1 string
  singularName 6 string
  namespaced 2 bool
  group? 8 string
  version? 9 string
  kind 3 string
  verbs 4 (items)[]string
  shortNames? 5 []string
  categories? 7 []string
  storageVersionHash? 10 string

kind APIResourceList
  groupVersion 1 string
  resources 2 []APIResource

type RootPaths
  paths 1 []string

type LabelSelector atomic
  matchLabels? 1 {}string
  matchExpressions? 2 []LabelSelectorRequirement

type LabelSelectorRequirement
  key 1 string
  operator 2 LabelSelectorOperator
  values? 3 []string

type FieldSelectorRequirement
  key 1 string
  operator 2 FieldSelectorOperator
  values? 3 []string

type ManagedFieldsEntry
  manager? 1 string
  operation? 2 ManagedFieldsOperationType
  apiVersion? 3 string
  time? 4 *time
  fieldsType? 6 string
  fieldsV1? 7 *any
  subresource? 8 string

kind Table
  metadata? - ListMeta
  columnDefinitions - []TableColumnDefinition
  rows - []TableRow

type TableColumnDefinition
  name - string
  type - string
  format - string
  description - string
  priority - int32

type TableRow
  cells - []any
  conditions? - []TableRowCondition
  object? - any

type TableRowCondition
  type - RowConditionType
  status - ConditionStatus
  reason? - string
  message? - string

kind TableOptions
  includeObject? 1 IncludeObjectPolicy

kind PartialObjectMetadata
  metadata? 1 ObjectMeta

kind PartialObjectMetadataList
  metadata? 1 ListMeta
  items 2 []PartialObjectMetadata

type Condition
  type 1 string
  status 2 ConditionStatus
  observedGeneration? 3 int64
  lastTransitionTime 4 time
  reason 5 string
  message 6 string

type GroupVersionKind
  group 1 string
  version 2 string
  kind 3 string

type GroupVersionResource
  group 1 string
  version 2 string
  resource 3 string

type GroupKind
  group 1 string
  kind 2 string

type GroupResource
  group 1 string
  resource 2 string

type GroupVersion
  group 1 string
  version 2 string

type WatchEvent
  type 1 string
  object 2 any
`,
};
