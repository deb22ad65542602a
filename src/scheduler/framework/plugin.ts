import type { Node, Pod } from '../../api/index.ts';
import type { NodeInfo } from './node-info.ts';
import type { Status } from './status.ts';

/** What plugins hand to their own later points within one cycle of one pod, by plugin name. */
export type CycleState = Map<string, unknown>;

/** The nodes as they stand at the start of a cycle. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  get(name: string): NodeInfo | undefined;
}

/** A change in the cluster that may let a pod fit which did not. */
export interface ClusterEvent {
  readonly resource: 'Pod' | 'Node';
  readonly action: 'Add' | 'Update' | 'Delete';
  readonly pod?: Pod;
  readonly node?: Node;
  readonly oldNode?: Node;
}

/** What Bind may ask of the API. */
export interface BindHandle {
  bind(pod: Pod, nodeName: string): Promise<void>;
}

/**
 * A scheduler plugin: the extension points it implements, in the order they run. All are pure but Reserve, Permit, PreBind, Bind and
 * PostBind, which may act. Outcomes are values; a throw is a scheduler error.
 */
export interface FrameworkPlugin {
  readonly name: string;
  /** Pods refused here never enter the queue. */
  preEnqueue?(pod: Pod): Status | undefined;
  /** Exactly one plugin orders the queue: negative when `a` comes first. */
  less?(a: QueuedPod, b: QueuedPod): number;
  /** May name the only nodes worth trying. */
  preFilter?(pod: Pod, state: CycleState, snapshot: Snapshot): { readonly status?: Status; readonly nodeNames?: ReadonlySet<string> } | undefined;
  filter?(pod: Pod, node: NodeInfo, state: CycleState): Status | undefined;
  /** Runs when no node fits; may nominate a node for which it made room. */
  postFilter?(pod: Pod, snapshot: Snapshot, statuses: ReadonlyMap<string, Status>): { readonly message: string; readonly nominatedNode?: string };
  preScore?(pod: Pod, nodes: readonly NodeInfo[], state: CycleState): Status | undefined;
  /** Higher is better; 0 to 100 after `normalizeScore`. */
  score?(pod: Pod, node: NodeInfo, state: CycleState): number;
  normalizeScore?(scores: number[]): void;
  reserve?(pod: Pod, nodeName: string, state: CycleState): Status | undefined;
  unreserve?(pod: Pod, nodeName: string, state: CycleState): void;
  permit?(pod: Pod, nodeName: string, state: CycleState): Status | undefined;
  preBind?(pod: Pod, nodeName: string, state: CycleState): Promise<Status | undefined>;
  /** The first plugin that does not skip binds. */
  bind?(pod: Pod, nodeName: string, handle: BindHandle): Promise<Status | undefined>;
  postBind?(pod: Pod, nodeName: string): void;
  /** Whether an event may make a pod schedulable that this plugin refused; without it every event may. */
  queueingHint?(event: ClusterEvent, pod: Pod): boolean;
}

/** A plugin with its weight in the sum of scores. */
export interface WeightedPlugin {
  readonly plugin: FrameworkPlugin;
  readonly weight: number;
}

/** A pod waiting to be scheduled. Times are of the clock's monotonic scale. */
export interface QueuedPod {
  readonly pod: Pod;
  /** When it entered the queue last. */
  readonly timestampMs: number;
  readonly attempts: number;
  readonly unschedulablePlugins: ReadonlySet<string>;
}
