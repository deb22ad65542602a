import type { Draft, FieldError, GroupVersionKind, KubeObject, ObjectSchema } from '../apimachinery/index.ts';
import type { User } from '../http/index.ts';

/** What a hook may know of the request it works for. */
export interface RequestContext {
  readonly user: User;
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  /** '' on the main resource. */
  readonly subresource: string;
  readonly dryRun: boolean;
  readonly nowMs: number;
}

/**
 * What is special about a kind. All hooks are optional and pure; the generic registry does the rest. A hook that is given a `Draft` owns it
 * and changes it in place; `old` is shared and read-only. Order on create: default, prepareForCreate, validate; on update: default,
 * prepareForUpdate, validateUpdate (which alone decides: the registry does not call `validate` then).
 */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** Defaults set in code (those declared in the schema have been applied). Runs on every decoded object. */
  default?(obj: Draft<T>): void;
  prepareForCreate?(obj: Draft<T>, ctx: RequestContext): void;
  /** Also for the status subresource (`ctx.subresource`), where it resets what that must not change. Without it the registry keeps `old.status` on the main resource and everything but status on `/status`. */
  prepareForUpdate?(obj: Draft<T>, old: T, ctx: RequestContext): void;
  validate?(obj: T, ctx: RequestContext): readonly FieldError[];
  validateUpdate?(obj: T, old: T, ctx: RequestContext): readonly FieldError[];
  /** Texts for `Warning` headers. */
  warnings?(obj: T, old: T | undefined, ctx: RequestContext): readonly string[];
  /** Rule for metadata.name; `dns1123Subdomain` when absent. */
  readonly nameRule?: NameRule;
  /** False where an update without resourceVersion is refused. Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** PUT of a missing name creates. Default false. */
  readonly allowCreateOnUpdate?: boolean;
  /** Graceful deletion: the seconds to wait, 0 or undefined for at once. Only Pods have it. */
  gracePeriodSeconds?(obj: T, requested: number | undefined): number | undefined;
  /** Propagation when the caller names none. Default Background. */
  readonly defaultPropagation?: 'Background' | 'Orphan';
}

export type NameRule = 'dns1123Subdomain' | 'dns1123Label' | 'dns1035Label' | 'pathSegment' | ((name: string) => readonly string[]);

/** A column of `kubectl get`. Cells are computed from the object; `nowMs` is there for ages only. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  /** 0 = always shown, 1 = `-o wide`. */
  readonly priority?: number;
  readonly description?: string;
  /** A cell that depends on the time says so by returning `{ ageOf }` with an RFC 3339 time: it is computed when sent. */
  value(obj: T): Cell;
}

export type Cell = string | number | boolean | null | AgeCell;

/** An age, computed when sent, with text around it. */
export interface AgeCell {
  readonly ageOf: string | null | undefined;
  readonly before?: string;
  readonly after?: string;
}

export interface ResourceVersion<T extends KubeObject = KubeObject> {
  readonly version: string;
  readonly served: boolean;
  readonly schema: ObjectSchema;
  readonly columns: readonly Column<T>[];
  /** Sent as a warning on each request to a deprecated version. */
  readonly deprecationWarning?: string;
  /** Conversion to and from the storage version; absent where the shapes are the same. */
  toStorage?(obj: KubeObject): T;
  fromStorage?(obj: T): KubeObject;
}

export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  readonly kind: GroupVersionKind;
}

/** Where replicas and selector are found, for `/scale`. Paths without leading dot: `spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** A path to a string (custom kinds) or to a label selector (built-in ones). */
  readonly selector?: string;
}

/** A resource of the API, built-in or custom: all that the generic registry, discovery, OpenAPI and tables need to know of it. */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  /** In order of preference. */
  readonly versions: readonly ResourceVersion<T>[];
  readonly storageVersion: string;
  /** The store's prefix where it is not `group/plural`: two resources may share one (events). */
  readonly storedAs?: string;
  /** Kinds that exist only as requests (reviews): nothing is stored, a file in `apiserver/rest` answers. */
  readonly virtual?: boolean;
  readonly strategy: Strategy<T>;
  readonly subresources: readonly Subresource[];
  readonly scale?: ScalePaths;
  /** Fields usable in field selectors besides metadata.name and metadata.namespace: label and reader ('' when unset). */
  readonly selectableFields: Readonly<Record<string, (obj: T) => string>>;
}
