import type { WatchItem } from './store.ts';

/** What an object is called in the version it is served in, with the bytes that go in front of it made once. Make one a resource and version. */
export interface ServedNames {
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind: string;
  /** Custom kinds name kind and apiVersion in each list item, built-in ones do not (upstream's typed and unstructured encoders). */
  readonly namedItems: boolean;
  /** `{"kind":…,"apiVersion":…,"metadata":{"resourceVersion":"` */
  readonly objectHead: string;
  /** What a list item starts with, up to the revision's digits. */
  readonly itemHead: string;
  /** `{"type":"ADDED","object":` and objectHead. */
  readonly frameHeads: Readonly<Record<WatchItem['type'], string>>;
}

export function servedNames(names: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly namedItems?: boolean;
}): ServedNames {
  const objectHead = `{"kind":${JSON.stringify(names.kind)},"apiVersion":${JSON.stringify(names.apiVersion)},"metadata":{"resourceVersion":"`;
  const frameHead = (type: string) => `{"type":"${type}","object":${objectHead}`;
  return {
    apiVersion: names.apiVersion,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    namedItems: names.namedItems ?? false,
    objectHead,
    itemHead: names.namedItems ? objectHead : '{"metadata":{"resourceVersion":"',
    frameHeads: { ADDED: frameHead('ADDED'), MODIFIED: frameHead('MODIFIED'), DELETED: frameHead('DELETED'), BOOKMARK: frameHead('BOOKMARK') },
  };
}
