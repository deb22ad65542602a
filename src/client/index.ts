/**
 * How every component talks to an API server.
 *
 * - A `Transport` is made for one user; components hold a `Client` over it and never know whether the server is in this process.
 * - Objects received are shared and read-only.
 * - Informers call their handlers synchronously, in the order of the server's events; a key is queued, work is done elsewhere.
 * - A key of a `WorkQueue` is never handled by two workers at once, and none is lost.
 * - Nothing starts by construction: informers, elections and recorders run while their signal lives.
 * - Must not know: kinds' meanings, the store, how replies are made.
 */
export { Backoff, type BackoffOptions } from './backoff.ts';
export {
  type CallOptions,
  type Client,
  createClient,
  type DeleteOptions,
  type GetOptions,
  type ListOptions,
  type ObjectList,
  type PatchType,
  type ResourceClient,
  type WatchOptions,
  type WriteOptions,
} from './client.ts';
export { discover, type Discovered, type DiscoveredResource, preferredResources } from './discovery.ts';
export { type CoreEvent, eventLimits, type EventType, type ObjectReference } from './event-correlator.ts';
export { createEventRecorder, type EventRecorder, type EventRecorderOptions, referenceTo } from './event-recorder.ts';
export { type HttpsTransportOptions, httpsTransport } from './https-transport.ts';
export { frameError, inProcessTransport } from './in-process-transport.ts';
export { createInformer, type Informer, type InformerOptions, type ResourceEventHandler } from './informer.ts';
export { createInformerFactory, type InformerFactory, type InformerFactoryOptions, type InformerScope } from './informer-factory.ts';
export { connectionFromKubeconfig, inClusterTransport, type Kubeconfig, type TransportContext, transportFromKubeconfig } from './kubeconfig.ts';
export { knownResource, knownResources } from './known-resources.ts';
export {
  defaultElectionTimings,
  type ElectionStep,
  electionStep,
  type ElectionTimings,
  type LeaderElectionOptions,
  type LeaseObject,
  type LeaseSpec,
  type ObservedLease,
  runLeaderElection,
} from './leader-election.ts';
export { initialEventsEnd, type ReflectorOptions, type ReflectorSink, runReflector } from './reflector.ts';
export {
  keyOf,
  keyText,
  type ObjectKey,
  objectKeyText,
  parseKey,
  refApiVersion,
  resourceName,
  resourcePath,
  type ResourceRef,
} from './resource-ref.ts';
export { createSeriesRecorder, type SeriesEvent, type SeriesRecorder, type SeriesRecorderOptions } from './series-recorder.ts';
export { byControllerUid, controllerUidIndex, createStore, type Indexer, type Lister, type Store } from './store.ts';
export type { ApiCall, ApiResult, Transport, WatchFrame, WatchStream } from './transport.ts';
export { createWorkQueue, defaultRateLimits, type RateLimits, type WorkQueue } from './work-queue.ts';
/** What programs outside need to go with it: errors by their reasons, and the common kinds as types (`client.resource<Pod>('pods')`). */
export {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isStatusError,
  type KubeObject,
  type ObjectMeta,
  type Status,
  StatusError,
} from '../apimachinery/index.ts';
export type {
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  Job,
  Lease,
  LimitRange,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  ReplicaSet,
  ResourceQuota,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
  ValidatingWebhookConfiguration,
} from '../api/index.ts';
