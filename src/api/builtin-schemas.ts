import type { FieldSchema, ListSchema, ObjectSchema, ScalarKind, ScalarSchema, Schema } from '../apimachinery/index.ts';
import { type FieldFacts, type ParsedFacts, type TypeFacts, groupFacts, parseFacts, parseField } from './facts/index.ts';

const scalarKinds: readonly ScalarKind[] = [
  'string',
  'int32',
  'int64',
  'bool',
  'double',
  'bytes',
  'quantity',
  'intOrString',
  'time',
  'microTime',
  'duration',
  'any',
];
const scalars: ReadonlyMap<string, ScalarSchema> = new Map(scalarKinds.map((kind) => [kind, { kind }]));
const unions = { JSONSchemaPropsOrArray: 'array', JSONSchemaPropsOrBool: 'bool', JSONSchemaPropsOrStringArray: 'stringArray' } as const;
const typeMeta: readonly FieldSchema[] = ['kind', 'apiVersion'].map((name) => ({ name, schema: { kind: 'string' }, required: false }));

/** A built-in struct. Its fields are read at first use: types refer to each other in circles, and most are never used. */
class BuiltinType implements ObjectSchema {
  readonly kind = 'object';
  readonly name: string;
  readonly atomic: boolean;
  readonly #of: ParsedGroup;
  readonly #facts: TypeFacts;
  #fields: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(of: ParsedGroup, facts: TypeFacts, atomic: boolean) {
    this.#of = of;
    this.#facts = facts;
    this.name = `${of.parsed.facts.openApiPrefix}.${facts.name}`;
    this.atomic = atomic;
  }

  get isKind(): boolean {
    return this.#facts.isKind;
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    return (this.#fields ??= new Map(
      (this.#facts.isKind ? typeMeta : []).concat(this.#facts.lines.flatMap((line) => this.#of.field(parseField(line)))).map((f) => [f.name, f]),
    ));
  }
}

/** One group version, read when first asked for. */
class ParsedGroup {
  readonly parsed: ParsedFacts;
  readonly #types = new Map<string, BuiltinType>();

  constructor(parsed: ParsedFacts) {
    this.parsed = parsed;
  }

  type(name: string): BuiltinType | undefined {
    const known = this.#types.get(name);
    if (known) return known;
    const facts = this.parsed.types.get(name);
    if (!facts) return undefined;
    const made = new BuiltinType(this, facts, facts.atomic);
    this.#types.set(name, made);
    return made;
  }

