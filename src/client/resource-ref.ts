import { apiVersionOf, type KubeObject } from '../apimachinery/index.ts';

/** Names a resource of the API, built-in or custom, in one version. */
export interface ResourceRef {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Filled in on bodies that lack it; lists' items carry neither kind nor apiVersion. */
  readonly kind?: string;
}

/** Names an object within its resource; `namespace` is '' for cluster-scoped ones. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** `deployments.apps`, `pods`: group and plural, whatever the version. */
export function resourceName(ref: ResourceRef): string {
  return ref.group === '' ? ref.plural : `${ref.plural}.${ref.group}`;
}

export function refApiVersion(ref: ResourceRef): string {
  return apiVersionOf(ref.group, ref.version);
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of stores and queues (cache.MetaNamespaceKeyFunc upstream). */
export function keyText(key: ObjectKey): string {
  return key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
}

/** The inverse of `keyText`. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { namespace: '', name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** `keyText(keyOf(object))`. */
export function objectKeyText(object: KubeObject): string {
  return keyText(keyOf(object));
}

/** Where a call goes, percent-encoded: the one place that builds paths of the API. */
export function resourcePath(
  ref: ResourceRef,
  target: { readonly namespace?: string; readonly name?: string; readonly subresource?: string } = {},
): string {
  const root = ref.group === '' ? `/api/${ref.version}` : `/apis/${encodeURIComponent(ref.group)}/${ref.version}`;
  const namespace =
    ref.namespaced && target.namespace !== undefined && target.namespace !== '' ? `/namespaces/${encodeURIComponent(target.namespace)}` : '';
  const name = target.name === undefined ? '' : `/${encodeURIComponent(target.name)}`;
  return `${root}${namespace}/${ref.plural}${name}${target.subresource === undefined ? '' : `/${target.subresource}`}`;
}
