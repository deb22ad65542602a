import { same } from '../same.ts';
import type { KubeObject, OwnerReference } from '../../apimachinery/index.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An object, or what an owner reference says of one that was not seen yet (`virtual`). */
export interface GraphNode {
  identity: Identity;
  /** As its owner references are. */
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  beingDeleted: boolean;
  /** It waits for its dependents to be deleted (foreground deletion). */
  deletingDependents: boolean;
  virtual: boolean;
}

/** What the graph asks for after an event: nodes to look at. */
export interface GraphWork {
  readonly attemptToDelete: ReadonlySet<GraphNode>;
  readonly attemptToOrphan: ReadonlySet<GraphNode>;
}

interface Work {
  readonly attemptToDelete: Set<GraphNode>;
  readonly attemptToOrphan: Set<GraphNode>;
}

/**
 * Who owns whom, by uid, kept up to date by what informers see. Pure: events in, work out. An owner that was never seen stands in the
 * graph as a virtual node, to be checked at the server: it may just not have been listed yet, or may never have existed.
 */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  /** Uids known to be gone: bounded, oldest out first. */
  readonly #absent = new Set<string>();
  readonly #maxAbsent: number;

  constructor(maxAbsent = 500) {
    this.#maxAbsent = maxAbsent;
  }

  get size(): number {
    return this.#nodes.size;
  }

  node(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  isAbsent(uid: string): boolean {
    return this.#absent.has(uid);
  }

  markAbsent(uid: string): void {
    this.#absent.delete(uid);
    this.#absent.add(uid);
    for (const oldest of this.#absent) {
      if (this.#absent.size <= this.#maxAbsent) break;
      this.#absent.delete(oldest);
    }
  }

  /** An object was added or changed. */
  observe(object: KubeObject): GraphWork {
    const work: Work = { attemptToDelete: new Set(), attemptToOrphan: new Set() };
    const identity = identityOf(object);
    const owners = object.metadata?.ownerReferences ?? [];
    let node = this.#nodes.get(identity.uid);
    if (node === undefined) {
      node = { identity, owners, dependents: new Set(), beingDeleted: false, deletingDependents: false, virtual: false };
      this.#nodes.set(identity.uid, node);
      this.#link(node, owners, work);
    } else {
      if (node.virtual) this.#observedVirtual(node, identity, work);
      this.#changeOwners(node, owners, work);
    }
    this.#transitions(node, object, work);
    return work;
  }

  /** An object has gone, by an event or because the server does not know it. */
  remove(uid: string): GraphWork {
    const work: Work = { attemptToDelete: new Set(), attemptToOrphan: new Set() };
    this.markAbsent(uid);
    const node = this.#nodes.get(uid);
    if (node === undefined) return work;
    this.#nodes.delete(uid);
    this.#unlink(node, node.owners);
    for (const dependent of node.dependents) work.attemptToDelete.add(dependent);
    // An owner that waits for its dependents may have waited for this one.
    for (const ref of node.owners) {
      const owner = this.#nodes.get(ref.uid);
      if (owner?.deletingDependents === true) work.attemptToDelete.add(owner);
    }
    return work;
  }

  /** Dependents that keep `owner` from being deleted in the foreground. */
  blockingDependents(owner: GraphNode): readonly GraphNode[] {
    return [...owner.dependents].filter((d) => d.owners.some((r) => r.uid === owner.identity.uid && r.blockOwnerDeletion === true));
  }

  #observedVirtual(node: GraphNode, identity: Identity, work: Work): void {
    node.virtual = false;
    const differs = node.identity.namespace !== identity.namespace || node.identity.kind !== identity.kind || node.identity.name !== identity.name;
    node.identity = identity;
    // References that named it wrongly (another namespace or kind) are dangling: their holders are looked at.
    if (differs) for (const dependent of node.dependents) work.attemptToDelete.add(dependent);
  }

  #link(node: GraphNode, refs: readonly OwnerReference[], work: Work): void {
    for (const ref of refs) {
      let owner = this.#nodes.get(ref.uid);
      if (owner === undefined) {
        const { apiVersion, kind, name, uid } = ref;
        const identity = { apiVersion, kind, name, uid, namespace: node.identity.namespace };
        owner = { identity, owners: [], dependents: new Set(), beingDeleted: false, deletingDependents: false, virtual: true };
        this.#nodes.set(uid, owner);
        work.attemptToDelete.add(owner);
      } else if (!owner.virtual && owner.identity.namespace !== '' && owner.identity.namespace !== node.identity.namespace) {
        work.attemptToDelete.add(node);
      }
      if (owner.deletingDependents) work.attemptToDelete.add(owner);
      owner.dependents.add(node);
    }
  }

  #unlink(node: GraphNode, refs: readonly OwnerReference[]): void {
    for (const ref of refs) {
      const owner = this.#nodes.get(ref.uid);
      owner?.dependents.delete(node);
      if (owner?.virtual === true && owner.dependents.size === 0) this.#nodes.delete(ref.uid);
    }
  }

  #changeOwners(node: GraphNode, next: readonly OwnerReference[], work: Work): void {
    const old = node.owners;
    if (same(old, next)) return;
    const removed = old.filter((o) => !next.some((n) => n.uid === o.uid));
    const added = next.filter((n) => !old.some((o) => o.uid === n.uid));
    node.owners = next;
    for (const ref of old) {
      const now = next.find((n) => n.uid === ref.uid);
      const unblocked = ref.blockOwnerDeletion === true && now?.blockOwnerDeletion !== true;
      const owner = this.#nodes.get(ref.uid);
      if (unblocked && owner?.deletingDependents === true) work.attemptToDelete.add(owner);
    }
    this.#link(node, added, work);
    this.#unlink(node, removed);
    // An object whose owners changed may have only absent ones now.
    if (removed.length > 0 || added.length > 0) work.attemptToDelete.add(node);
  }

  #transitions(node: GraphNode, object: KubeObject, work: Work): void {
    if (object.metadata?.deletionTimestamp === undefined) return;
    node.beingDeleted = true;
    const finalizers = object.metadata.finalizers ?? [];
    if (finalizers.includes(orphanFinalizer)) {
      work.attemptToOrphan.add(node);
      return;
    }
    if (!finalizers.includes(foregroundFinalizer)) return;
    if (!node.deletingDependents) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) work.attemptToDelete.add(dependent);
    }
    work.attemptToDelete.add(node);
  }
}

function identityOf(object: KubeObject): Identity {
  const { namespace = '', name = '', uid = '' } = object.metadata ?? {};
  return { apiVersion: object.apiVersion ?? '', kind: object.kind ?? '', namespace, name, uid };
}
