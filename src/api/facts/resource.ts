import type { GroupFacts } from './parse.ts';

export const resourceFacts: GroupFacts = {
  group: 'resource.k8s.io',
  version: 'v1',
  alias: 'resource.v1',
  openApiPrefix: 'io.k8s.api.resource.v1',
  text: `
enum AllocationConfigSource FromClaim FromClass
enum DeviceAllocationMode 
enum DeviceTaintEffect NoExecute NoSchedule None
enum DeviceTolerationOperator Equal Exists
string FullyQualifiedName
string QualifiedName

kind ResourceSlice
  metadata? 1 meta.v1.ObjectMeta
  spec 2 ResourceSliceSpec

type ResourceSliceSpec
  driver 1 string
  pool 2 ResourcePool
  nodeName? 3 *string
  nodeSelector? 4 *core.v1.NodeSelector
  allNodes? 5 *bool
  devices? 6 []Device
  perDeviceNodeSelection? 7 *bool
  sharedCounters? 8 []CounterSet

type CounterSet
  name 1 string
  counters 2 {}Counter

type ResourcePool
  name 1 string
  generation 2 int64
  resourceSliceCount 3 int64

type Device
  name 1 string
  attributes? 2 {}DeviceAttribute
  capacity? 3 {}DeviceCapacity
  consumesCounters? 4 []DeviceCounterConsumption
  nodeName? 5 *string
  nodeSelector? 6 *core.v1.NodeSelector
  allNodes? 7 *bool
  taints? 8 []DeviceTaint
  bindsToNode? 9 *bool
  bindingConditions? 10 []string
  bindingFailureConditions? 11 []string
  allowMultipleAllocations? 12 *bool
  nodeAllocatableResourceMappings? 13 {}NodeAllocatableResourceMapping

type NodeAllocatableResourceMapping
  capacityKey? 1 *QualifiedName
  allocationMultiplier? 2 *quantity

type DeviceCounterConsumption
  counterSet 1 string
  counters 2 {}Counter

type DeviceCapacity
  value 1 quantity
  requestPolicy? 2 *CapacityRequestPolicy

type Counter
  value 1 quantity

type CapacityRequestPolicy
  default? 1 *quantity
  validValues? 3 []quantity
  validRange? 4 *CapacityRequestPolicyRange

type CapacityRequestPolicyRange
  min 1 *quantity
  max? 2 *quantity
  step? 3 *quantity

type DeviceAttribute
  int? 2 *int64
  bool? 3 *bool
  string? 4 *string
  version? 5 *string
  ints? 6 []int64
  bools? 7 []bool
  strings? 8 []string
  versions? 9 []string

type DeviceTaint
  key 1 string
  value? 2 string
  effect 3 DeviceTaintEffect
  timeAdded? 4 *time

kind ResourceSliceList
  metadata? 1 meta.v1.ListMeta
  items 2 []ResourceSlice

kind ResourceClaim
  metadata? 1 meta.v1.ObjectMeta
  spec 2 ResourceClaimSpec
  status? 3 ResourceClaimStatus

type ResourceClaimSpec
  devices? 1 DeviceClaim

type DeviceClaim
  requests? 1 []DeviceRequest
  constraints? 2 []DeviceConstraint
  config? 3 []DeviceClaimConfiguration

type DeviceRequest
  name 1 string
  exactly? 2 *ExactDeviceRequest
  firstAvailable? 3 []DeviceSubRequest

type ExactDeviceRequest
  deviceClassName 1 string
  selectors? 2 []DeviceSelector
  allocationMode? 3 DeviceAllocationMode
  count? 4 int64
  adminAccess? 5 *bool
  tolerations? 6 []DeviceToleration
  capacity? 7 *CapacityRequirements

type DeviceSubRequest
  name 1 string
  deviceClassName 2 string
  selectors? 3 []DeviceSelector
  allocationMode? 4 DeviceAllocationMode
  count? 5 int64
  tolerations? 6 []DeviceToleration
  capacity? 7 *CapacityRequirements

type CapacityRequirements
  requests? 1 {}quantity

type DeviceSelector
  cel? 1 *CELDeviceSelector

type CELDeviceSelector
  expression 1 string

type DeviceConstraint
  requests? 1 []string
  matchAttribute? 2 *FullyQualifiedName
  distinctAttribute? 3 *FullyQualifiedName

type DeviceClaimConfiguration
  requests? 1 []string
  ... 2 DeviceConfiguration

type DeviceConfiguration
  opaque? 1 *OpaqueDeviceConfiguration

type OpaqueDeviceConfiguration
  driver 1 string
  parameters 2 any

type DeviceToleration
  key? 1 string
  operator? 2 DeviceTolerationOperator default="Equal"
  value? 3 string
  effect? 4 DeviceTaintEffect
  tolerationSeconds? 5 *int64

type ResourceClaimStatus
  allocation? 1 *AllocationResult
  reservedFor? 2 []ResourceClaimConsumerReference patch=merge key=uid list=map:uid
  devices? 4 []AllocatedDeviceStatus list=map:driver,device,pool,shareID

type ResourceClaimConsumerReference
  apiGroup? 1 string
  resource 3 string
  name 4 string
  uid 5 string

type AllocationResult
  devices? 1 DeviceAllocationResult
  nodeSelector? 3 *core.v1.NodeSelector
  allocationTimestamp? 5 *time

type DeviceAllocationResult
  results? 1 []DeviceRequestAllocationResult
  config? 2 []DeviceAllocationConfiguration

type DeviceRequestAllocationResult
  request 1 string
  driver 2 string
  pool 3 string
  device 4 string
  adminAccess? 5 *bool
  tolerations? 6 []DeviceToleration
  bindingConditions? 7 []string
  bindingFailureConditions? 8 []string
  shareID? 9 *string
  consumedCapacity? 10 {}quantity

type DeviceAllocationConfiguration
  source 1 AllocationConfigSource
  requests? 2 []string
  ... 3 DeviceConfiguration

kind ResourceClaimList
  metadata? 1 meta.v1.ListMeta
  items 2 []ResourceClaim

kind DeviceClass
  metadata? 1 meta.v1.ObjectMeta
  spec 2 DeviceClassSpec

type DeviceClassSpec
  selectors? 1 []DeviceSelector
  config? 2 []DeviceClassConfiguration
  extendedResourceName? 4 *string

type DeviceClassConfiguration
  ... 1 DeviceConfiguration

kind DeviceClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []DeviceClass

kind ResourceClaimTemplate
  metadata? 1 meta.v1.ObjectMeta
  spec 2 ResourceClaimTemplateSpec

type ResourceClaimTemplateSpec
  metadata? 1 meta.v1.ObjectMeta
  spec 2 ResourceClaimSpec

kind ResourceClaimTemplateList
  metadata? 1 meta.v1.ListMeta
  items 2 []ResourceClaimTemplate

type AllocatedDeviceStatus
  driver 1 string
  pool 2 string
  device 3 string
  shareID? 7 *string
  conditions? 4 []meta.v1.Condition list=map:type
  data? 5 *any
  networkData? 6 *NetworkDeviceData

type NetworkDeviceData
  interfaceName? 1 string
  ips? 2 []string
  hardwareAddress? 3 string
`,
};
