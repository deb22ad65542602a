import { errorText } from '../base/index.ts';
import { apiVersionOf, parseApiVersion } from '../apimachinery/index.ts';
import type { ResourceRef } from './resource-ref.ts';
import type { Transport } from './transport.ts';

/** A resource as the server offers it. Subresources are left out. */
export interface DiscoveredResource extends ResourceRef {
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Names of its subresources: `status`, `scale`. */
  readonly subresources: readonly string[];
}

export interface Discovered {
  /** All versions, groups in the server's order, each group's preferred version first. */
  readonly resources: readonly DiscoveredResource[];
  /** Group versions that could not be had now (an aggregated server that does not answer), with the reason. */
  readonly failed: ReadonlyMap<string, string>;
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface AggregatedResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly verbs?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

interface AggregatedList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly { readonly version: string; readonly resources?: readonly AggregatedResource[]; readonly freshness?: string }[];
  }[];
}

interface LegacyResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly namespaced?: boolean;
    readonly kind?: string;
    readonly verbs?: readonly string[];
  }[];
}

interface LegacyRoot {
  readonly versions?: readonly string[];
  readonly groups?: readonly { readonly name: string; readonly versions?: readonly { readonly groupVersion: string }[] }[];
}

/** Asks the server what it serves: two requests, or one a group version where it does not know aggregated discovery. */
export async function discover(transport: Transport, signal?: AbortSignal): Promise<Discovered> {
  const resources: DiscoveredResource[] = [];
  const failed = new Map<string, string>();
  for (const path of ['/api', '/apis']) {
    const { value } = await transport.call({ method: 'GET', path, accept, ...(signal === undefined ? {} : { signal }) });
    if ((value as AggregatedList).kind === 'APIGroupDiscoveryList') aggregated(value as AggregatedList, { resources, failed });
    else await legacy(transport, value as LegacyRoot, { resources, failed, signal });
  }
  return { resources, failed };
}

interface Sink {
  readonly resources: DiscoveredResource[];
  readonly failed: Map<string, string>;
}

function aggregated(list: AggregatedList, { resources, failed }: Sink): void {
  for (const item of list.items ?? []) {
    const group = item.metadata?.name ?? '';
    for (const { version, resources: found = [], freshness } of item.versions ?? []) {
      if (freshness === 'Stale') failed.set(apiVersionOf(group, version), `stale GroupVersion discovery: ${apiVersionOf(group, version)}`);
      for (const r of found) {
        resources.push({
          group,
          version,
          plural: r.resource,
          kind: r.responseKind?.kind ?? '',
          namespaced: r.scope === 'Namespaced',
          verbs: r.verbs ?? [],
          subresources: (r.subresources ?? []).map((s) => s.subresource),
        });
      }
    }
  }
}

async function legacy(
  transport: Transport,
  root: LegacyRoot,
  { resources, failed, signal }: Sink & { readonly signal: AbortSignal | undefined },
): Promise<void> {
  const core = (root.versions ?? []).map((v) => v);
  const named = (root.groups ?? []).flatMap((g) => (g.versions ?? []).map((v) => v.groupVersion));
  for (const groupVersion of [...core, ...named]) {
    const parsed = parseApiVersion(groupVersion);
    if (parsed === undefined) continue;
    const path = parsed.group === '' ? `/api/${parsed.version}` : `/apis/${groupVersion}`;
    try {
      const { value } = await transport.call({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
      const list = (value as LegacyResourceList).resources ?? [];
      for (const r of list.filter((x) => !x.name.includes('/'))) {
        const subresources = list.filter((x) => x.name.startsWith(`${r.name}/`)).map((x) => x.name.slice(r.name.length + 1));
        resources.push({ ...parsed, plural: r.name, kind: r.kind ?? '', namespaced: r.namespaced === true, verbs: r.verbs ?? [], subresources });
      }
    } catch (error) {
      signal?.throwIfAborted();
      failed.set(groupVersion, errorText(error));
    }
  }
}

/** One version of each resource, the preferred one, of those that allow all of `verbs`. */
export function preferredResources(discovered: Discovered, verbs: readonly string[]): readonly DiscoveredResource[] {
  const seen = new Set<string>();
  return discovered.resources.filter((r) => {
    const key = `${r.plural}.${r.group}`;
    if (seen.has(key) || !verbs.every((v) => r.verbs.includes(v))) return false;
    seen.add(key);
    return true;
  });
}
