import type {
  ContainerMetadata,
  ImageSpec,
  LinuxContainerResources,
  Mount,
  NamespaceOption,
  PodSandboxMetadata,
  StringMap,
} from './config-messages.ts';

/** What the runtime tells: replies of `runtime.v1`. Scalars, lists and maps are always there. Times are nanoseconds since the Unix epoch. */
export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface PodSandbox {
  readonly id: string;
  readonly metadata?: PodSandboxMetadata;
  readonly state: PodSandboxState;
  readonly createdAt: bigint;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly runtimeHandler: string;
}

export interface PodSandboxStatus extends PodSandbox {
  readonly network?: { readonly ip: string; readonly additionalIps: readonly { readonly ip: string }[] };
  readonly linux?: { readonly namespaces?: { readonly options?: NamespaceOption } };
}

export interface PodSandboxStatusResponse {
  readonly status: PodSandboxStatus;
  readonly info: StringMap;
  readonly containersStatuses: readonly ContainerStatus[];
  readonly timestamp: bigint;
}

export interface PodSandboxFilter {
  readonly id?: string;
  readonly state?: { readonly state: PodSandboxState };
  readonly labelSelector?: StringMap;
}

export interface Container {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata?: ContainerMetadata;
  readonly image?: ImageSpec;
  readonly imageRef: string;
  readonly state: ContainerState;
  readonly createdAt: bigint;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly imageId: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly metadata?: ContainerMetadata;
  readonly state: ContainerState;
  readonly createdAt: bigint;
  /** 0 before the start. */
  readonly startedAt: bigint;
  /** 0 before the end. */
  readonly finishedAt: bigint;
  readonly exitCode: number;
  readonly image?: ImageSpec;
  readonly imageRef: string;
  /** `Completed`, `Error`, `OOMKilled`, …; empty while it runs. */
  readonly reason: string;
  readonly message: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly mounts: readonly Mount[];
  readonly logPath: string;
  readonly resources?: { readonly linux?: LinuxContainerResources };
  readonly imageId: string;
  readonly user?: { readonly linux?: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] } };
  readonly stopSignal: string;
}

export interface ContainerFilter {
  readonly id?: string;
  readonly state?: { readonly state: ContainerState };
  readonly podSandboxId?: string;
  readonly labelSelector?: StringMap;
}

export interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly uid?: { readonly value: number };
  readonly username: string;
  readonly spec?: ImageSpec;
  readonly pinned: boolean;
}

export interface UInt64Value {
  readonly value: number;
}

export interface CpuUsage {
  readonly timestamp: bigint;
  readonly usageCoreNanoSeconds?: UInt64Value;
  readonly usageNanoCores?: UInt64Value;
}

export interface MemoryUsage {
  readonly timestamp: bigint;
  readonly workingSetBytes?: UInt64Value;
  readonly availableBytes?: UInt64Value;
  readonly usageBytes?: UInt64Value;
  readonly rssBytes?: UInt64Value;
  readonly pageFaults?: UInt64Value;
  readonly majorPageFaults?: UInt64Value;
}

export interface FilesystemUsage {
  readonly timestamp: bigint;
  readonly fsId?: { readonly mountpoint: string };
  readonly usedBytes?: UInt64Value;
  readonly inodesUsed?: UInt64Value;
}

export interface ContainerAttributes {
  readonly id: string;
  readonly metadata?: ContainerMetadata;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

export interface ContainerStats {
  readonly attributes?: ContainerAttributes;
  readonly cpu?: CpuUsage;
  readonly memory?: MemoryUsage;
  readonly writableLayer?: FilesystemUsage;
  readonly swap?: { readonly timestamp: bigint; readonly swapAvailableBytes?: UInt64Value; readonly swapUsageBytes?: UInt64Value };
}

export interface ContainerStatsFilter {
  readonly id?: string;
  readonly podSandboxId?: string;
  readonly labelSelector?: StringMap;
}

export interface NetworkInterfaceUsage {
  readonly name: string;
  readonly rxBytes?: UInt64Value;
  readonly rxErrors?: UInt64Value;
  readonly txBytes?: UInt64Value;
  readonly txErrors?: UInt64Value;
}

export interface PodSandboxStats {
  readonly attributes?: { readonly id: string; readonly metadata?: PodSandboxMetadata; readonly labels: StringMap; readonly annotations: StringMap };
  readonly linux?: {
    readonly cpu?: CpuUsage;
    readonly memory?: MemoryUsage;
    readonly network?: {
      readonly timestamp: bigint;
      readonly defaultInterface?: NetworkInterfaceUsage;
      readonly interfaces: readonly NetworkInterfaceUsage[];
    };
    readonly process?: { readonly timestamp: bigint; readonly processCount?: UInt64Value };
    readonly containers: readonly ContainerStats[];
  };
}

export interface VersionResponse {
  readonly version: string;
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}

export interface RuntimeCondition {
  /** `RuntimeReady` or `NetworkReady`. */
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface StatusResponse {
  readonly status?: { readonly conditions: readonly RuntimeCondition[] };
  /** With `verbose`: texts of JSON, such as `config`. */
  readonly info: StringMap;
  readonly runtimeHandlers: readonly {
    readonly name: string;
    readonly features?: { readonly recursiveReadOnlyMounts: boolean; readonly userNamespaces: boolean };
  }[];
  readonly features?: { readonly supplementalGroupsPolicy: boolean; readonly userNamespacesHostNetwork: boolean };
}

export interface ExecSyncResponse {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

export interface ImageFsInfoResponse {
  readonly imageFilesystems: readonly FilesystemUsage[];
  readonly containerFilesystems: readonly FilesystemUsage[];
}
