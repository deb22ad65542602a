import type { GroupFacts } from './parse.ts';

export const coreFacts: GroupFacts = {
  group: '',
  version: 'v1',
  alias: 'core.v1',
  openApiPrefix: 'io.k8s.api.core.v1',
  text: `
enum AppArmorProfileType Localhost RuntimeDefault Unconfined
enum AzureDataDiskCachingMode None ReadOnly ReadWrite
enum AzureDataDiskKind Dedicated Managed Shared
enum ClaimResourceStatus ControllerResizeInProgress ControllerResizeInfeasible NodeResizeInProgress NodeResizeInfeasible NodeResizePending
enum DNSPolicy ClusterFirst ClusterFirstWithHostNet Default None
enum HostPathType "" BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket
enum IPFamily "" IPv4 IPv6
enum IPFamilyPolicy PreferDualStack RequireDualStack SingleStack
enum MountPropagationMode Bidirectional HostToContainer None
enum NamespacePhase Active Terminating
enum NodeInclusionPolicy Honor Ignore
enum NodePhase Pending Running Terminated
enum NodeSelectorOperator DoesNotExist Exists Gt In Lt NotIn
enum PersistentVolumeAccessMode ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod
enum PersistentVolumeClaimModifyVolumeStatus InProgress Infeasible Pending
enum PersistentVolumeClaimPhase Bound Lost Pending
enum PersistentVolumeMode Block Filesystem
enum PersistentVolumePhase Available Bound Failed Pending Released
enum PersistentVolumeReclaimPolicy Delete Recycle Retain
enum PodFSGroupChangePolicy Always OnRootMismatch
enum PodPhase Failed Pending Running Succeeded Unknown
enum PodQOSClass BestEffort Burstable Guaranteed
enum PreemptionPolicy Never PreemptLowerPriority
enum ProcMountType Default Unmasked
enum Protocol SCTP TCP UDP
enum PullPolicy Always IfNotPresent Never
enum ResourceQuotaScope BestEffort CrossNamespacePodAffinity NotBestEffort NotTerminating PriorityClass Terminating VolumeAttributesClass
enum RestartPolicy Always Never OnFailure
enum ScopeSelectorOperator DoesNotExist Exists In NotIn
enum SeccompProfileType Localhost RuntimeDefault Unconfined
enum ServiceAffinity ClientIP None
enum ServiceExternalTrafficPolicy Cluster Local
enum ServiceInternalTrafficPolicy Cluster Local
enum ServiceType ClusterIP ExternalName LoadBalancer NodePort
enum Signal SIGABRT SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMAX SIGRTMAX-1 SIGRTMAX-10 SIGRTMAX-11 SIGRTMAX-12 SIGRTMAX-13 SIGRTMAX-14 SIGRTMAX-2 SIGRTMAX-3 SIGRTMAX-4 SIGRTMAX-5 SIGRTMAX-6 SIGRTMAX-7 SIGRTMAX-8 SIGRTMAX-9 SIGRTMIN SIGRTMIN+1 SIGRTMIN+10 SIGRTMIN+11 SIGRTMIN+12 SIGRTMIN+13 SIGRTMIN+14 SIGRTMIN+15 SIGRTMIN+2 SIGRTMIN+3 SIGRTMIN+4 SIGRTMIN+5 SIGRTMIN+6 SIGRTMIN+7 SIGRTMIN+8 SIGRTMIN+9 SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ
enum SupplementalGroupsPolicy Merge Strict
enum TaintEffect NoExecute NoSchedule PreferNoSchedule
enum TerminationMessagePolicy FallbackToLogsOnError File
enum TolerationOperator Equal Exists Gt Lt
enum URIScheme HTTP HTTPS
enum UnsatisfiableConstraintAction DoNotSchedule ScheduleAnyway
string Capability
string ComponentConditionType
string ConditionStatus
string ContainerRestartPolicy
string ContainerRestartRuleAction
string ContainerRestartRuleOnExitCodesOperator
string FinalizerName
string LimitType
string LoadBalancerIPMode
string NamespaceConditionType
string NodeAddressType
string NodeConditionType
string OSName
string PersistentVolumeClaimConditionType
string PodConditionType
string PodResizeStatus
string PodSELinuxChangePolicy
string RecursiveReadOnlyMode
string ReplicationControllerConditionType
string ResourceHealthStatus
string ResourceID
string ResourceName
string ResourceResizeRestartPolicy
string SecretType
string StorageMedium
string UniqueVolumeName

type Volume
  name 1 string
  ... 2 VolumeSource

type VolumeSource
  hostPath? 1 *HostPathVolumeSource
  emptyDir? 2 *EmptyDirVolumeSource
  gcePersistentDisk? 3 *GCEPersistentDiskVolumeSource
  awsElasticBlockStore? 4 *AWSElasticBlockStoreVolumeSource
  gitRepo? 5 *GitRepoVolumeSource
  secret? 6 *SecretVolumeSource
  nfs? 7 *NFSVolumeSource
  iscsi? 8 *ISCSIVolumeSource
  glusterfs? 9 *GlusterfsVolumeSource
  persistentVolumeClaim? 10 *PersistentVolumeClaimVolumeSource
  rbd? 11 *RBDVolumeSource
  flexVolume? 12 *FlexVolumeSource
  cinder? 13 *CinderVolumeSource
  cephfs? 14 *CephFSVolumeSource
  flocker? 15 *FlockerVolumeSource
  downwardAPI? 16 *DownwardAPIVolumeSource
  fc? 17 *FCVolumeSource
  azureFile? 18 *AzureFileVolumeSource
  configMap? 19 *ConfigMapVolumeSource
  vsphereVolume? 20 *VsphereVirtualDiskVolumeSource
  quobyte? 21 *QuobyteVolumeSource
  azureDisk? 22 *AzureDiskVolumeSource
  photonPersistentDisk? 23 *PhotonPersistentDiskVolumeSource
  projected? 26 *ProjectedVolumeSource
  portworxVolume? 24 *PortworxVolumeSource
  scaleIO? 25 *ScaleIOVolumeSource
  storageos? 27 *StorageOSVolumeSource
  csi? 28 *CSIVolumeSource
  ephemeral? 29 *EphemeralVolumeSource
  image? 30 *ImageVolumeSource

type PersistentVolumeClaimVolumeSource
  claimName 1 string
  readOnly? 2 bool

type PersistentVolumeSource
  gcePersistentDisk? 1 *GCEPersistentDiskVolumeSource
  awsElasticBlockStore? 2 *AWSElasticBlockStoreVolumeSource
  hostPath? 3 *HostPathVolumeSource
  glusterfs? 4 *GlusterfsPersistentVolumeSource
  nfs? 5 *NFSVolumeSource
  rbd? 6 *RBDPersistentVolumeSource
  iscsi? 7 *ISCSIPersistentVolumeSource
  cinder? 8 *CinderPersistentVolumeSource
  cephfs? 9 *CephFSPersistentVolumeSource
  fc? 10 *FCVolumeSource
  flocker? 11 *FlockerVolumeSource
  flexVolume? 12 *FlexPersistentVolumeSource
  azureFile? 13 *AzureFilePersistentVolumeSource
  vsphereVolume? 14 *VsphereVirtualDiskVolumeSource
  quobyte? 15 *QuobyteVolumeSource
  azureDisk? 16 *AzureDiskVolumeSource
  photonPersistentDisk? 17 *PhotonPersistentDiskVolumeSource
  portworxVolume? 18 *PortworxVolumeSource
  scaleIO? 19 *ScaleIOPersistentVolumeSource
  local? 20 *LocalVolumeSource
  storageos? 21 *StorageOSPersistentVolumeSource
  csi? 22 *CSIPersistentVolumeSource

kind PersistentVolume
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PersistentVolumeSpec
  status? 3 PersistentVolumeStatus

type PersistentVolumeSpec
  capacity? 1 {}quantity
  ... 2 PersistentVolumeSource
  accessModes? 3 []PersistentVolumeAccessMode
  claimRef? 4 *ObjectReference struct=granular
  persistentVolumeReclaimPolicy? 5 PersistentVolumeReclaimPolicy
  storageClassName? 6 string
  mountOptions? 7 []string
  volumeMode? 8 *PersistentVolumeMode
  nodeAffinity? 9 *VolumeNodeAffinity
  volumeAttributesClassName? 10 *string

type VolumeNodeAffinity
  required? 1 *NodeSelector

type PersistentVolumeStatus
  phase? 1 PersistentVolumePhase
  message? 2 string
  reason? 3 string
  lastPhaseTransitionTime? 4 *time

kind PersistentVolumeList
  metadata? 1 meta.v1.ListMeta
  items 2 []PersistentVolume

kind PersistentVolumeClaim
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PersistentVolumeClaimSpec
  status? 3 PersistentVolumeClaimStatus

kind PersistentVolumeClaimList
  metadata? 1 meta.v1.ListMeta
  items 2 []PersistentVolumeClaim

type PersistentVolumeClaimSpec
  accessModes? 1 []PersistentVolumeAccessMode
  selector? 4 *meta.v1.LabelSelector
  resources? 2 VolumeResourceRequirements
  volumeName? 3 string
  storageClassName? 5 *string
  volumeMode? 6 *PersistentVolumeMode
  dataSource? 7 *TypedLocalObjectReference
  dataSourceRef? 8 *TypedObjectReference
  volumeAttributesClassName? 9 *string

type TypedObjectReference
  apiGroup? 1 *string
  kind 2 string
  name 3 string
  namespace? 4 *string

type ModifyVolumeStatus
  targetVolumeAttributesClassName? 1 string
  status 2 PersistentVolumeClaimModifyVolumeStatus

type PersistentVolumeClaimCondition
  type 1 PersistentVolumeClaimConditionType
  status 2 ConditionStatus
  lastProbeTime? 3 time
  lastTransitionTime? 4 time
  reason? 5 string
  message? 6 string

type PersistentVolumeClaimStatus
  phase? 1 PersistentVolumeClaimPhase
  accessModes? 2 []PersistentVolumeAccessMode
  capacity? 3 {}quantity
  conditions? 4 []PersistentVolumeClaimCondition patch=merge key=type list=map:type
  allocatedResources? 5 {}quantity
  allocatedResourceStatuses? 7 {}ClaimResourceStatus
  currentVolumeAttributesClassName? 8 *string
  modifyVolumeStatus? 9 *ModifyVolumeStatus

type HostPathVolumeSource
  path 1 string
  type? 2 *HostPathType

type EmptyDirVolumeSource
  medium? 1 StorageMedium
  sizeLimit? 2 *quantity

type GlusterfsVolumeSource
  endpoints 1 string
  path 2 string
  readOnly? 3 bool

type GlusterfsPersistentVolumeSource
  endpoints 1 string
  path 2 string
  readOnly? 3 bool
  endpointsNamespace? 4 *string

type RBDVolumeSource
  monitors 1 []string
  image 2 string
  fsType? 3 string
  pool? 4 string default="rbd"
  user? 5 string default="admin"
  keyring? 6 string default="/etc/ceph/keyring"
  secretRef? 7 *LocalObjectReference
  readOnly? 8 bool

type RBDPersistentVolumeSource
  monitors 1 []string
  image 2 string
  fsType? 3 string
  pool? 4 string default="rbd"
  user? 5 string default="admin"
  keyring? 6 string default="/etc/ceph/keyring"
  secretRef? 7 *SecretReference
  readOnly? 8 bool

type CinderVolumeSource
  volumeID 1 string
  fsType? 2 string
  readOnly? 3 bool
  secretRef? 4 *LocalObjectReference

type CinderPersistentVolumeSource
  volumeID 1 string
  fsType? 2 string
  readOnly? 3 bool
  secretRef? 4 *SecretReference

type CephFSVolumeSource
  monitors 1 []string
  path? 2 string
  user? 3 string
  secretFile? 4 string
  secretRef? 5 *LocalObjectReference
  readOnly? 6 bool

type SecretReference atomic
  name? 1 string
  namespace? 2 string

type CephFSPersistentVolumeSource
  monitors 1 []string
  path? 2 string
  user? 3 string
  secretFile? 4 string
  secretRef? 5 *SecretReference
  readOnly? 6 bool

type FlockerVolumeSource
  datasetName? 1 string
  datasetUUID? 2 string

type GCEPersistentDiskVolumeSource
  pdName 1 string
  fsType? 2 string
  partition? 3 int32
  readOnly? 4 bool

type QuobyteVolumeSource
  registry 1 string
  volume 2 string
  readOnly? 3 bool
  user? 4 string
  group? 5 string
  tenant? 6 string

type FlexPersistentVolumeSource
  driver 1 string
  fsType? 2 string
  secretRef? 3 *SecretReference
  readOnly? 4 bool
  options? 5 {}string

type FlexVolumeSource
  driver 1 string
  fsType? 2 string
  secretRef? 3 *LocalObjectReference
  readOnly? 4 bool
  options? 5 {}string

type AWSElasticBlockStoreVolumeSource
  volumeID 1 string
  fsType? 2 string
  partition? 3 int32
  readOnly? 4 bool

type GitRepoVolumeSource
  repository 1 string
  revision? 2 string
  directory? 3 string

type SecretVolumeSource
  secretName? 1 string
  items? 2 []KeyToPath
  defaultMode? 3 *int32
  optional? 4 *bool

type SecretProjection
  ... 1 LocalObjectReference
  items? 2 []KeyToPath
  optional? 4 *bool

type NFSVolumeSource
  server 1 string
  path 2 string
  readOnly? 3 bool

type ISCSIVolumeSource
  targetPortal 1 string
  iqn 2 string
  lun 3 int32
  iscsiInterface? 4 string default="default"
  fsType? 5 string
  readOnly? 6 bool
  portals? 7 []string
  chapAuthDiscovery? 8 bool
  chapAuthSession? 11 bool
  secretRef? 10 *LocalObjectReference
  initiatorName? 12 *string

type ISCSIPersistentVolumeSource
  targetPortal 1 string
  iqn 2 string
  lun 3 int32
  iscsiInterface? 4 string default="default"
  fsType? 5 string
  readOnly? 6 bool
  portals? 7 []string
  chapAuthDiscovery? 8 bool
  chapAuthSession? 11 bool
  secretRef? 10 *SecretReference
  initiatorName? 12 *string

type FCVolumeSource
  targetWWNs? 1 []string
  lun? 2 *int32
  fsType? 3 string
  readOnly? 4 bool
  wwids? 5 []string

type AzureFileVolumeSource
  secretName 1 string
  shareName 2 string
  readOnly? 3 bool

type AzureFilePersistentVolumeSource
  secretName 1 string
  shareName 2 string
  readOnly? 3 bool
  secretNamespace? 4 *string

type VsphereVirtualDiskVolumeSource
  volumePath 1 string
  fsType? 2 string
  storagePolicyName? 3 string
  storagePolicyID? 4 string

type PhotonPersistentDiskVolumeSource
  pdID 1 string
  fsType? 2 string

type AzureDiskVolumeSource
  diskName 1 string
  diskURI 2 string
  cachingMode? 3 *AzureDataDiskCachingMode default="ReadWrite"
  fsType? 4 *string default="ext4"
  readOnly? 5 *bool default=false
  kind? 6 *AzureDataDiskKind default="Shared"

type PortworxVolumeSource
  volumeID 1 string
  fsType? 2 string
  readOnly? 3 bool

type ScaleIOVolumeSource
  gateway 1 string
  system 2 string
  secretRef 3 *LocalObjectReference
  sslEnabled? 4 bool
  protectionDomain? 5 string
  storagePool? 6 string
  storageMode? 7 string default="ThinProvisioned"
  volumeName? 8 string
  fsType? 9 string default="xfs"
  readOnly? 10 bool

type ScaleIOPersistentVolumeSource
  gateway 1 string
  system 2 string
  secretRef 3 *SecretReference
  sslEnabled? 4 bool
  protectionDomain? 5 string
  storagePool? 6 string
  storageMode? 7 string default="ThinProvisioned"
  volumeName? 8 string
  fsType? 9 string default="xfs"
  readOnly? 10 bool

type StorageOSVolumeSource
  volumeName? 1 string
  volumeNamespace? 2 string
  fsType? 3 string
  readOnly? 4 bool
  secretRef? 5 *LocalObjectReference

type StorageOSPersistentVolumeSource
  volumeName? 1 string
  volumeNamespace? 2 string
  fsType? 3 string
  readOnly? 4 bool
  secretRef? 5 *ObjectReference

type ConfigMapVolumeSource
  ... 1 LocalObjectReference
  items? 2 []KeyToPath
  defaultMode? 3 *int32
  optional? 4 *bool

type ConfigMapProjection
  ... 1 LocalObjectReference
  items? 2 []KeyToPath
  optional? 4 *bool

type ServiceAccountTokenProjection
  audience? 1 string
  expirationSeconds? 2 *int64
  path 3 string

type ClusterTrustBundleProjection
  name? 1 *string
  signerName? 2 *string
  labelSelector? 3 *meta.v1.LabelSelector
  optional? 5 *bool
  path 4 string

type PodCertificateProjection
  signerName 1 string
  keyType 2 string
  maxExpirationSeconds? 3 *int32
  credentialBundlePath? 4 string
  keyPath? 5 string
  certificateChainPath? 6 string
  userAnnotations? 7 {}string

type ProjectedVolumeSource
  sources? 1 []VolumeProjection
  defaultMode? 2 *int32

type VolumeProjection
  secret? 1 *SecretProjection
  downwardAPI? 2 *DownwardAPIProjection
  configMap? 3 *ConfigMapProjection
  serviceAccountToken? 4 *ServiceAccountTokenProjection
  clusterTrustBundle? 5 *ClusterTrustBundleProjection
  podCertificate? 6 *PodCertificateProjection

type KeyToPath
  key 1 string
  path 2 string
  mode? 3 *int32

type LocalVolumeSource
  path 1 string
  fsType? 2 *string

type CSIPersistentVolumeSource
  driver 1 string
  volumeHandle 2 string
  readOnly? 3 bool
  fsType? 4 string
  volumeAttributes? 5 {}string
  controllerPublishSecretRef? 6 *SecretReference
  nodeStageSecretRef? 7 *SecretReference
  nodePublishSecretRef? 8 *SecretReference
  controllerExpandSecretRef? 9 *SecretReference
  nodeExpandSecretRef? 10 *SecretReference

type CSIVolumeSource
  driver 1 string
  readOnly? 2 *bool
  fsType? 3 *string
  volumeAttributes? 4 {}string
  nodePublishSecretRef? 5 *LocalObjectReference

type EphemeralVolumeSource
  volumeClaimTemplate? 1 *PersistentVolumeClaimTemplate

type PersistentVolumeClaimTemplate
  metadata? 1 meta.v1.ObjectMeta
  spec 2 PersistentVolumeClaimSpec

type ContainerPort
  name? 1 string
  hostPort? 2 int32
  containerPort 3 int32
  protocol? 4 Protocol default="TCP"
  hostIP? 5 string

type VolumeMount
  name 1 string
  readOnly? 2 bool
  recursiveReadOnly? 7 *RecursiveReadOnlyMode
  mountPath 3 string
  subPath? 4 string
  mountPropagation? 5 *MountPropagationMode
  subPathExpr? 6 string

type VolumeDevice
  name 1 string
  devicePath 2 string

type EnvVar
  name 1 string
  value? 2 string
  valueFrom? 3 *EnvVarSource

type EnvVarSource
  fieldRef? 1 *ObjectFieldSelector
  resourceFieldRef? 2 *ResourceFieldSelector
  configMapKeyRef? 3 *ConfigMapKeySelector
  secretKeyRef? 4 *SecretKeySelector
  fileKeyRef? 5 *FileKeySelector

type FileKeySelector atomic
  volumeName 1 string
  path 2 string
  key 3 string
  optional? 4 *bool default=false

type ObjectFieldSelector atomic
  apiVersion? 1 string
  fieldPath 2 string

type ResourceFieldSelector atomic
  containerName? 1 string
  resource 2 string
  divisor? 3 quantity

type ConfigMapKeySelector atomic
  ... 1 LocalObjectReference
  key 2 string
  optional? 3 *bool

type SecretKeySelector atomic
  ... 1 LocalObjectReference
  key 2 string
  optional? 3 *bool

type EnvFromSource
  prefix? 1 string
  configMapRef? 2 *ConfigMapEnvSource
  secretRef? 3 *SecretEnvSource

type ConfigMapEnvSource
  ... 1 LocalObjectReference
  optional? 2 *bool

type SecretEnvSource
  ... 1 LocalObjectReference
  optional? 2 *bool

type HTTPHeader
  name 1 string
  value 2 string

type HTTPGetAction
  path? 1 string
  port 2 intOrString
  host? 3 string
  scheme? 4 URIScheme
  httpHeaders? 5 []HTTPHeader

type TCPSocketAction
  port 1 intOrString
  host? 2 string

type GRPCAction
  port 1 int32
  service? 2 *string default=""

type ExecAction
  command? 1 []string

type SleepAction
  seconds 1 int64

type Probe
  ... 1 ProbeHandler
  initialDelaySeconds? 2 int32
  timeoutSeconds? 3 int32
  periodSeconds? 4 int32
  successThreshold? 5 int32
  failureThreshold? 6 int32
  terminationGracePeriodSeconds? 7 *int64

type ContainerResizePolicy
  resourceName 1 ResourceName
  restartPolicy 2 ResourceResizeRestartPolicy

type Capabilities
  add? 1 []Capability
  drop? 2 []Capability

type ResourceRequirements
  limits? 1 {}quantity
  requests? 2 {}quantity
  claims? 3 []ResourceClaim list=map:name

type VolumeResourceRequirements
  limits? 1 {}quantity
  requests? 2 {}quantity

type ResourceClaim
  name 1 string
  request? 2 string

type Container
  name 1 string
  image? 2 string
  command? 3 []string
  args? 4 []string
  workingDir? 5 string
  ports? 6 []ContainerPort patch=merge key=containerPort list=map:containerPort,protocol
  envFrom? 19 []EnvFromSource
  env? 7 []EnvVar patch=merge key=name list=map:name
  resources? 8 ResourceRequirements
  resizePolicy? 23 []ContainerResizePolicy
  restartPolicy? 24 *ContainerRestartPolicy
  restartPolicyRules? 25 []ContainerRestartRule
  volumeMounts? 9 []VolumeMount patch=merge key=mountPath list=map:mountPath
  volumeDevices? 21 []VolumeDevice patch=merge key=devicePath list=map:devicePath
  livenessProbe? 10 *Probe
  readinessProbe? 11 *Probe
  startupProbe? 22 *Probe
  lifecycle? 12 *Lifecycle
  terminationMessagePath? 13 string
  terminationMessagePolicy? 20 TerminationMessagePolicy
  imagePullPolicy? 14 PullPolicy
  securityContext? 15 *SecurityContext
  stdin? 16 bool
  stdinOnce? 17 bool
  tty? 18 bool

type ProbeHandler
  exec? 1 *ExecAction
  httpGet? 2 *HTTPGetAction
  tcpSocket? 3 *TCPSocketAction
  grpc? 4 *GRPCAction

type LifecycleHandler
  exec? 1 *ExecAction
  httpGet? 2 *HTTPGetAction
  tcpSocket? 3 *TCPSocketAction
  sleep? 4 *SleepAction

type Lifecycle
  postStart? 1 *LifecycleHandler
  preStop? 2 *LifecycleHandler
  stopSignal? 3 *Signal

type ContainerStateWaiting
  reason? 1 string
  message? 2 string

type ContainerStateRunning
  startedAt? 1 time

type ContainerStateTerminated
  exitCode 1 int32
  signal? 2 int32
  reason? 3 string
  message? 4 string
  startedAt? 5 time
  finishedAt? 6 time
  containerID? 7 string

type ContainerState
  waiting? 1 *ContainerStateWaiting
  running? 2 *ContainerStateRunning
  terminated? 3 *ContainerStateTerminated

type ContainerStatus
  name 1 string
  state? 2 ContainerState
  lastState? 3 ContainerState
  ready 4 bool
  restartCount 5 int32
  image 6 string
  imageID 7 string
  containerID? 8 string
  started? 9 *bool
  allocatedResources? 10 {}quantity
  resources? 11 *ResourceRequirements
  volumeMounts? 12 []VolumeMountStatus patch=merge key=mountPath list=map:mountPath
  user? 13 *ContainerUser
  allocatedResourcesStatus? 14 []ResourceStatus patch=merge key=name list=map:name
  stopSignal? 15 *Signal

type ResourceStatus
  name 1 ResourceName
  resources? 2 []ResourceHealth list=map:resourceID

type ResourceHealth
  resourceID 1 ResourceID
  health? 2 ResourceHealthStatus
  message? 6 *string

type ContainerUser
  linux? 1 *LinuxContainerUser

type LinuxContainerUser
  uid 1 int64
  gid 2 int64
  supplementalGroups? 3 []int64

type PodCondition
  type 1 PodConditionType
  observedGeneration? 7 int64
  status 2 ConditionStatus
  lastProbeTime? 3 time
  lastTransitionTime? 4 time
  reason? 5 string
  message? 6 string

type VolumeMountStatus
  name 1 string
  mountPath 2 string
  readOnly? 3 bool
  recursiveReadOnly? 4 *RecursiveReadOnlyMode
  volumeStatus? 5 *VolumeStatus

type VolumeStatus
  image? 1 *ImageVolumeStatus

type ImageVolumeStatus
  imageRef 1 string

type ContainerRestartRule
  action 1 ContainerRestartRuleAction
  exitCodes? 2 *ContainerRestartRuleOnExitCodes

type ContainerRestartRuleOnExitCodes
  operator 1 ContainerRestartRuleOnExitCodesOperator
  values? 2 []int32 list=set

type NodeSelector atomic
  nodeSelectorTerms 1 []NodeSelectorTerm

type NodeSelectorTerm atomic
  matchExpressions? 1 []NodeSelectorRequirement
  matchFields? 2 []NodeSelectorRequirement

type NodeSelectorRequirement
  key 1 string
  operator 2 NodeSelectorOperator
  values? 3 []string

type TopologySelectorTerm atomic
  matchLabelExpressions? 1 []TopologySelectorLabelRequirement

type TopologySelectorLabelRequirement
  key 1 string
  values 2 []string

type Affinity
  nodeAffinity? 1 *NodeAffinity
  podAffinity? 2 *PodAffinity
  podAntiAffinity? 3 *PodAntiAffinity

type PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution? 1 []PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution? 2 []WeightedPodAffinityTerm

type PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution? 1 []PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution? 2 []WeightedPodAffinityTerm

type WeightedPodAffinityTerm
  weight 1 int32
  podAffinityTerm 2 PodAffinityTerm

type PodAffinityTerm
  labelSelector? 1 *meta.v1.LabelSelector
  namespaces? 2 []string
  topologyKey 3 string
  namespaceSelector? 4 *meta.v1.LabelSelector
  matchLabelKeys? 5 []string
  mismatchLabelKeys? 6 []string

type NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution? 1 *NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution? 2 []PreferredSchedulingTerm

type PreferredSchedulingTerm
  weight 1 int32
  preference 2 NodeSelectorTerm

type Taint
  key 1 string
  value? 2 string
  effect 3 TaintEffect
  timeAdded? 4 *time

type Toleration
  key? 1 string
  operator? 2 TolerationOperator
  value? 3 string
  effect? 4 TaintEffect
  tolerationSeconds? 5 *int64

type PodReadinessGate
  conditionType 1 PodConditionType

type PodSpec
  volumes? 1 []Volume patch=merge,retainKeys key=name list=map:name
  initContainers? 20 []Container patch=merge key=name list=map:name
  containers 2 []Container patch=merge key=name list=map:name
  ephemeralContainers? 34 []EphemeralContainer patch=merge key=name list=map:name
  restartPolicy? 3 RestartPolicy
  terminationGracePeriodSeconds? 4 *int64
  activeDeadlineSeconds? 5 *int64
  dnsPolicy? 6 DNSPolicy
  nodeSelector? 7 {}string map=atomic
  serviceAccountName? 8 string
  serviceAccount? 9 string
  automountServiceAccountToken? 21 *bool
  nodeName? 10 string
  hostNetwork? 11 bool
  hostPID? 12 bool
  hostIPC? 13 bool
  shareProcessNamespace? 27 *bool
  securityContext? 14 *PodSecurityContext
  imagePullSecrets? 15 []LocalObjectReference patch=merge key=name list=map:name
  hostname? 16 string
  subdomain? 17 string
  affinity? 18 *Affinity
  schedulerName? 19 string
  tolerations? 22 []Toleration
  hostAliases? 23 []HostAlias patch=merge key=ip list=map:ip
  priorityClassName? 24 string
  priority? 25 *int32
  dnsConfig? 26 *PodDNSConfig
  readinessGates? 28 []PodReadinessGate
  runtimeClassName? 29 *string
  enableServiceLinks? 30 *bool
  preemptionPolicy? 31 *PreemptionPolicy
  overhead? 32 {}quantity
  topologySpreadConstraints? 33 []TopologySpreadConstraint patch=merge key=topologyKey list=map:topologyKey,whenUnsatisfiable
  setHostnameAsFQDN? 35 *bool
  os? 36 *PodOS
  hostUsers? 37 *bool
  schedulingGates? 38 []PodSchedulingGate patch=merge key=name list=map:name
  resourceClaims? 39 []PodResourceClaim patch=merge,retainKeys key=name list=map:name
  resources? 40 *ResourceRequirements
  hostnameOverride? 41 *string
  schedulingGroup? 43 *PodSchedulingGroup

type PodResourceClaim
  name 1 string
  resourceClaimName? 3 *string
  resourceClaimTemplateName? 4 *string

type PodResourceClaimStatus
  name 1 string
  resourceClaimName? 2 *string

type PodExtendedResourceClaimStatus
  requestMappings 1 []ContainerExtendedResourceRequest
  resourceClaimName 2 string

type ContainerExtendedResourceRequest
  containerName 1 string
  resourceName 2 string
  requestName 3 string

type PodOS
  name 1 OSName

type PodSchedulingGate
  name 1 string

type PodSchedulingGroup
  podGroupName? 1 *string

type TopologySpreadConstraint
  maxSkew 1 int32
  topologyKey 2 string
  whenUnsatisfiable 3 UnsatisfiableConstraintAction
  labelSelector? 4 *meta.v1.LabelSelector
  minDomains? 5 *int32
  nodeAffinityPolicy? 6 *NodeInclusionPolicy
  nodeTaintsPolicy? 7 *NodeInclusionPolicy
  matchLabelKeys? 8 []string

type HostAlias
  ip 1 string
  hostnames? 2 []string

type PodSecurityContext
  seLinuxOptions? 1 *SELinuxOptions
  windowsOptions? 8 *WindowsSecurityContextOptions
  runAsUser? 2 *int64
  runAsGroup? 6 *int64
  runAsNonRoot? 3 *bool
  supplementalGroups? 4 []int64
  supplementalGroupsPolicy? 12 *SupplementalGroupsPolicy
  fsGroup? 5 *int64
  sysctls? 7 []Sysctl
  fsGroupChangePolicy? 9 *PodFSGroupChangePolicy
  seccompProfile? 10 *SeccompProfile
  appArmorProfile? 11 *AppArmorProfile
  seLinuxChangePolicy? 13 *PodSELinuxChangePolicy

type SeccompProfile
  type 1 SeccompProfileType
  localhostProfile? 2 *string

type AppArmorProfile
  type 1 AppArmorProfileType
  localhostProfile? 2 *string

type PodDNSConfig
  nameservers? 1 []string
  searches? 2 []string
  options? 3 []PodDNSConfigOption

type PodDNSConfigOption
  name? 1 string
  value? 2 *string

type PodIP
  ip 1 string

type HostIP
  ip 1 string

type EphemeralContainerCommon
  name 1 string
  image? 2 string
  command? 3 []string
  args? 4 []string
  workingDir? 5 string
  ports? 6 []ContainerPort patch=merge key=containerPort list=map:containerPort,protocol
  envFrom? 19 []EnvFromSource
  env? 7 []EnvVar patch=merge key=name list=map:name
  resources? 8 ResourceRequirements
  resizePolicy? 23 []ContainerResizePolicy
  restartPolicy? 24 *ContainerRestartPolicy
  restartPolicyRules? 25 []ContainerRestartRule
  volumeMounts? 9 []VolumeMount patch=merge key=mountPath list=map:mountPath
  volumeDevices? 21 []VolumeDevice patch=merge key=devicePath list=map:devicePath
  livenessProbe? 10 *Probe
  readinessProbe? 11 *Probe
  startupProbe? 22 *Probe
  lifecycle? 12 *Lifecycle
  terminationMessagePath? 13 string
  terminationMessagePolicy? 20 TerminationMessagePolicy
  imagePullPolicy? 14 PullPolicy
  securityContext? 15 *SecurityContext
  stdin? 16 bool
  stdinOnce? 17 bool
  tty? 18 bool

type EphemeralContainer
  ... 1 EphemeralContainerCommon
  targetContainerName? 2 string

type PodStatus
  observedGeneration? 17 int64
  phase? 1 PodPhase
  conditions? 2 []PodCondition patch=merge key=type list=map:type
  message? 3 string
  reason? 4 string
  nominatedNodeName? 11 string
  hostIP? 5 string
  hostIPs? 16 []HostIP patch=merge key=ip
  podIP? 6 string
  podIPs? 12 []PodIP patch=merge key=ip list=map:ip
  startTime? 7 *time
  initContainerStatuses? 10 []ContainerStatus
  containerStatuses? 8 []ContainerStatus
  qosClass? 9 PodQOSClass
  ephemeralContainerStatuses? 13 []ContainerStatus
  resize? 14 PodResizeStatus
  resourceClaimStatuses? 15 []PodResourceClaimStatus patch=merge,retainKeys key=name list=map:name
  extendedResourceClaimStatus? 18 *PodExtendedResourceClaimStatus
  allocatedResources? 19 {}quantity
  resources? 20 *ResourceRequirements
  nodeAllocatableResourceClaimStatuses? 21 []NodeAllocatableResourceClaimStatus

kind PodStatusResult
  metadata? 1 meta.v1.ObjectMeta
  status? 2 PodStatus

kind Pod
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PodSpec
  status? 3 PodStatus

kind PodList
  metadata? 1 meta.v1.ListMeta
  items 2 []Pod

type PodTemplateSpec
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 PodSpec

kind PodTemplate
  metadata? 1 meta.v1.ObjectMeta
  template? 2 PodTemplateSpec

kind PodTemplateList
  metadata? 1 meta.v1.ListMeta
  items 2 []PodTemplate

type ReplicationControllerSpec
  replicas? 1 *int32 default=1
  minReadySeconds? 4 int32 default=0
  selector? 2 {}string map=atomic
  template? 3 *PodTemplateSpec

type ReplicationControllerStatus
  replicas 1 int32
  fullyLabeledReplicas? 2 int32
  readyReplicas? 4 int32
  availableReplicas? 5 int32
  observedGeneration? 3 int64
  conditions? 6 []ReplicationControllerCondition patch=merge key=type list=map:type

type ReplicationControllerCondition
  type 1 ReplicationControllerConditionType
  status 2 ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

kind ReplicationController
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ReplicationControllerSpec
  status? 3 ReplicationControllerStatus

kind ReplicationControllerList
  metadata? 1 meta.v1.ListMeta
  items 2 []ReplicationController

type SessionAffinityConfig
  clientIP? 1 *ClientIPConfig

type ClientIPConfig
  timeoutSeconds? 1 *int32

type ServiceStatus
  loadBalancer? 1 LoadBalancerStatus
  conditions? 2 []meta.v1.Condition patch=merge key=type list=map:type

type LoadBalancerStatus
  ingress? 1 []LoadBalancerIngress

type LoadBalancerIngress
  ip? 1 string
  hostname? 2 string
  ipMode? 3 *LoadBalancerIPMode
  ports? 4 []PortStatus

type ServiceSpec
  ports? 1 []ServicePort patch=merge key=port list=map:port,protocol
  selector? 2 {}string map=atomic
  clusterIP? 3 string
  clusterIPs? 18 []string
  type? 4 ServiceType
  externalIPs? 5 []string
  sessionAffinity? 7 ServiceAffinity
  loadBalancerIP? 8 string
  loadBalancerSourceRanges? 9 []string
  externalName? 10 string
  externalTrafficPolicy? 11 ServiceExternalTrafficPolicy
  healthCheckNodePort? 12 int32
  publishNotReadyAddresses? 13 bool
  sessionAffinityConfig? 14 *SessionAffinityConfig
  ipFamilies? 19 []IPFamily
  ipFamilyPolicy? 17 *IPFamilyPolicy
  allocateLoadBalancerNodePorts? 20 *bool
  loadBalancerClass? 21 *string
  internalTrafficPolicy? 22 *ServiceInternalTrafficPolicy
  trafficDistribution? 23 *string

type ServicePort
  name? 1 string
  protocol? 2 Protocol default="TCP"
  appProtocol? 6 *string
  port 3 int32
  targetPort? 4 intOrString
  nodePort? 5 int32

kind Service
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ServiceSpec
  status? 3 ServiceStatus

kind ServiceList
  metadata? 1 meta.v1.ListMeta
  items 2 []Service

kind ServiceAccount
  metadata? 1 meta.v1.ObjectMeta
  secrets? 2 []ObjectReference patch=merge key=name list=map:name
  imagePullSecrets? 3 []LocalObjectReference
  automountServiceAccountToken? 4 *bool

kind ServiceAccountList
  metadata? 1 meta.v1.ListMeta
  items 2 []ServiceAccount

kind Endpoints
  metadata? 1 meta.v1.ObjectMeta
  subsets? 2 []EndpointSubset

type EndpointSubset
  addresses? 1 []EndpointAddress
  notReadyAddresses? 2 []EndpointAddress
  ports? 3 []EndpointPort

type EndpointAddress atomic
  ip 1 string
  hostname? 3 string
  nodeName? 4 *string
  targetRef? 2 *ObjectReference

type EndpointPort atomic
  name? 1 string
  port 2 int32
  protocol? 3 Protocol
  appProtocol? 4 *string

kind EndpointsList
  metadata? 1 meta.v1.ListMeta
  items 2 []Endpoints

type NodeSpec
  podCIDR? 1 string
  podCIDRs? 7 []string patch=merge list=set
  providerID? 3 string
  unschedulable? 4 bool
  taints? 5 []Taint
  configSource? 6 *NodeConfigSource
  externalID? 2 string

type NodeConfigSource
  configMap? 2 *ConfigMapNodeConfigSource

type ConfigMapNodeConfigSource
  namespace 1 string
  name 2 string
  uid? 3 string
  resourceVersion? 4 string
  kubeletConfigKey 5 string

type DaemonEndpoint
  Port 1 int32

type NodeDaemonEndpoints
  kubeletEndpoint? 1 DaemonEndpoint

type NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts? 1 *bool
  userNamespaces? 2 *bool

type NodeRuntimeHandler
  name? 1 string
  features? 2 *NodeRuntimeHandlerFeatures

type NodeFeatures
  supplementalGroupsPolicy? 1 *bool

type NodeSystemInfo
  machineID 1 string
  systemUUID 2 string
  bootID 3 string
  kernelVersion 4 string
  osImage 5 string
  containerRuntimeVersion 6 string
  kubeletVersion 7 string
  kubeProxyVersion 8 string
  operatingSystem 9 string
  architecture 10 string
  swap? 11 *NodeSwapStatus

type NodeSwapStatus
  capacity? 1 *int64

type NodeConfigStatus
  assigned? 1 *NodeConfigSource
  active? 2 *NodeConfigSource
  lastKnownGood? 3 *NodeConfigSource
  error? 4 string

type NodeStatus
  capacity? 1 {}quantity
  allocatable? 2 {}quantity
  phase? 3 NodePhase
  conditions? 4 []NodeCondition patch=merge key=type list=map:type
  addresses? 5 []NodeAddress patch=merge key=type list=map:type
  daemonEndpoints? 6 NodeDaemonEndpoints
  nodeInfo? 7 NodeSystemInfo
  images? 8 []ContainerImage
  volumesInUse? 9 []UniqueVolumeName
  volumesAttached? 10 []AttachedVolume
  config? 11 *NodeConfigStatus
  runtimeHandlers? 12 []NodeRuntimeHandler
  features? 13 *NodeFeatures
  declaredFeatures? 14 []string

type AttachedVolume
  name 1 UniqueVolumeName
  devicePath 2 string

type AvoidPods
  preferAvoidPods? 1 []PreferAvoidPodsEntry

type PreferAvoidPodsEntry
  podSignature 1 PodSignature
  evictionTime? 2 time
  reason? 3 string
  message? 4 string

type PodSignature
  podController? 1 *meta.v1.OwnerReference

type ContainerImage
  names? 1 []string
  sizeBytes? 2 int64

type NodeCondition
  type 1 NodeConditionType
  status 2 ConditionStatus
  lastHeartbeatTime? 3 time
  lastTransitionTime? 4 time
  reason? 5 string
  message? 6 string

type NodeAddress
  type 1 NodeAddressType
  address 2 string

kind Node
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 NodeSpec
  status? 3 NodeStatus

kind NodeList
  metadata? 1 meta.v1.ListMeta
  items 2 []Node

type NamespaceSpec
  finalizers? 1 []FinalizerName

type NamespaceStatus
  phase? 1 NamespacePhase
  conditions? 2 []NamespaceCondition patch=merge key=type list=map:type

type NamespaceCondition
  type 1 NamespaceConditionType
  status 2 ConditionStatus
  lastTransitionTime? 4 time
  reason? 5 string
  message? 6 string

kind Namespace
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 NamespaceSpec
  status? 3 NamespaceStatus

kind NamespaceList
  metadata? 1 meta.v1.ListMeta
  items 2 []Namespace

kind Binding
  metadata? 1 meta.v1.ObjectMeta
  target 2 ObjectReference

type Preconditions
  uid? 1 *string

kind PodLogOptions
  container? 1 string
  follow? 2 bool
  previous? 3 bool
  sinceSeconds? 4 *int64
  sinceTime? 5 *time
  timestamps? 6 bool
  tailLines? 7 *int64
  limitBytes? 8 *int64
  insecureSkipTLSVerifyBackend? 9 bool
  stream? 10 *string

kind PodAttachOptions
  stdin? 1 bool
  stdout? 2 bool
  stderr? 3 bool
  tty? 4 bool
  container? 5 string

kind PodExecOptions
  stdin? 1 bool
  stdout? 2 bool
  stderr? 3 bool
  tty? 4 bool
  container? 5 string
  command 6 []string

kind PodPortForwardOptions
  ports? 1 []int32

kind PodProxyOptions
  path? 1 string

kind NodeProxyOptions
  path? 1 string

kind ServiceProxyOptions
  path? 1 string

type ObjectReference atomic
  kind? 1 string
  namespace? 2 string
  name? 3 string
  uid? 4 string
  apiVersion? 5 string
  resourceVersion? 6 string
  fieldPath? 7 string

type LocalObjectReference atomic
  name? 1 string default=""

type TypedLocalObjectReference atomic
  apiGroup? 1 *string
  kind 2 string
  name 3 string

kind SerializedReference
  reference? 1 ObjectReference

type EventSource
  component? 1 string
  host? 2 string

kind Event
  metadata 1 meta.v1.ObjectMeta
  involvedObject 2 ObjectReference
  reason? 3 string
  message? 4 string
  source? 5 EventSource
  firstTimestamp? 6 time
  lastTimestamp? 7 time
  count? 8 int32
  type? 9 string
  eventTime? 10 microTime
  series? 11 *EventSeries
  action? 12 string
  related? 13 *ObjectReference
  reportingComponent? 14 string
  reportingInstance? 15 string

type EventSeries
  count? 1 int32
  lastObservedTime? 2 microTime

kind EventList
  metadata? 1 meta.v1.ListMeta
  items 2 []Event

type LimitRangeItem
  type 1 LimitType
  max? 2 {}quantity
  min? 3 {}quantity
  default? 4 {}quantity
  defaultRequest? 5 {}quantity
  maxLimitRequestRatio? 6 {}quantity

type LimitRangeSpec
  limits 1 []LimitRangeItem

kind LimitRange
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 LimitRangeSpec

kind LimitRangeList
  metadata? 1 meta.v1.ListMeta
  items 2 []LimitRange

type ResourceQuotaSpec
  hard? 1 {}quantity
  scopes? 2 []ResourceQuotaScope
  scopeSelector? 3 *ScopeSelector

type ScopeSelector atomic
  matchExpressions? 1 []ScopedResourceSelectorRequirement

type ScopedResourceSelectorRequirement
  scopeName 1 ResourceQuotaScope
  operator 2 ScopeSelectorOperator
  values? 3 []string

type ResourceQuotaStatus
  hard? 1 {}quantity
  used? 2 {}quantity

kind ResourceQuota
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ResourceQuotaSpec
  status? 3 ResourceQuotaStatus

kind ResourceQuotaList
  metadata? 1 meta.v1.ListMeta
  items 2 []ResourceQuota

kind Secret
  metadata? 1 meta.v1.ObjectMeta
  immutable? 5 *bool
  data? 2 {}bytes
  stringData? 4 {}string
  type? 3 SecretType

kind SecretList
  metadata? 1 meta.v1.ListMeta
  items 2 []Secret

kind ConfigMap
  metadata? 1 meta.v1.ObjectMeta
  immutable? 4 *bool
  data? 2 {}string
  binaryData? 3 {}bytes

kind ConfigMapList
  metadata? 1 meta.v1.ListMeta
  items 2 []ConfigMap

type ComponentCondition
  type 1 ComponentConditionType
  status 2 ConditionStatus
  message? 3 string
  error? 4 string

kind ComponentStatus
  metadata? 1 meta.v1.ObjectMeta
  conditions? 2 []ComponentCondition patch=merge key=type list=map:type

kind ComponentStatusList
  metadata? 1 meta.v1.ListMeta
  items 2 []ComponentStatus

type DownwardAPIVolumeSource
  items? 1 []DownwardAPIVolumeFile
  defaultMode? 2 *int32

type DownwardAPIVolumeFile
  path 1 string
  fieldRef? 2 *ObjectFieldSelector
  resourceFieldRef? 3 *ResourceFieldSelector
  mode? 4 *int32

type DownwardAPIProjection
  items? 1 []DownwardAPIVolumeFile

type SecurityContext
  capabilities? 1 *Capabilities
  privileged? 2 *bool
  seLinuxOptions? 3 *SELinuxOptions
  windowsOptions? 10 *WindowsSecurityContextOptions
  runAsUser? 4 *int64
  runAsGroup? 8 *int64
  runAsNonRoot? 5 *bool
  readOnlyRootFilesystem? 6 *bool
  allowPrivilegeEscalation? 7 *bool
  procMount? 9 *ProcMountType
  seccompProfile? 11 *SeccompProfile
  appArmorProfile? 12 *AppArmorProfile

type SELinuxOptions
  user? 1 string
  role? 2 string
  type? 3 string
  level? 4 string

type WindowsSecurityContextOptions
  gmsaCredentialSpecName? 1 *string
  gmsaCredentialSpec? 2 *string
  runAsUserName? 3 *string
  hostProcess? 4 *bool

kind RangeAllocation
  metadata? 1 meta.v1.ObjectMeta
  range 2 string
  data 3 bytes

type Sysctl
  name 1 string
  value 2 string

type PortStatus
  port 1 int32
  protocol 2 Protocol
  error? 3 *string

type ImageVolumeSource
  reference? 1 string
  pullPolicy? 2 PullPolicy

type NodeAllocatableResourceClaimStatus
  resourceClaimName 1 string
  containers? 2 []string list=set
  resources 3 {}quantity

kind List
  metadata? 1 meta.v1.ListMeta
  items 2 []any
`,
};
