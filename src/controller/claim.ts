import { controllerOf } from '../api/index.ts';
import type { KubeObject, OwnerReference } from '../apimachinery/index.ts';
import { isInvalid, isNotFound } from '../apimachinery/index.ts';
import { keyOf, type ResourceClient } from '../client/index.ts';

/** What to do with one candidate: pure. */
export type Claim = 'keep' | 'adopt' | 'release' | 'ignore';

/** Whether `owner` owns, should adopt, or should let go of `object`. */
export function claimOf(object: KubeObject, owner: KubeObject, matches: boolean): Claim {
  const controller = controllerOf(object);
  const deleting = owner.metadata?.deletionTimestamp !== undefined;
  if (controller !== undefined) {
    if (controller.uid !== owner.metadata?.uid) return 'ignore';
    if (matches) return 'keep';
    return deleting ? 'ignore' : 'release';
  }
  if (deleting || !matches || object.metadata?.deletionTimestamp !== undefined) return 'ignore';
  return object.metadata?.namespace === owner.metadata?.namespace ? 'adopt' : 'ignore';
}

export interface ClaimOptions<T extends KubeObject> {
  readonly owner: KubeObject;
  readonly ref: OwnerReference;
  readonly matches: (object: T) => boolean;
  readonly client: ResourceClient<T>;
  /** A live read of the owner: one that is gone, being deleted or another by that name must not adopt. */
  readonly liveOwner: () => Promise<KubeObject>;
  /** Added to what is adopted. */
  readonly finalizers?: readonly string[];
  readonly signal: AbortSignal;
}

/** The objects `owner` controls, after adopting matching orphans and releasing what matches no more (ControllerRefManager upstream). */
export async function claimObjects<T extends KubeObject>(objects: readonly T[], options: ClaimOptions<T>): Promise<readonly T[]> {
  const claimed: T[] = [];
  let mayAdopt: Promise<void> | undefined;
  for (const object of objects) {
    switch (claimOf(object, options.owner, options.matches(object))) {
      case 'keep':
        claimed.push(object);
        break;
      case 'adopt':
        await (mayAdopt ??= checkOwner(options));
        if (await adopt(object, options)) claimed.push(object);
        break;
      case 'release':
        await release(object, options);
        break;
      case 'ignore':
        break;
    }
  }
  return claimed;
}

async function checkOwner<T extends KubeObject>(options: ClaimOptions<T>): Promise<void> {
  const fresh = await options.liveOwner();
  const { namespace = '', name = '', uid } = options.owner.metadata ?? {};
  if (fresh.metadata?.uid !== uid) throw new Error(`original ${options.ref.kind} ${namespace}/${name} is gone`);
  if (fresh.metadata?.deletionTimestamp !== undefined) throw new Error(`${namespace}/${name} has just been deleted`);
}

/** False when the object has gone meanwhile. */
async function adopt<T extends KubeObject>(object: T, { client, ref, finalizers, signal }: ClaimOptions<T>): Promise<boolean> {
  const metadata = {
    uid: object.metadata?.uid,
    ownerReferences: [...(object.metadata?.ownerReferences ?? []), ref],
    ...(finalizers === undefined ? {} : { finalizers: [...new Set([...(object.metadata?.finalizers ?? []), ...finalizers])] }),
    // Lists are replaced by a merge patch: refuse it if someone else wrote meanwhile.
    resourceVersion: object.metadata?.resourceVersion,
  };
  try {
    await client.patch(keyOf(object), 'merge', { metadata }, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function release<T extends KubeObject>(object: T, { client, owner, signal }: ClaimOptions<T>): Promise<void> {
  const kept = (object.metadata?.ownerReferences ?? []).filter((r) => r.uid !== owner.metadata?.uid);
  const metadata = { uid: object.metadata?.uid, ownerReferences: kept.length === 0 ? null : kept, resourceVersion: object.metadata?.resourceVersion };
  try {
    await client.patch(keyOf(object), 'merge', { metadata }, { signal });
  } catch (error) {
    // Gone, or another object by that name: nothing to let go of.
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}
