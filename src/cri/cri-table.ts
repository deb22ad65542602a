/** The messages of `runtime.v1` (k8s.io/cri-api v0.36) that run Linux containers, in the form that `codec.ts` reads. */
export const criTable = `
package runtime.v1
enum Protocol TCP UDP SCTP
enum MountPropagation PROPAGATION_PRIVATE PROPAGATION_HOST_TO_CONTAINER PROPAGATION_BIDIRECTIONAL
enum NamespaceMode POD CONTAINER NODE TARGET
enum SupplementalGroupsPolicy Merge Strict
enum SecurityProfile.ProfileType RuntimeDefault Unconfined Localhost
enum PodSandboxState SANDBOX_READY SANDBOX_NOTREADY
enum Signal RUNTIME_DEFAULT SIGABRT SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIGRTMIN SIGRTMINPLUS1 SIGRTMINPLUS2 SIGRTMINPLUS3 SIGRTMINPLUS4 SIGRTMINPLUS5 SIGRTMINPLUS6 SIGRTMINPLUS7 SIGRTMINPLUS8 SIGRTMINPLUS9 SIGRTMINPLUS10 SIGRTMINPLUS11 SIGRTMINPLUS12 SIGRTMINPLUS13 SIGRTMINPLUS14 SIGRTMINPLUS15 SIGRTMAXMINUS14 SIGRTMAXMINUS13 SIGRTMAXMINUS12 SIGRTMAXMINUS11 SIGRTMAXMINUS10 SIGRTMAXMINUS9 SIGRTMAXMINUS8 SIGRTMAXMINUS7 SIGRTMAXMINUS6 SIGRTMAXMINUS5 SIGRTMAXMINUS4 SIGRTMAXMINUS3 SIGRTMAXMINUS2 SIGRTMAXMINUS1 SIGRTMAX
enum ContainerState CONTAINER_CREATED CONTAINER_RUNNING CONTAINER_EXITED CONTAINER_UNKNOWN
enum ContainerEventType CONTAINER_CREATED_EVENT CONTAINER_STARTED_EVENT CONTAINER_STOPPED_EVENT CONTAINER_DELETED_EVENT
enum CgroupDriver SYSTEMD CGROUPFS
message VersionRequest version:string:1
message VersionResponse version:string:1 runtimeName:string:2 runtimeVersion:string:3 runtimeApiVersion:string:4
message RunPodSandboxRequest config:PodSandboxConfig:1 runtimeHandler:string:2
message RunPodSandboxResponse podSandboxId:string:1
message StopPodSandboxRequest podSandboxId:string:1
message StopPodSandboxResponse
message RemovePodSandboxRequest podSandboxId:string:1
message RemovePodSandboxResponse
message PodSandboxStatusRequest podSandboxId:string:1 verbose:bool:2
message PodSandboxStatusResponse status:PodSandboxStatus:1 info:map:2 containersStatuses:ContainerStatus[]:3 timestamp:nanos:4
message ListPodSandboxRequest filter:PodSandboxFilter:1
message ListPodSandboxResponse items:PodSandbox[]:1
message StreamPodSandboxesRequest
message StreamPodSandboxesResponse
message CreateContainerRequest podSandboxId:string:1 config:ContainerConfig:2 sandboxConfig:PodSandboxConfig:3
message CreateContainerResponse containerId:string:1
message StartContainerRequest containerId:string:1
message StartContainerResponse
message StopContainerRequest containerId:string:1 timeout:int64:2
message StopContainerResponse
message RemoveContainerRequest containerId:string:1
message RemoveContainerResponse
message ListContainersRequest filter:ContainerFilter:1
message ListContainersResponse containers:Container[]:1
message StreamContainersRequest
message StreamContainersResponse
message ContainerStatusRequest containerId:string:1 verbose:bool:2
message ContainerStatusResponse status:ContainerStatus:1 info:map:2
message UpdateContainerResourcesRequest containerId:string:1 linux:LinuxContainerResources:2 annotations:map:4
message UpdateContainerResourcesResponse
message ReopenContainerLogRequest containerId:string:1
message ReopenContainerLogResponse
message ExecSyncRequest containerId:string:1 cmd:string[]:2 timeout:int64:3
message ExecSyncResponse stdout:bytes:1 stderr:bytes:2 exitCode:int32:3
message ExecRequest containerId:string:1 cmd:string[]:2 tty:bool:3 stdin:bool:4 stdout:bool:5 stderr:bool:6
message ExecResponse url:string:1
message AttachRequest containerId:string:1 stdin:bool:2 tty:bool:3 stdout:bool:4 stderr:bool:5
message AttachResponse url:string:1
message PortForwardRequest podSandboxId:string:1 port:int32[]:2
message PortForwardResponse url:string:1
message ContainerStatsRequest containerId:string:1
message ContainerStatsResponse stats:ContainerStats:1
message ListContainerStatsRequest filter:ContainerStatsFilter:1
message ListContainerStatsResponse stats:ContainerStats[]:1
message StreamContainerStatsRequest
message StreamContainerStatsResponse
message PodSandboxStatsRequest podSandboxId:string:1
message PodSandboxStatsResponse stats:PodSandboxStats:1
message ListPodSandboxStatsRequest filter:PodSandboxStatsFilter:1
message ListPodSandboxStatsResponse stats:PodSandboxStats[]:1
message StreamPodSandboxStatsRequest
message StreamPodSandboxStatsResponse
message UpdateRuntimeConfigRequest runtimeConfig:RuntimeConfig:1
message UpdateRuntimeConfigResponse
message StatusRequest verbose:bool:1
message StatusResponse status:RuntimeStatus:1 info:map:2 runtimeHandlers:RuntimeHandler[]:3 features:RuntimeFeatures:4
message CheckpointContainerRequest
message CheckpointContainerResponse
message GetEventsRequest
message ContainerEventResponse containerId:string:1 containerEventType:ContainerEventType:2 createdAt:nanos:3 podSandboxStatus:PodSandboxStatus:4 containersStatuses:ContainerStatus[]:5
message ListMetricDescriptorsRequest
message ListMetricDescriptorsResponse
message ListPodSandboxMetricsRequest
message ListPodSandboxMetricsResponse
message StreamPodSandboxMetricsRequest
message StreamPodSandboxMetricsResponse
message RuntimeConfigRequest
message RuntimeConfigResponse linux:LinuxRuntimeConfiguration:1
message UpdatePodSandboxResourcesRequest podSandboxId:string:1 overhead:LinuxContainerResources:2 resources:LinuxContainerResources:3
message UpdatePodSandboxResourcesResponse
message ListImagesRequest filter:ImageFilter:1
message ListImagesResponse images:Image[]:1
message StreamImagesRequest
message StreamImagesResponse
message ImageStatusRequest image:ImageSpec:1 verbose:bool:2
message ImageStatusResponse image:Image:1 info:map:2
message PullImageRequest image:ImageSpec:1 auth:AuthConfig:2 sandboxConfig:PodSandboxConfig:3
message PullImageResponse imageRef:string:1
message RemoveImageRequest image:ImageSpec:1
message RemoveImageResponse
message ImageFsInfoRequest
message ImageFsInfoResponse imageFilesystems:FilesystemUsage[]:1 containerFilesystems:FilesystemUsage[]:2
message DNSConfig servers:string[]:1 searches:string[]:2 options:string[]:3
message PortMapping protocol:Protocol:1 containerPort:int32:2 hostPort:int32:3 hostIp:string:4
message Mount containerPath:string:1 hostPath:string:2 readonly:bool:3 selinuxRelabel:bool:4 propagation:MountPropagation:5 uidMappings:IDMapping[]:6 gidMappings:IDMapping[]:7 recursiveReadOnly:bool:8 image:ImageSpec:9 imageSubPath:string:10
message IDMapping hostId:uint32:1 containerId:uint32:2 length:uint32:3
message UserNamespace mode:NamespaceMode:1 uids:IDMapping[]:2 gids:IDMapping[]:3
message NamespaceOption network:NamespaceMode:1 pid:NamespaceMode:2 ipc:NamespaceMode:3 targetId:string:4 usernsOptions:UserNamespace:5
message Int64Value value:int64:1
message LinuxSandboxSecurityContext namespaceOptions:NamespaceOption:1 selinuxOptions:SELinuxOption:2 runAsUser:Int64Value:3 runAsGroup:Int64Value:8 readonlyRootfs:bool:4 supplementalGroups:int64[]:5 supplementalGroupsPolicy:SupplementalGroupsPolicy:11 privileged:bool:6 seccomp:SecurityProfile:9 apparmor:SecurityProfile:10 seccompProfilePath:string:7
message SecurityProfile profileType:SecurityProfile.ProfileType:1 localhostRef:string:2
message LinuxPodSandboxConfig cgroupParent:string:1 securityContext:LinuxSandboxSecurityContext:2 sysctls:map:3 overhead:LinuxContainerResources:4 resources:LinuxContainerResources:5
message PodSandboxMetadata name:string:1 uid:string:2 namespace:string:3 attempt:uint32:4
message PodSandboxConfig metadata:PodSandboxMetadata:1 hostname:string:2 logDirectory:string:3 dnsConfig:DNSConfig:4 portMappings:PortMapping[]:5 labels:map:6 annotations:map:7 linux:LinuxPodSandboxConfig:8
message PodIP ip:string:1
message PodSandboxNetworkStatus ip:string:1 additionalIps:PodIP[]:2
message Namespace options:NamespaceOption:2
message LinuxPodSandboxStatus namespaces:Namespace:1
message PodSandboxStatus id:string:1 metadata:PodSandboxMetadata:2 state:PodSandboxState:3 createdAt:nanos:4 network:PodSandboxNetworkStatus:5 linux:LinuxPodSandboxStatus:6 labels:map:7 annotations:map:8 runtimeHandler:string:9
message PodSandboxStateValue state:PodSandboxState:1
message PodSandboxFilter id:string:1 state:PodSandboxStateValue:2 labelSelector:map:3
message PodSandbox id:string:1 metadata:PodSandboxMetadata:2 state:PodSandboxState:3 createdAt:nanos:4 labels:map:5 annotations:map:6 runtimeHandler:string:7
message PodSandboxStatsFilter id:string:1 labelSelector:map:2
message PodSandboxAttributes id:string:1 metadata:PodSandboxMetadata:2 labels:map:3 annotations:map:4
message PodSandboxStats attributes:PodSandboxAttributes:1 linux:LinuxPodSandboxStats:2
message LinuxPodSandboxStats cpu:CpuUsage:1 memory:MemoryUsage:2 network:NetworkUsage:3 process:ProcessUsage:4 containers:ContainerStats[]:5 io:IoUsage:6
message NetworkUsage timestamp:nanos:1 defaultInterface:NetworkInterfaceUsage:2 interfaces:NetworkInterfaceUsage[]:3
message NetworkInterfaceUsage name:string:1 rxBytes:UInt64Value:2 rxErrors:UInt64Value:3 txBytes:UInt64Value:4 txErrors:UInt64Value:5
message ProcessUsage timestamp:nanos:1 processCount:UInt64Value:2
message ImageSpec image:string:1 annotations:map:2 userSpecifiedImage:string:18 runtimeHandler:string:19 imageRef:string:20
message KeyValue key:string:1 value:bytes:2
message LinuxContainerResources cpuPeriod:int64:1 cpuQuota:int64:2 cpuShares:int64:3 memoryLimitInBytes:int64:4 oomScoreAdj:int64:5 cpusetCpus:string:6 cpusetMems:string:7 hugepageLimits:HugepageLimit[]:8 unified:map:9 memorySwapLimitInBytes:int64:10
message HugepageLimit pageSize:string:1 limit:uint64:2
message SELinuxOption user:string:1 role:string:2 type:string:3 level:string:4
message Capability addCapabilities:string[]:1 dropCapabilities:string[]:2 addAmbientCapabilities:string[]:3
message LinuxContainerSecurityContext capabilities:Capability:1 privileged:bool:2 namespaceOptions:NamespaceOption:3 selinuxOptions:SELinuxOption:4 runAsUser:Int64Value:5 runAsGroup:Int64Value:12 runAsUsername:string:6 readonlyRootfs:bool:7 supplementalGroups:int64[]:8 supplementalGroupsPolicy:SupplementalGroupsPolicy:17 noNewPrivs:bool:11 maskedPaths:string[]:13 readonlyPaths:string[]:14 seccomp:SecurityProfile:15 apparmor:SecurityProfile:16 apparmorProfile:string:9 seccompProfilePath:string:10
message LinuxContainerConfig resources:LinuxContainerResources:1 securityContext:LinuxContainerSecurityContext:2
message LinuxContainerUser uid:int64:1 gid:int64:2 supplementalGroups:int64[]:3
message ContainerMetadata name:string:1 attempt:uint32:2
message Device containerPath:string:1 hostPath:string:2 permissions:string:3
message CDIDevice name:string:1
message ContainerConfig metadata:ContainerMetadata:1 image:ImageSpec:2 command:string[]:3 args:string[]:4 workingDir:string:5 envs:KeyValue[]:6 mounts:Mount[]:7 devices:Device[]:8 labels:map:9 annotations:map:10 logPath:string:11 stdin:bool:12 stdinOnce:bool:13 tty:bool:14 linux:LinuxContainerConfig:15 CDIDevices:CDIDevice[]:17 stopSignal:Signal:18
message ContainerStateValue state:ContainerState:1
message ContainerFilter id:string:1 state:ContainerStateValue:2 podSandboxId:string:3 labelSelector:map:4
message Container id:string:1 podSandboxId:string:2 metadata:ContainerMetadata:3 image:ImageSpec:4 imageRef:string:5 state:ContainerState:6 createdAt:nanos:7 labels:map:8 annotations:map:9 imageId:string:10
message ContainerStatus id:string:1 metadata:ContainerMetadata:2 state:ContainerState:3 createdAt:nanos:4 startedAt:nanos:5 finishedAt:nanos:6 exitCode:int32:7 image:ImageSpec:8 imageRef:string:9 reason:string:10 message:string:11 labels:map:12 annotations:map:13 mounts:Mount[]:14 logPath:string:15 resources:ContainerResources:16 imageId:string:17 user:ContainerUser:18 stopSignal:Signal:19
message ContainerResources linux:LinuxContainerResources:1
message ContainerUser linux:LinuxContainerUser:1
message ImageFilter image:ImageSpec:1
message Image id:string:1 repoTags:string[]:2 repoDigests:string[]:3 size:uint64:4 uid:Int64Value:5 username:string:6 spec:ImageSpec:7 pinned:bool:8
message AuthConfig username:string:1 password:string:2 auth:string:3 serverAddress:string:4 identityToken:string:5 registryToken:string:6
message NetworkConfig podCidr:string:1
message RuntimeConfig networkConfig:NetworkConfig:1
message RuntimeCondition type:string:1 status:bool:2 reason:string:3 message:string:4
message RuntimeStatus conditions:RuntimeCondition[]:1
message RuntimeHandlerFeatures recursiveReadOnlyMounts:bool:1 userNamespaces:bool:2
message RuntimeHandler name:string:1 features:RuntimeHandlerFeatures:2
message RuntimeFeatures supplementalGroupsPolicy:bool:1 userNamespacesHostNetwork:bool:2
message UInt64Value value:uint64:1
message FilesystemIdentifier mountpoint:string:1
message FilesystemUsage timestamp:nanos:1 fsId:FilesystemIdentifier:2 usedBytes:UInt64Value:3 inodesUsed:UInt64Value:4
message ContainerStatsFilter id:string:1 podSandboxId:string:2 labelSelector:map:3
message ContainerAttributes id:string:1 metadata:ContainerMetadata:2 labels:map:3 annotations:map:4
message ContainerStats attributes:ContainerAttributes:1 cpu:CpuUsage:2 memory:MemoryUsage:3 writableLayer:FilesystemUsage:4 swap:SwapUsage:5 io:IoUsage:6
message PsiStats full:PsiData:1 some:PsiData:2
message PsiData total:uint64:1 avg10:double:2 avg60:double:3 avg300:double:4
message CpuUsage timestamp:nanos:1 usageCoreNanoSeconds:UInt64Value:2 usageNanoCores:UInt64Value:3 psi:PsiStats:4
message MemoryUsage timestamp:nanos:1 workingSetBytes:UInt64Value:2 availableBytes:UInt64Value:3 usageBytes:UInt64Value:4 rssBytes:UInt64Value:5 pageFaults:UInt64Value:6 majorPageFaults:UInt64Value:7 psi:PsiStats:8
message IoUsage timestamp:nanos:1 psi:PsiStats:2
message SwapUsage timestamp:nanos:1 swapAvailableBytes:UInt64Value:2 swapUsageBytes:UInt64Value:3
message LinuxRuntimeConfiguration cgroupDriver:CgroupDriver:1
`;
