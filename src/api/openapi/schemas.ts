import type { FieldSchema, ListSchema, ObjectSchema, ScalarSchema, Schema } from '../../apimachinery/index.ts';
import { builtinGroupVersions } from '../builtin-schemas.ts';
import type { Descriptions } from './descriptions.ts';

/** A JSON document under construction. */
export type Doc = Record<string, unknown>;
/** 3 is what new clients read; 2 is what kubectl makes strategic merge patches from. */
export type Flavor = 2 | 3;

export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

interface WellKnown {
  readonly name: string;
  readonly v2: Doc;
  readonly v3?: Doc;
}

/** Scalars that are definitions of their own. */
const wellKnown = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    v2: { type: 'string' },
    v3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    v2: { type: 'string', format: 'int-or-string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  time: { name: `${meta}.Time`, v2: { type: 'string', format: 'date-time' } },
  microTime: { name: `${meta}.MicroTime`, v2: { type: 'string', format: 'date-time' } },
  duration: { name: `${meta}.Duration`, v2: { type: 'string' } },
  fieldsV1: { name: `${meta}.FieldsV1`, v2: { type: 'object' } },
  json: { name: `${apiextensions}.JSON`, v2: {} },
  rawExtension: { name: 'io.k8s.apimachinery.pkg.runtime.RawExtension', v2: { type: 'object' } },
  array: { name: `${apiextensions}.JSONSchemaPropsOrArray`, v2: {} },
  bool: { name: `${apiextensions}.JSONSchemaPropsOrBool`, v2: {} },
  stringArray: { name: `${apiextensions}.JSONSchemaPropsOrStringArray`, v2: {} },
  patch: { name: `${meta}.Patch`, v2: { type: 'object' } },
} satisfies Record<string, WellKnown>;

const kindsByName: ReadonlyMap<string, Gvk> = new Map(
  builtinKinds().map((gvk) => [gvk.name, { group: gvk.group, version: gvk.version, kind: gvk.kind }]),
);

/** Registered as a kind in every group version although it has no kind of its own. */
const watchEvent = { name: `${meta}.WatchEvent`, group: 'meta.k8s.io', version: 'v1', kind: 'WatchEvent' };

function builtinKinds(): readonly (Gvk & { readonly name: string })[] {
  return builtinGroupVersions().flatMap((g) =>
    g.kinds.map((kind) => ({ name: `${g.openApiPrefix}.${kind}`, group: g.group, version: g.version, kind })),
  );
}

/** Collects the definitions that a document refers to. */
export class SchemaCollector {
  readonly #flavor: Flavor;
  readonly #descriptions: Descriptions;
  /** Kinds that every group version accepts (DeleteOptions, WatchEvent) list them all. */
  readonly #groupVersions: readonly { readonly group: string; readonly version: string }[];
  readonly #schemas = new Map<string, Doc>();

  constructor(flavor: Flavor, descriptions: Descriptions, groupVersions: readonly { readonly group: string; readonly version: string }[]) {
    this.#flavor = flavor;
    this.#descriptions = descriptions;
    this.#groupVersions = groupVersions;
  }

