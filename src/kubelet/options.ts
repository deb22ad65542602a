import type { Clock, Logger, Rng } from '../base/index.ts';
import type { Client } from '../client/index.ts';
import type { ContainerdOptions } from '../cri/index.ts';

/** What a node offers to pods: its share of the machine. */
export interface NodeResources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly ephemeralStorageBytes: number;
}

/** Any CRI runtime by its socket, or a private containerd that is found running or started, and kept running. */
export type RuntimeOptions =
  | { readonly endpoint: string }
  | { readonly containerd: Omit<ContainerdOptions, 'clock' | 'logger' | 'pauseImage' | 'cniConfDir'> };

/** A network of the kubelet's own making: written once the Node has its podCIDR. Without it CNI is someone else's business. */
export interface NetworkOptions {
  readonly confDir: string;
  readonly binDir?: string;
  readonly dataDir: string;
  /** At most 15 characters. */
  readonly bridge: string;
  readonly mtu: number;
}

export interface KubeletServerOptions {
  readonly host: string;
  /** Default 10250; 0 chooses one. */
  readonly port?: number;
  /** PEM of the CA whose client certificates are believed. */
  readonly clientCa: string;
  /** PEM. Without it a certificate is asked for through the CertificateSigningRequest API, and renewed. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface KubeletOptions {
  /** As `system:node:NAME` of group `system:nodes`. */
  readonly client: Client;
  readonly nodeName: string;
  /** The name the node tells; default the node's name. */
  readonly hostname?: string;
  /** First the primary one. */
  readonly nodeIPs: readonly string[];
  readonly runtime: RuntimeOptions;
  readonly network?: NetworkOptions;
  /** Pods' volumes, logs of containers and certificates. Must not be seen by others. */
  readonly rootDir: string;
  /** Below it `kubepods` is made in every hierarchy: `/kubets/NAME/NODE`. */
  readonly cgroupRoot: string;
  /** Full reference; default the project's own, which is built and imported where it is missing. */
  readonly pauseImage?: string;
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  /** Default `/etc/resolv.conf`. */
  readonly resolvConf?: string;
  readonly resources: NodeResources;
  /** Besides those every node has. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly server?: KubeletServerOptions;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}

/** A kubelet at work. */
export interface Kubelet {
  /** Of its server; 0 without one. */
  readonly port: number;
  /** Resolves when the runtime answers and the Node is registered. */
  readonly registered: Promise<void>;
  /** Ends the kubelet alone: containers, and containerd, run on. */
  stop(): Promise<void>;
}
