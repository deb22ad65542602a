import type { DownwardAPIVolumeFile } from '../api/index.ts';
import type { PayloadFile } from './atomic-writer.ts';
import { fieldValue, resourceFieldValue } from './downward-fields.ts';
import { type VolumeContext, VolumeError } from './volume-plugin.ts';

export function downwardPayload(items: readonly DownwardAPIVolumeFile[], defaultMode: number, context: VolumeContext): Map<string, PayloadFile> {
  const payload = new Map<string, PayloadFile>();
  for (const item of items) payload.set(item.path, { content: Buffer.from(valueOf(item, context)), mode: item.mode ?? defaultMode });
  return payload;
}

function valueOf(item: DownwardAPIVolumeFile, { pod, nodeAllocatable }: VolumeContext): string {
  if (item.fieldRef) {
    const value = fieldValue(pod, item.fieldRef.fieldPath);
    if (value === undefined) throw new VolumeError(`unsupported fieldPath: ${item.fieldRef.fieldPath}`);
    return value;
  }
  const selector = item.resourceFieldRef;
  const container = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((c) => c.name === selector?.containerName);
  const value = selector && container ? resourceFieldValue(container, selector, nodeAllocatable) : undefined;
  if (value === undefined) throw new VolumeError(`cannot resolve ${selector?.resource ?? item.path}`);
  return value;
}
