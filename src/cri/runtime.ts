import type { Clock } from '../base/index.ts';
import type { AuthConfig, ContainerConfig, ImageSpec, LinuxContainerResources, PodSandboxConfig, StringMap } from './config-messages.ts';
import { isCriError } from './error.ts';
import { type CallOptions, connectGrpc, type GrpcChannel } from './grpc.ts';
import type {
  Container,
  ContainerFilter,
  ContainerStats,
  ContainerStatsFilter,
  ContainerStatus,
  ExecSyncResponse,
  Image,
  ImageFsInfoResponse,
  PodSandbox,
  PodSandboxFilter,
  PodSandboxStats,
  PodSandboxStatusResponse,
  StatusResponse,
  VersionResponse,
} from './status-messages.ts';

/** Which streams an exec or attach has. The runtime refuses `stderr` with `tty`. */
export interface StreamsWanted {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The calls of `runtime.v1` that a kubelet makes; all reject with `CriError`. Each ends after 2 minutes unless said otherwise. */
export interface CriRuntime {
  version(): Promise<VersionResponse>;
  status(verbose?: boolean): Promise<StatusResponse>;
  /** Resolves with the sandbox's id. */
  runPodSandbox(config: PodSandboxConfig, runtimeHandler?: string): Promise<string>;
  /** Ends all of its containers and takes its network down. May be repeated. */
  stopPodSandbox(podSandboxId: string): Promise<void>;
  removePodSandbox(podSandboxId: string): Promise<void>;
  podSandboxStatus(podSandboxId: string, verbose?: boolean): Promise<PodSandboxStatusResponse>;
  listPodSandbox(filter?: PodSandboxFilter): Promise<readonly PodSandbox[]>;
  /** Resolves with the container's id. */
  createContainer(podSandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig): Promise<string>;
  startContainer(containerId: string): Promise<void>;
  /** The stop signal, and SIGKILL `timeoutSeconds` later; 0 kills at once. */
  stopContainer(containerId: string, timeoutSeconds: number): Promise<void>;
  removeContainer(containerId: string): Promise<void>;
  listContainers(filter?: ContainerFilter): Promise<readonly Container[]>;
  containerStatus(containerId: string, verbose?: boolean): Promise<{ readonly status: ContainerStatus; readonly info: StringMap }>;
  updateContainerResources(containerId: string, linux: LinuxContainerResources, annotations?: StringMap): Promise<void>;
  reopenContainerLog(containerId: string): Promise<void>;
  /** Runs a command to its end; `timeoutSeconds` 0 is no limit of the runtime's (2 minutes here). Output is 16 MiB at most. */
  execSync(containerId: string, cmd: readonly string[], timeoutSeconds?: number): Promise<ExecSyncResponse>;
  /** Resolves with the URL, good for one use, at which the runtime streams. */
  exec(containerId: string, cmd: readonly string[], streams: StreamsWanted): Promise<string>;
  attach(containerId: string, streams: StreamsWanted): Promise<string>;
  portForward(podSandboxId: string, ports: readonly number[]): Promise<string>;
  containerStats(containerId: string): Promise<ContainerStats>;
  listContainerStats(filter?: ContainerStatsFilter): Promise<readonly ContainerStats[]>;
  podSandboxStats(podSandboxId: string): Promise<PodSandboxStats>;
  updateRuntimeConfig(podCidr: string): Promise<void>;
  listImages(image?: ImageSpec): Promise<readonly Image[]>;
  /** Undefined when there is no such image. */
  imageStatus(image: ImageSpec): Promise<Image | undefined>;
  /** Resolves with the image's reference. 4 minutes. */
  pullImage(
    image: ImageSpec,
    options?: { readonly auth?: AuthConfig; readonly sandboxConfig?: PodSandboxConfig; readonly signal?: AbortSignal },
  ): Promise<string>;
  removeImage(image: ImageSpec): Promise<void>;
  imageFsInfo(): Promise<ImageFsInfoResponse>;
  close(): void;
}

export interface ConnectOptions {
  /** `unix:///run/containerd/containerd.sock`. */
  readonly endpoint: string;
  readonly clock: Clock;
  /** Where images are served, when elsewhere. */
  readonly imageEndpoint?: string;
  /** Default 2 minutes. */
  readonly timeoutMs?: number;
  /** Default 4 minutes. */
  readonly pullTimeoutMs?: number;
}

/** How much longer the call may take than what it asks of the container. */
const marginMs = 30_000;
/** What can be asked again although the first asking may have arrived. */
const repeatable = /^(Version|Status|List|Stop|Remove|PodSandboxStat|ContainerStat|Image|Update|Reopen|Pull)/;

type Call = (method: string, request: object, options?: Partial<CallOptions>) => Promise<unknown>;

/** A runtime over gRPC; it connects at the first call, and again whenever the connection was lost. */
export function connectRuntime(options: ConnectOptions): CriRuntime {
  const runtimeChannel = connectGrpc(options);
  const imageChannel = options.imageEndpoint ? connectGrpc({ ...options, endpoint: options.imageEndpoint }) : runtimeChannel;
  const timeoutMs = options.timeoutMs ?? 120_000;
  const call = caller(runtimeChannel, 'RuntimeService', timeoutMs);
  return {
    ...sandboxCalls(call),
    ...containerCalls(call, timeoutMs),
    ...imageCalls(caller(imageChannel, 'ImageService', timeoutMs), options.pullTimeoutMs ?? 240_000),
    version: async () => (await call('Version', { version: '0.1.0' })) as VersionResponse,
    status: async (verbose = false) => (await call('Status', { verbose })) as StatusResponse,
    updateRuntimeConfig: async (podCidr) => void (await call('UpdateRuntimeConfig', { runtimeConfig: { networkConfig: { podCidr } } })),
    close() {
      runtimeChannel.close();
      if (imageChannel !== runtimeChannel) imageChannel.close();
    },
  };
}

function caller(channel: GrpcChannel, service: string, timeoutMs: number): Call {
  return (name, request, options) => {
    const method = { path: `runtime.v1.${service}/${name}`, request: `runtime.v1.${name}Request`, response: `runtime.v1.${name}Response` };
    return channel.unary(method, request as Readonly<Record<string, unknown>>, { timeoutMs, idempotent: repeatable.test(name), ...options });
  };
}

type SandboxCalls = Pick<
  CriRuntime,
  'runPodSandbox' | 'stopPodSandbox' | 'removePodSandbox' | 'podSandboxStatus' | 'listPodSandbox' | 'portForward' | 'podSandboxStats'
>;

function sandboxCalls(call: Call): SandboxCalls {
  return {
    async runPodSandbox(config, runtimeHandler) {
      // Network plug-ins and user name spaces make it slow: as much as a pull may take.
      const reply = await call('RunPodSandbox', { config, runtimeHandler }, { timeoutMs: 240_000 });
      return (reply as { readonly podSandboxId: string }).podSandboxId;
    },
    stopPodSandbox: async (podSandboxId) => void (await call('StopPodSandbox', { podSandboxId })),
    removePodSandbox: async (podSandboxId) => void (await call('RemovePodSandbox', { podSandboxId })),
    podSandboxStatus: async (podSandboxId, verbose) => (await call('PodSandboxStatus', { podSandboxId, verbose })) as PodSandboxStatusResponse,
    async listPodSandbox(filter) {
      return ((await call('ListPodSandbox', { filter })) as { readonly items: readonly PodSandbox[] }).items;
    },
    async portForward(podSandboxId, port) {
      return ((await call('PortForward', { podSandboxId, port })) as { readonly url: string }).url;
    },
    async podSandboxStats(podSandboxId) {
      return ((await call('PodSandboxStats', { podSandboxId })) as { readonly stats: PodSandboxStats }).stats;
    },
  };
}

type ContainerCalls = Pick<
  CriRuntime,
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'listContainers'
  | 'containerStatus'
  | 'updateContainerResources'
  | 'reopenContainerLog'
  | 'execSync'
  | 'exec'
  | 'attach'
  | 'containerStats'
  | 'listContainerStats'
>;

function containerCalls(call: Call, timeoutMs: number): ContainerCalls {
  return {
    async createContainer(podSandboxId, config, sandboxConfig) {
      return ((await call('CreateContainer', { podSandboxId, config, sandboxConfig })) as { readonly containerId: string }).containerId;
    },
    startContainer: async (containerId) => void (await call('StartContainer', { containerId })),
    async stopContainer(containerId, timeout) {
      await call('StopContainer', { containerId, timeout }, { timeoutMs: Math.max(timeoutMs, timeout * 1000 + marginMs) });
    },
    removeContainer: async (containerId) => void (await call('RemoveContainer', { containerId })),
    async listContainers(filter) {
      return ((await call('ListContainers', { filter })) as { readonly containers: readonly Container[] }).containers;
    },
    async containerStatus(containerId, verbose) {
      return (await call('ContainerStatus', { containerId, verbose })) as { readonly status: ContainerStatus; readonly info: StringMap };
    },
    async updateContainerResources(containerId, linux, annotations) {
      await call('UpdateContainerResources', { containerId, linux, annotations });
    },
    reopenContainerLog: async (containerId) => void (await call('ReopenContainerLog', { containerId })),
    async execSync(containerId, cmd, timeout = 0) {
      const limitMs = timeout > 0 ? timeout * 1000 + marginMs : timeoutMs;
      return (await call('ExecSync', { containerId, cmd, timeout }, { timeoutMs: limitMs })) as ExecSyncResponse;
    },
    async exec(containerId, cmd, streams) {
      return ((await call('Exec', { containerId, cmd, ...streams })) as { readonly url: string }).url;
    },
    async attach(containerId, streams) {
      return ((await call('Attach', { containerId, ...streams })) as { readonly url: string }).url;
    },
    async containerStats(containerId) {
      return ((await call('ContainerStats', { containerId })) as { readonly stats: ContainerStats }).stats;
    },
    async listContainerStats(filter) {
      return ((await call('ListContainerStats', { filter })) as { readonly stats: readonly ContainerStats[] }).stats;
    },
  };
}

type ImageCalls = Pick<CriRuntime, 'listImages' | 'imageStatus' | 'pullImage' | 'removeImage' | 'imageFsInfo'>;

function imageCalls(call: Call, pullTimeoutMs: number): ImageCalls {
  return {
    async listImages(image) {
      const request = image ? { filter: { image } } : {};
      return ((await call('ListImages', request)) as { readonly images: readonly Image[] }).images;
    },
    async imageStatus(image) {
      try {
        return ((await call('ImageStatus', { image })) as { readonly image?: Image }).image;
      } catch (e) {
        if (isCriError(e, 'NOT_FOUND')) return undefined;
        throw e;
      }
    },
    async pullImage(image, { signal, ...rest } = {}) {
      const reply = await call('PullImage', { image, ...rest }, { timeoutMs: pullTimeoutMs, ...(signal ? { signal } : {}) });
      return (reply as { readonly imageRef: string }).imageRef;
    },
    removeImage: async (image) => void (await call('RemoveImage', { image })),
    imageFsInfo: async () => (await call('ImageFsInfo', {})) as ImageFsInfoResponse,
  };
}
