import type { KubeObject } from '../apimachinery/index.ts';
import { schemaOf } from './builtin-schemas.ts';
import type { Column, ResourceDefinition, ResourceVersion, ScalePaths, Strategy, Subresource } from './definition.ts';
import { defaultColumns } from './helpers/columns.ts';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

/** What a built-in kind says of itself; `define` adds what most have in common. */
export interface KindFacts<T extends KubeObject> {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Default Namespaced. */
  readonly scope?: 'Namespaced' | 'Cluster';
  /** Default all of them. */
  readonly verbs?: readonly string[];
  /** True: has the `status` subresource. */
  readonly status?: boolean;
  /** Where replicas are; adds the `scale` subresource. */
  readonly scale?: ScalePaths;
  /** Subresources besides status and scale. */
  readonly subresources?: readonly Subresource[];
  /** Default Name and Created At, upstream's table of kinds without a printer. */
  readonly columns?: readonly Column<T>[];
  /** Default one version `v1`. */
  readonly versions?: readonly ResourceVersion[];
  readonly storageVersion?: string;
  readonly storedAs?: string;
  readonly virtual?: boolean;
  readonly strategy?: Strategy<T>;
  readonly selectableFields?: Readonly<Record<string, (obj: T) => string>>;
}

/** A version of a built-in kind, its schema looked up when first asked for. */
export function builtInVersion(
  group: string,
  kind: string,
  version: string,
  rest: Partial<Omit<ResourceVersion, 'schema' | 'version'>> = {},
): ResourceVersion {
  return {
    version,
    served: true,
    columns: defaultColumns,
    ...rest,
    get schema() {
      return schemaOf(group, version, kind);
    },
  };
}

/** The definition of a built-in kind. */
export function define<T extends KubeObject>(facts: KindFacts<T>): ResourceDefinition {
  const { group, kind, plural, status = false, scale } = facts;
  const columns = (facts.columns ?? (facts.virtual ? [] : defaultColumns)) as readonly Column[];
  const versions = facts.versions ?? [builtInVersion(group, kind, 'v1', { columns })];
  const own = { group, version: versions[0]!.version, kind };
  return {
    group,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: facts.shortNames ?? [],
    categories: facts.categories ?? [],
    scope: facts.scope ?? 'Namespaced',
    verbs: facts.verbs ?? allVerbs,
    versions,
    storageVersion: facts.storageVersion ?? own.version,
    ...(facts.storedAs === undefined ? {} : { storedAs: facts.storedAs }),
    ...(facts.virtual ? { virtual: true } : {}),
    strategy: (facts.strategy ?? {}) as Strategy,
    subresources: [
      ...(facts.subresources ?? []),
      ...(scale ? [{ name: 'scale', verbs: ['get', 'patch', 'update'], kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }] : []),
      ...(status ? [{ name: 'status', verbs: ['get', 'patch', 'update'], kind: own }] : []),
    ],
    ...(scale ? { scale } : {}),
    selectableFields: (facts.selectableFields ?? {}) as ResourceDefinition['selectableFields'],
  };
}
