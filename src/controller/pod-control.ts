import { errorText } from '../base/index.ts';
import type { Pod, PodTemplateSpec } from '../api/index.ts';
import { isNotFound, type KubeObject, type OwnerReference } from '../apimachinery/index.ts';
import type { Client, EventRecorder } from '../client/index.ts';

/** A Pod as `template` describes it, owned by `ref`. `more` wins over the template's metadata. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubeObject,
  options: { readonly ref: OwnerReference; readonly generateName?: string; readonly finalizers?: readonly string[] },
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const all = [...(finalizers ?? []), ...(options.finalizers ?? [])];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: owner.metadata?.namespace ?? '',
      generateName: options.generateName ?? podPrefix(owner.metadata?.name ?? ''),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(all.length === 0 ? {} : { finalizers: all }),
      ownerReferences: [options.ref],
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** `name-`, or `name` alone where the hyphen would make an invalid name. */
function podPrefix(name: string): string {
  return name.length >= 253 ? name : `${name}-`;
}

/** Creates a Pod and tells of it on its owner (`SuccessfulCreate`, `FailedCreate`). */
export async function createPod(
  pod: Pod,
  owner: KubeObject,
  io: { readonly client: Client; readonly recorder: EventRecorder; readonly signal: AbortSignal },
): Promise<Pod> {
  try {
    const made = await io.client.resource<Pod>('pods').create(pod, { signal: io.signal });
    io.recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata?.name ?? ''}`);
    return made;
  } catch (error) {
    if (!isNamespaceTerminating(error)) io.recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${errorText(error)}`);
    throw error;
  }
}

/** Deletes a Pod and tells of it on its owner. One that is gone already is no failure and no event. */
export async function deletePod(
  pod: Pod,
  owner: KubeObject,
  io: { readonly client: Client; readonly recorder: EventRecorder; readonly signal: AbortSignal },
): Promise<'deleted' | 'gone'> {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  try {
    await io.client.resource<Pod>('pods').delete({ namespace, name }, { signal: io.signal });
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    io.recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${errorText(error)}`);
    throw error;
  }
  io.recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  return 'deleted';
}

/** A create was refused because the namespace is being deleted: nothing to tell, nothing to retry. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof Error &&
    'status' in error &&
    ((error.status as { details?: { causes?: readonly { reason?: string }[] } }).details?.causes ?? []).some(
      (c) => c.reason === 'NamespaceTerminating',
    )
  );
}
