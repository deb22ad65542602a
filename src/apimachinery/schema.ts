import type { Json } from './meta.ts';

/**
 * The shape of a type, built-in or custom: what strict decoding, pruning, defaulting, patching, apply and the codecs walk. One
 * representation for both, so that one path serves both.
 */
export type Schema = ScalarSchema | ObjectSchema | ListSchema | MapSchema;

/**
 * JSON forms: `bytes` base64 text; `quantity` text or number; `intOrString` number or text; `time` RFC 3339 with whole seconds; `microTime`
 * with six decimals; `duration` Go's text; `any` whatever JSON holds (FieldsV1, RawExtension, JSON), kept as it is.
 */
export type ScalarKind =
  | 'string'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'double'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'any';

export interface ScalarSchema {
  readonly kind: ScalarKind;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  /** Go's name of the type where it is not the kind's own (`v1.Protocol`), as decoding errors print it. */
  readonly goType?: string;
  /** On `any`: the three shapes of apiextensions that hold a schema or something simpler. */
  readonly union?: SchemaUnion;
}

/** JSONSchemaPropsOrArray, OrBool and OrStringArray: an object of `schema`, or a list of such, a boolean, a list of strings. */
export interface SchemaUnion {
  readonly or: 'array' | 'bool' | 'stringArray';
  readonly schema: ObjectSchema;
}

export interface FieldSchema {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** Declared default, applied when the field is absent. */
  readonly default?: Json;
  /** Protobuf field number; absent in custom kinds. */
  readonly number?: number;
  /** The Go field is a pointer, so a zero value on the wire was meant. Lists and maps are never pointers. */
  readonly pointer?: boolean;
  /** Optional, and yet Go's JSON shows its zero value (no `omitempty`). */
  readonly showsZero?: boolean;
  /** The protobuf messages around the field that JSON does not show (Go's embedded structs), outermost first: `[2]` for Volume.hostPath. */
  readonly inlinedIn?: readonly number[];
  /** Strategic merge patch: `merge`, `replace`, `retainKeys` or `merge,retainKeys`. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

export interface ObjectSchema {
  readonly kind: 'object';
  /** OpenAPI definition name, e.g. `io.k8s.api.core.v1.Pod`; empty in custom kinds. */
  readonly name: string;
  /** In the table's order, the order of canonical JSON. Resolved lazily: types may be recursive. */
  readonly fields: ReadonlyMap<string, FieldSchema>;
  /** Server-side apply: replaced as a whole. */
  readonly atomic?: boolean;
  readonly nullable?: boolean;
  /** Unknown fields are kept (x-kubernetes-preserve-unknown-fields). */
  readonly preserveUnknownFields?: boolean;
  /** Holds a whole API object: apiVersion, kind and metadata are known fields (x-kubernetes-embedded-resource). */
  readonly embeddedResource?: boolean;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly items: Schema;
  readonly listType: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** In protobuf a message of its own with the items in field 1 (ExtraValue, Verbs). */
  readonly wrapped?: boolean;
  readonly nullable?: boolean;
}

export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
  readonly atomic?: boolean;
  readonly nullable?: boolean;
}
