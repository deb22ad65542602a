import { assert } from '../base/index.ts';
import type { Node, Pod } from '../api/index.ts';
import { type NodeInfo, nodeInfo, type Snapshot } from './framework/index.ts';

interface Entry {
  node: Node | undefined;
  readonly pods: Map<string, Pod>;
  /** Made anew when something changed; shared by snapshots until then. */
  info: NodeInfo | undefined;
}

const uidOf = (pod: Pod): string => pod.metadata?.uid ?? '';

/**
 * The scheduler's view of nodes and the pods on them. A pod it has just placed is *assumed*: counted at once, before the binding is seen to
 * come back by the watch. Pure: told of changes, never asks.
 */
export class Cache {
  readonly #entries = new Map<string, Entry>();
  /** Node of every pod counted, by uid. */
  readonly #placed = new Map<string, string>();
  readonly #assumed = new Set<string>();
  #snapshot: Snapshot | undefined;

  setNode(node: Node): void {
    const entry = this.#entry(node.metadata?.name ?? '');
    entry.node = node;
    this.#changed(entry);
  }

  removeNode(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    entry.node = undefined;
    this.#changed(entry);
    if (entry.pods.size === 0) this.#entries.delete(name);
  }

  /** A pod that is bound, as the watch shows it: confirms an assumption or corrects it. */
  setPod(pod: Pod): void {
    const nodeName = pod.spec?.nodeName ?? '';
    assert(nodeName !== '', 'a pod in the cache is on a node');
    this.#assumed.delete(uidOf(pod));
    this.#put(pod, nodeName);
  }

  removePod(pod: Pod): void {
    this.#assumed.delete(uidOf(pod));
    this.#take(uidOf(pod));
  }

  assumePod(pod: Pod, nodeName: string): void {
    assert(!this.#placed.has(uidOf(pod)), 'a pod is assumed once');
    this.#assumed.add(uidOf(pod));
    this.#put(pod, nodeName);
  }

  /** Binding failed: the pod counts no more, unless the watch has shown it bound meanwhile. */
  forgetPod(pod: Pod): void {
    if (this.#assumed.delete(uidOf(pod))) this.#take(uidOf(pod));
  }

  isAssumed(pod: Pod): boolean {
    return this.#assumed.has(uidOf(pod));
  }

  snapshot(): Snapshot {
    if (this.#snapshot) return this.#snapshot;
    const nodes: NodeInfo[] = [];
    const byName = new Map<string, NodeInfo>();
    for (const entry of this.#entries.values()) {
      if (!entry.node) continue;
      entry.info ??= nodeInfo(entry.node, entry.pods.values());
      nodes.push(entry.info);
      byName.set(entry.info.name, entry.info);
    }
    this.#snapshot = { nodes, get: (name) => byName.get(name) };
    return this.#snapshot;
  }

  #entry(name: string): Entry {
    let entry = this.#entries.get(name);
    if (!entry) this.#entries.set(name, (entry = { node: undefined, pods: new Map(), info: undefined }));
    return entry;
  }

  #put(pod: Pod, nodeName: string): void {
    if (this.#placed.get(uidOf(pod)) !== nodeName) this.#take(uidOf(pod));
    const entry = this.#entry(nodeName);
    entry.pods.set(uidOf(pod), pod);
    this.#placed.set(uidOf(pod), nodeName);
    this.#changed(entry);
  }

  #take(uid: string): void {
    const nodeName = this.#placed.get(uid);
    if (nodeName === undefined) return;
    this.#placed.delete(uid);
    const entry = this.#entries.get(nodeName)!;
    entry.pods.delete(uid);
    this.#changed(entry);
    if (!entry.node && entry.pods.size === 0) this.#entries.delete(nodeName);
  }

  #changed(entry: Entry): void {
    entry.info = undefined;
    this.#snapshot = undefined;
  }
}
