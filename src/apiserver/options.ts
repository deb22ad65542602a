import type { Json } from '../apimachinery/index.ts';
import type { Clock, Logger, Rng } from '../base/index.ts';
import type { Descriptions, ResourceDefinition } from '../api/index.ts';
import type { MetricsSource } from '../serving/index.ts';
import type { Etcd } from '../etcd/index.ts';
import type { Handler, WireHandler } from '../http/index.ts';
import type { AuditSink } from './filters/audit.ts';
import type { ServerContext, SecurityFactories } from './context.ts';
import type { KubeletDialer } from './rest/kubelet-dialer.ts';
import type { TokenIssuer } from './rest/token-issuer.ts';

/** Upper bounds of what one server takes on at a time. */
export interface ApiServerLimits {
  /** Reads in progress; watches, logs and streams do not count. */
  readonly maxReadonlyInFlight: number;
  readonly maxMutatingInFlight: number;
  readonly maxBodyBytes: number;
  /** Of an ordinary request; 504 after that. */
  readonly requestTimeoutMs: number;
  /** Watches without timeoutSeconds end after this, plus up to as much again by chance. */
  readonly minWatchTimeoutMs: number;
}

export const defaultApiServerLimits: ApiServerLimits = {
  maxReadonlyInFlight: 400,
  maxMutatingInFlight: 200,
  maxBodyBytes: 3145728,
  requestTimeoutMs: 60_000,
  minWatchTimeoutMs: 1_800_000,
};

export interface ApiServerOptions {
  readonly etcd: Etcd;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  /** Authentication, authorization and admission. */
  readonly security: SecurityFactories;
  /** Of ClusterIPs; the first one is the primary family. Default `10.96.0.0/16`. */
  readonly serviceCidrs?: readonly string[];
  /** Default 30000 to 32767. */
  readonly nodePorts?: { readonly from: number; readonly to: number };
  /** Where clients inside the cluster reach this server: makes the Service `kubernetes` and its endpoints. Absent = none are made. */
  readonly advertise?: { readonly address: string; readonly port: number };
  /** Connects to kubelets for logs, exec, attach and port-forward; absent = these answer 503. */
  readonly kubelet?: KubeletDialer;
  /** Issues service account tokens; absent = `serviceaccounts/token` answers 503. */
  readonly tokens?: TokenIssuer;
  /** PEM, for the ConfigMap extension-apiserver-authentication. */
  readonly clientCa?: string;
  readonly requestHeaderCa?: string;
  readonly limits?: Partial<ApiServerLimits>;
  /** Built-in kinds to serve; all of them when absent. */
  readonly resources?: readonly ResourceDefinition[];
  /** The issuer of service account tokens and its public keys, for others to check them by; absent = 404. */
  readonly openId?: { readonly issuer: string; jwks(): Promise<Json> };
  /** Told of each answered request. */
  readonly audit?: AuditSink;
  /** What types and fields are for, shown in OpenAPI (`kubectl explain`); a function is called when a document is made. */
  readonly descriptions?: Descriptions | (() => Promise<Descriptions | undefined>);
  /** What `/metrics` shows; absent = what this server counts of its own requests. */
  readonly metrics?: MetricsSource;
  /** The store's prefix; `/registry` when absent. */
  readonly etcdPrefix?: string;
}

/** One API server. Nothing runs before `start`. */
export interface ApiServer extends AsyncDisposable {
  /** Answers requests of known senders: what in-process transports call. */
  readonly handler: Handler;
  /** Answers requests from the wire: authenticates, handles, negotiates, encodes. */
  readonly wireHandler: WireHandler;
  readonly context: ServerContext;
  /** Loads what must be there before the first request (roles, namespaces, allocators, custom resources); resolves when `/readyz` would say so. */
  start(): Promise<void>;
  close(): Promise<void>;
}
