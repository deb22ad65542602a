import type { KeyToPath } from '../api/index.ts';
import type { PayloadFile } from './atomic-writer.ts';
import { type VolumeContext, VolumeError } from './volume-plugin.ts';

interface KeyedSource {
  /** `config` or `secret`, as errors name it. */
  readonly kind: string;
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly items: readonly KeyToPath[] | undefined;
  readonly defaultMode: number;
  readonly optional: boolean;
}

/** What a volume says of the ConfigMap or Secret it shows. */
interface ObjectSource {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

/** The files of a ConfigMap of the pod's namespace. Throws VolumeError for one that is missing and not optional. */
export async function configMapPayload(source: ObjectSource, defaultMode: number, context: VolumeContext): Promise<Map<string, PayloadFile>> {
  const { name = '', items, optional = false } = source;
  const object = await context.sources.configMap(context.pod.metadata?.namespace ?? '', name);
  if (!object && !optional) throw new VolumeError(`configmap ${JSON.stringify(name)} not found`);
  return keysPayload({ kind: 'config', values: configMapValues(object ?? {}), items, defaultMode, optional });
}

/** As `configMapPayload`, of a Secret. */
export async function secretPayload(source: ObjectSource, defaultMode: number, context: VolumeContext): Promise<Map<string, PayloadFile>> {
  const { name = '', items, optional = false } = source;
  const object = await context.sources.secret(context.pod.metadata?.namespace ?? '', name);
  if (!object && !optional) throw new VolumeError(`secret ${JSON.stringify(name)} not found`);
  return keysPayload({ kind: 'secret', values: secretValues(object ?? {}), items, defaultMode, optional });
}

/** All keys, or the chosen ones at chosen paths. */
function keysPayload(source: KeyedSource): Map<string, PayloadFile> {
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