  field(facts: FieldFacts): FieldSchema[] {
    if (facts.name === '') {
      const number = facts.number!;
      return [...this.#named(facts.type).fields.values()].map((f) => ({ ...f, inlinedIn: [number, ...(f.inlinedIn ?? [])] }));
    }
    const a = facts.attributes;
    const pointer = facts.type.startsWith('*');
    return [
      {
        name: facts.name,
        schema: this.#schema(pointer ? facts.type.slice(1) : facts.type, a),
        required: !facts.optional,
        ...(a['default'] === undefined ? {} : { default: JSON.parse(a['default']) as string | number | boolean }),
        ...(facts.number === undefined ? {} : { number: facts.number }),
        ...(pointer ? { pointer } : {}),
        ...(a['zero'] === 'shown' ? { showsZero: true } : {}),
        ...(a['patch'] === undefined ? {} : { patchStrategy: a['patch'] }),
        ...(a['key'] === undefined ? {} : { patchMergeKey: a['key'] }),
      },
    ];
  }

  #schema(type: string, a: Readonly<Record<string, string>>): Schema {
    if (type.startsWith('(items)')) return { ...(this.#schema(type.slice(7), a) as ListSchema), wrapped: true };
    if (type.startsWith('[]')) {
      const [listType = 'atomic', keys] = (a['list'] ?? 'atomic').split(':');
      return {
        kind: 'list',
        items: this.#schema(type.slice(2), {}),
        listType: listType as ListSchema['listType'],
        ...(keys === undefined ? {} : { listMapKeys: keys.split(',') }),
      };
    }
    if (type.startsWith('{}')) return { kind: 'map', values: this.#schema(type.slice(2), {}), ...(a['map'] === 'atomic' ? { atomic: true } : {}) };
    const scalar = scalars.get(type);
    if (scalar) return scalar;
    const [group, name] = this.#split(type);
    if (Object.hasOwn(unions, name)) {
      return {
        kind: 'any',
        goType: `${group.parsed.facts.version}.${name}`,
        union: { or: unions[name as keyof typeof unions], schema: this.#named('JSONSchemaProps') },
      };
    }
    if (group.parsed.strings.has(name)) {
      const values = group.parsed.strings.get(name);
      return { kind: 'string', goType: `${group.parsed.facts.version}.${name}`, ...(values ? { enum: values } : {}) };
    }
    const struct = this.#named(type);
    if (a['struct'] === undefined) return struct;
    return new BuiltinType(group, group.parsed.types.get(name)!, a['struct'] === 'atomic');
  }

  #split(type: string): [ParsedGroup, string] {
    const at = type.lastIndexOf('.');
    return at < 0 ? [this, type] : [groupByAlias(type.slice(0, at)), type.slice(at + 1)];
  }

  #named(type: string): BuiltinType {
    const [group, name] = this.#split(type);
    const found = group.type(name);
    if (!found) throw new Error(`the facts name no type ${type}`);
    return found;
  }
}

const read = new Map<string, ParsedGroup>();

function groupByAlias(alias: string): ParsedGroup {
  const known = read.get(alias);
  if (known) return known;
  const facts = groupFacts.find((f) => f.alias === alias);
  if (!facts) throw new Error(`the facts name no group version ${alias}`);
  const made = new ParsedGroup(parseFacts(facts));
  read.set(alias, made);
  return made;
}

function groupOf(group: string, version: string): ParsedGroup | undefined {
  const facts = groupFacts.find((f) => f.group === group && f.version === version);
  return facts && groupByAlias(facts.alias);
}

/** Kinds of `meta.k8s.io/v1` that are registered in every group version, custom ones included. */
const everywhere: ReadonlySet<string> = new Set([
  'CreateOptions',
  'DeleteOptions',
  'GetOptions',
  'ListOptions',
  'PatchOptions',
  'UpdateOptions',
  'WatchEvent',
]);

/**
 * The schema of a built-in type by its kind (or by the name of any struct), undefined when there is none. What all group versions share
 * lives in `meta.k8s.io/v1`: the options and WatchEvent are found under any group version, Status, Table and the like under core `v1`.
 */
export function findSchema(group: string, version: string, kind: string): ObjectSchema | undefined {
  const found = groupOf(group, version)?.type(kind);
  const isShared = (group === '' && version === 'v1') || everywhere.has(kind);
  return found ?? (isShared ? groupByAlias('meta.v1').type(kind) : undefined);
}

/** As `findSchema`, for kinds that must exist: throws when there is none. */
export function schemaOf(group: string, version: string, kind: string): ObjectSchema {
  const found = findSchema(group, version, kind);
  if (!found) throw new Error(`no built-in type ${kind} in ${group === '' ? '' : `${group}/`}${version}`);
  return found;
}

/** A built-in type by its OpenAPI name, e.g. `io.k8s.api.core.v1.Container`; undefined when there is none. */
export function schemaByName(name: string): ObjectSchema | undefined {
  const at = name.lastIndexOf('.');
  const facts = groupFacts.find((f) => f.openApiPrefix === name.slice(0, at));
  return facts && groupByAlias(facts.alias).type(name.slice(at + 1));
}

export interface BuiltinGroupVersion {
  readonly group: string;
  readonly version: string;
  readonly openApiPrefix: string;
  /** Structs that have kind and apiVersion, lists and options included. */
  readonly kinds: readonly string[];
  /** All structs. */
  readonly types: readonly string[];
}

/** All that the facts hold, a group version each. Reads every one of them: for tools and tests. */
export function builtinGroupVersions(): readonly BuiltinGroupVersion[] {
  return groupFacts.map(({ group, version, alias, openApiPrefix }) => {
    const types = [...groupByAlias(alias).parsed.types.values()];
    return { group, version, openApiPrefix, kinds: types.filter((t) => t.isKind).map((t) => t.name), types: types.map((t) => t.name) };
  });
}