  /** Definitions by name, sorted. */
  schemas(): Doc {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A definition made elsewhere (custom kinds). */
  add(name: string, doc: Doc): void {
    this.#schemas.set(name, doc);
  }

  pointer(name: string): Doc {
    return { $ref: this.#flavor === 2 ? `#/definitions/${name}` : `#/components/schemas/${name}` };
  }

  /** A reference to a built-in type, whose definition is collected. */
  ref(schema: ObjectSchema): Doc {
    if (!this.#schemas.has(schema.name)) {
      const doc: Doc = {};
      // Known before it is filled: types are recursive.
      this.#schemas.set(schema.name, doc);
      this.#fill(doc, schema);
    }
    return this.pointer(schema.name);
  }

  patch(): Doc {
    return this.#wellKnown(wellKnown.patch);
  }

  #wellKnown(known: WellKnown): Doc {
    if (!this.#schemas.has(known.name)) {
      const about = this.#descriptions[known.name]?.type;
      this.#schemas.set(known.name, { ...(about ? { description: about } : {}), ...(this.#flavor === 3 ? (known.v3 ?? known.v2) : known.v2) });
    }
    return this.pointer(known.name);
  }

  #fill(doc: Doc, schema: ObjectSchema): void {
    const about = this.#descriptions[schema.name];
    if (about?.type) doc['description'] = about.type;
    const fields = [...schema.fields.values()];
    const required = fields.filter((f) => f.required).map((f) => f.name);
    if (required.length > 0) doc['required'] = required.sort();
    doc['type'] = 'object';
    if (fields.length > 0) {
      const sorted = fields.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      doc['properties'] = Object.fromEntries(sorted.map((f) => [f.name, this.#property(f, schema, about?.fields[f.name])]));
    }
    if (schema.atomic) doc['x-kubernetes-map-type'] = 'atomic';
    const gvk = schema.name === watchEvent.name ? watchEvent : kindsByName.get(schema.name);
    if (gvk) doc['x-kubernetes-group-version-kind'] = this.#kindsOf(gvk);
  }

  #kindsOf(gvk: Gvk): readonly Gvk[] {
    if (gvk.group !== 'meta.k8s.io') return [gvk];
    if (gvk.kind !== 'DeleteOptions' && gvk.kind !== 'WatchEvent') return [{ ...gvk, group: '' }];
    return this.#groupVersions.map((gv) => ({ group: gv.group, kind: gvk.kind, version: gv.version }));
  }

  #property(field: FieldSchema, owner: ObjectSchema, about: string | undefined): Doc {
    const doc = this.#schema(field.schema, field.name, owner);
    // The type's own text follows where a client shows both, so its first sentence is enough.
    const fallback = field.schema.kind === 'object' ? this.#descriptions[field.schema.name]?.type.replace(/\. .*/s, '.') : undefined;
    const text = about ?? fallback ?? typeMetaText[field.name];
    const standard = this.#flavor === 3 ? defaultOf(field) : undefined;
    const result: Doc = this.#flavor === 3 && '$ref' in doc && (text || standard !== undefined) ? { allOf: [doc] } : doc;
    if (text && (about !== undefined || fallback !== undefined || owner.fields.has('apiVersion'))) result['description'] = text;
    if (standard !== undefined) result['default'] = standard;
    if (field.patchStrategy !== undefined) result['x-kubernetes-patch-strategy'] = field.patchStrategy;
    if (field.patchMergeKey !== undefined) result['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
    return result;
  }

  #schema(schema: Schema, fieldName: string, owner: ObjectSchema): Doc {
    switch (schema.kind) {
      case 'object':
        return this.ref(schema);
      case 'list':
        return this.#list(schema, fieldName, owner);
      case 'map':
        return {
          type: 'object',
          additionalProperties: this.#item(schema.values, fieldName, owner),
          ...(schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
        };
      default:
        return this.#scalar(schema, fieldName, owner);
    }
  }

  #list(schema: ListSchema, fieldName: string, owner: ObjectSchema): Doc {
    return {
      type: 'array',
      items: this.#item(schema.items, fieldName, owner),
      ...(schema.listMapKeys ? { 'x-kubernetes-list-map-keys': schema.listMapKeys } : {}),
      'x-kubernetes-list-type': schema.listType,
    };
  }

  #item(schema: Schema, fieldName: string, owner: ObjectSchema): Doc {
    const doc = this.#schema(schema, fieldName, owner);
    if (this.#flavor === 2) return doc;
    if (schema.kind === 'object') return { allOf: [doc], default: {} };
    const zero = zeroOf(schema);
    return zero === undefined ? doc : { ...doc, default: zero };
  }

  #scalar(schema: ScalarSchema, fieldName: string, owner: ObjectSchema): Doc {
    switch (schema.kind) {
      case 'string':
        return schema.enum && this.#flavor === 3 ? { type: 'string', enum: schema.enum } : { type: 'string' };
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'int32':
      case 'int64':
        return { type: 'integer', format: schema.kind };
      case 'double':
        return { type: 'number', format: 'double' };
      case 'bool':
        return { type: 'boolean' };
      case 'any':
        return this.#wellKnown(anyName(schema, fieldName, owner));
      default:
        return this.#wellKnown(wellKnown[schema.kind]);
    }
  }
}

function anyName(schema: ScalarSchema, fieldName: string, owner: ObjectSchema): WellKnown {
  if (schema.union) return wellKnown[schema.union.or];
  if (fieldName === 'fieldsV1') return wellKnown.fieldsV1;
  return owner.name.startsWith(apiextensions) ? wellKnown.json : wellKnown.rawExtension;
}

function zeroOf(schema: Schema): unknown {
  if (schema.kind === 'string') return '';
  if (schema.kind === 'bool') return false;
  return schema.kind === 'int32' || schema.kind === 'int64' || schema.kind === 'double' ? 0 : undefined;
}

/** The declared default, or what Go writes for a value that is always there. */
function defaultOf(field: FieldSchema): unknown {
  if (field.default !== undefined) return field.default;
  if (field.pointer) return undefined;
  if (field.schema.kind === 'object') return {};
  return field.required ? zeroOf(field.schema) : undefined;
}

/** kind and apiVersion are described for every object alike. */
const typeMetaText: Readonly<Record<string, string | undefined>> = {
  kind: 'Names the type of this object. It cannot be changed, and is written in CamelCase.',
  apiVersion: 'Names the group and version of the schema that this object follows.',
};
