import type { GroupFacts } from './parse.ts';

export const storageFacts: GroupFacts = {
  group: 'storage.k8s.io',
  version: 'v1',
  alias: 'storage.v1',
  openApiPrefix: 'io.k8s.api.storage.v1',
  text: `
enum VolumeBindingMode Immediate WaitForFirstConsumer
string FSGroupPolicy
string VolumeLifecycleMode

kind StorageClass
  metadata? 1 meta.v1.ObjectMeta
  provisioner 2 string
  parameters? 3 {}string
  reclaimPolicy? 4 *core.v1.PersistentVolumeReclaimPolicy
  mountOptions? 5 []string
  allowVolumeExpansion? 6 *bool
  volumeBindingMode? 7 *VolumeBindingMode
  allowedTopologies? 8 []core.v1.TopologySelectorTerm

kind StorageClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []StorageClass

kind VolumeAttachment
  metadata? 1 meta.v1.ObjectMeta
  spec 2 VolumeAttachmentSpec
  status? 3 VolumeAttachmentStatus

kind VolumeAttachmentList
  metadata? 1 meta.v1.ListMeta
  items 2 []VolumeAttachment

type VolumeAttachmentSpec
  attacher 1 string
  source 2 VolumeAttachmentSource
  nodeName 3 string

type VolumeAttachmentSource
  persistentVolumeName? 1 *string
  inlineVolumeSpec? 2 *core.v1.PersistentVolumeSpec

type VolumeAttachmentStatus
  attached 1 bool
  attachmentMetadata? 2 {}string
  attachError? 3 *VolumeError
  detachError? 4 *VolumeError

type VolumeError
  time? 1 time
  message? 2 string
  errorCode? 3 *int32

kind CSIDriver
  metadata? 1 meta.v1.ObjectMeta
  spec 2 CSIDriverSpec

kind CSIDriverList
  metadata? 1 meta.v1.ListMeta
  items 2 []CSIDriver

type CSIDriverSpec
  attachRequired? 1 *bool
  podInfoOnMount? 2 *bool
  volumeLifecycleModes? 3 []VolumeLifecycleMode list=set
  storageCapacity? 4 *bool
  fsGroupPolicy? 5 *FSGroupPolicy
  tokenRequests? 6 []TokenRequest
  requiresRepublish? 7 *bool
  seLinuxMount? 8 *bool
  nodeAllocatableUpdatePeriodSeconds? 9 *int64
  serviceAccountTokenInSecrets? 10 *bool
  preventPodSchedulingIfMissing? 11 *bool

type TokenRequest
  audience 1 string
  expirationSeconds? 2 *int64

kind CSINode
  metadata? 1 meta.v1.ObjectMeta
  spec 2 CSINodeSpec

type CSINodeSpec
  drivers 1 []CSINodeDriver patch=merge key=name list=map:name

type CSINodeDriver
  name 1 string
  nodeID 2 string
  topologyKeys? 3 []string
  allocatable? 4 *VolumeNodeResources

type VolumeNodeResources
  count? 1 *int32

kind CSINodeList
  metadata? 1 meta.v1.ListMeta
  items 2 []CSINode

kind CSIStorageCapacity
  metadata? 1 meta.v1.ObjectMeta
  nodeTopology? 2 *meta.v1.LabelSelector
  storageClassName 3 string
  capacity? 4 *quantity
  maximumVolumeSize? 5 *quantity

kind CSIStorageCapacityList
  metadata? 1 meta.v1.ListMeta
  items 2 []CSIStorageCapacity

kind VolumeAttributesClass
  metadata? 1 meta.v1.ObjectMeta
  driverName 2 string
  parameters? 3 {}string

kind VolumeAttributesClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []VolumeAttributesClass
`,
};
