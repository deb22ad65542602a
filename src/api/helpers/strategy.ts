import type { Draft, KubeObject, ObjectMeta } from '../../apimachinery/index.ts';
import type { RequestContext, Strategy } from '../definition.ts';
import { semanticEqual } from './semantic-equal.ts';

type Fields = Record<string, unknown>;

/** Sets `field` to what `source` has there, or removes it. */
export function keep(target: object, source: object, field: string): void {
  const value = (source as Fields)[field];
  if (value === undefined) delete (target as Fields)[field];
  else (target as Fields)[field] = value;
}

const keptMetadata: readonly (keyof ObjectMeta)[] = [
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'deletionTimestamp',
  'generation',
  'selfLink',
];

/** What a status update leaves alone where upstream resets metadata. */
export function keepMetadata(obj: Draft<KubeObject>, old: KubeObject): void {
  for (const field of keptMetadata) keep((obj.metadata ??= {}), old.metadata ?? {}, field);
}

export function setGeneration(obj: Draft<KubeObject>, generation: number): void {
  (obj.metadata ??= {}).generation = generation;
}

/** The generation after the old one, when `changed`. */
export function bumpGeneration(obj: Draft<KubeObject>, old: KubeObject, changed: boolean): void {
  if (changed) setGeneration(obj, (old.metadata?.generation ?? 0) + 1);
}

export function fieldChanged(obj: object, old: object, field: string): boolean {
  return !semanticEqual((obj as Fields)[field], (old as Fields)[field]);
}

export interface StatusOptions {
  /** False for kinds that count no generations. */
  readonly generation?: boolean;
  /** True where a status update cannot touch metadata either. */
  readonly resetMetadata?: boolean;
}

type Prepare = Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate'>>;

/** Preparation of kinds with a status subresource: each side keeps what belongs to the other, the generation follows the spec. */
export function withStatus({ generation = true, resetMetadata = false }: StatusOptions = {}): Prepare {
  return {
    prepareForCreate(obj: Draft<KubeObject>) {
      delete (obj as Fields)['status'];
      if (generation) setGeneration(obj, 1);
    },
    prepareForUpdate(obj: Draft<KubeObject>, old: KubeObject, ctx: RequestContext) {
      if (ctx.subresource === 'status') {
        keepAllButStatus(obj, old);
        if (resetMetadata) keepMetadata(obj, old);
        return;
      }
      keep(obj, old, 'status');
      if (generation) bumpGeneration(obj, old, fieldChanged(obj, old, 'spec'));
    },
  };
}

/** Preparation of kinds whose generation follows one field, by default their spec. */
export function withGeneration(field = 'spec'): Prepare {
  return {
    prepareForCreate: (obj: Draft<KubeObject>) => setGeneration(obj, 1),
    prepareForUpdate: (obj: Draft<KubeObject>, old: KubeObject) => bumpGeneration(obj, old, fieldChanged(obj, old, field)),
  };
}

/** Restores all but status and metadata. */
export function keepAllButStatus(obj: Draft<KubeObject>, old: KubeObject): void {
  for (const field of new Set([...Object.keys(obj), ...Object.keys(old)])) {
    if (field !== 'status' && field !== 'metadata') keep(obj, old, field);
  }
}
