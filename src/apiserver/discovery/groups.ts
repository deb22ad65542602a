import { type GroupPriority, groupPriorities } from '../../api/index.ts';
import { apiVersionOf, type GroupVersionKind } from '../../apimachinery/index.ts';
import type { ResourceCatalog, ServedResource } from '../catalog.ts';

/** Groups of custom resources come after the built-in ones. */
const customPriority = 1000;
const priorities: ReadonlyMap<string, GroupPriority> = new Map(groupPriorities.map((g) => [g.group, g]));

export interface ServedGroup {
  readonly group: string;
  /** The preferred one first. */
  readonly versions: readonly ServedGroupVersion[];
}

export interface ServedGroupVersion {
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

/** Versions as `kube-aware` sorting has them: GA before beta before alpha, higher numbers first, others last by name. */
export function compareVersions(a: string, b: string): number {
  const parse = (v: string) => {
    const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(v);
    if (!found) return undefined;
    const stage = found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0;
    return [stage, Number(found[1]), Number(found[3] ?? 0)] as const;
  };
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}

/** All that is served, by group and version, in discovery's order. */
export function servedGroups(catalog: ResourceCatalog): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  for (const served of catalog.served()) {
    const { group } = served.definition;
    const versions = groups.get(group) ?? new Map<string, ServedResource[]>();
    groups.set(group, versions);
    const list = versions.get(served.version.version) ?? [];
    versions.set(served.version.version, list);
    list.push(served);
  }
  const priority = (g: string) => priorities.get(g)?.priority ?? customPriority;
  return [...groups.entries()]
    .sort(([a], [b]) => priority(b) - priority(a) || (a < b ? -1 : 1))
    .map(([group, versions]) => ({
      group,
      versions: [...versions.entries()]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, resources]) => ({ version, resources: [...resources].sort((a, b) => (a.definition.plural < b.definition.plural ? -1 : 1)) })),
    }));
}

interface VersionEntry {
  readonly groupVersion: string;
  readonly version: string;
}

function versionEntry(group: string, version: string): VersionEntry {
  return { groupVersion: apiVersionOf(group, version), version };
}

/** metav1.APIGroup. */
export function apiGroup(served: ServedGroup): object {
  const versions = served.versions.map((v) => versionEntry(served.group, v.version));
  return { name: served.group, versions, preferredVersion: versions[0] };
}

function kindFields(kind: GroupVersionKind, own: { readonly group: string; readonly version: string }): object {
  const isOwn = kind.group === own.group && kind.version === own.version;
  return isOwn ? { kind: kind.kind } : { group: kind.group, version: kind.version, kind: kind.kind };
}

/** metav1.APIResourceList of a group version. */
export function apiResourceList(group: string, version: string, resources: readonly ServedResource[]): object {
  const own = { group, version };
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: resources.flatMap(({ definition }) => [
      {
        name: definition.plural,
        singularName: definition.singular,
        namespaced: definition.scope === 'Namespaced',
        kind: definition.kind,
        verbs: definition.verbs,
        ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
        ...(definition.categories.length > 0 ? { categories: definition.categories } : {}),
      },
      ...definition.subresources.map((s) => ({
        name: `${definition.plural}/${s.name}`,
        singularName: '',
        namespaced: definition.scope === 'Namespaced',
        ...kindFields(s.kind, own),
        verbs: s.verbs,
      })),
    ]),
  };
}

/** apidiscovery.k8s.io/v2 APIGroupDiscovery. */
export function apiGroupDiscovery(served: ServedGroup): object {
  return {
    metadata: { ...(served.group === '' ? {} : { name: served.group }), creationTimestamp: null },
    versions: served.versions.map(({ version, resources }) => ({
      version,
      resources: resources.map(({ definition }) => ({
        resource: definition.plural,
        responseKind: { group: served.group, version, kind: definition.kind },
        scope: definition.scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
        singularResource: definition.singular,
        verbs: definition.verbs,
        ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
        ...(definition.categories.length > 0 ? { categories: definition.categories } : {}),
        ...(definition.subresources.length > 0
          ? { subresources: definition.subresources.map((s) => ({ subresource: s.name, responseKind: s.kind, verbs: s.verbs })) }
          : {}),
      })),
      freshness: 'Current',
    })),
  };
}
