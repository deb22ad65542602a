import type { Container, PodSpec } from '../../../api/index.ts';

/** One rule that a pod breaks: `host namespaces (hostNetwork=true)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** All containers in upstream's order: init, ordinary, ephemeral. */
export function containersOf(spec: PodSpec): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...((spec.ephemeralContainers ?? []) as readonly Container[])];
}

export const quoted = (values: Iterable<string>): string => [...values].map((v) => JSON.stringify(v)).join(', ');

/** `container "a"`, `containers "a", "b"`. */
export function containerNames(containers: readonly { readonly name: string }[]): string {
  return `${containers.length === 1 ? 'container' : 'containers'} ${quoted(containers.map((c) => c.name))}`;
}

/** Who set something: the pod, containers, or both. */
export function setters(pod: boolean, containers: readonly { readonly name: string }[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containerNames(containers)] : [])].join(' and ');
}

/** `volume "v"`, `volumes "a", "b"`. */
export function volumeNames(volumes: readonly { readonly name: string }[]): string {
  return `${volumes.length === 1 ? 'volume' : 'volumes'} ${quoted(volumes.map((v) => v.name))}`;
}

/** Without repeats, sorted: how offending values are listed. */
export const sortedSet = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
