import type { KeyToPath } from '../api/index.ts';
import type { PayloadFile } from './atomic-writer.ts';
import { VolumeError } from './volume-plugin.ts';

interface KeyedSource {
  /** `configmap` or `secret`, as errors name it. */
  readonly kind: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly items: readonly KeyToPath[] | undefined;
  readonly defaultMode: number;
  readonly optional: boolean;
}

/** The files of a ConfigMap or Secret: all keys, or the chosen ones at chosen paths. */
export function keysPayload(source: KeyedSource): Map<string, PayloadFile> {
  const payload = new Map<string, PayloadFile>();
  if (!source.items || source.items.length === 0) {
    for (const [key, content] of source.values) payload.set(key, { content, mode: source.defaultMode });
    return payload;
  }
  for (const item of source.items) {
    const content = source.values.get(item.key);
    if (content === undefined) {
      if (source.optional) continue;
      throw new VolumeError(`references non-existent ${source.kind} key: ${item.key}`);
    }
    payload.set(item.path, { content, mode: item.mode ?? source.defaultMode });
  }
  return payload;
}

/** Text and base64 values as bytes. */
export function configMapValues(object: {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}): Map<string, Uint8Array> {
  return new Map([
    ...Object.entries(object.data ?? {}).map(([k, v]) => [k, Buffer.from(v)] as const),
    ...Object.entries(object.binaryData ?? {}).map(([k, v]) => [k, Buffer.from(v, 'base64')] as const),
  ]);
}

export function secretValues(object: { readonly data?: Readonly<Record<string, string>> }): Map<string, Uint8Array> {
  return new Map(Object.entries(object.data ?? {}).map(([k, v]) => [k, Buffer.from(v, 'base64')] as const));
}
