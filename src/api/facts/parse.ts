/** The facts of one group version, as text: see `facts/index.ts` for the notation. */
export interface GroupFacts {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  /** How types of this group version are named from others: `core.v1`. */
  readonly alias: string;
  /** `io.k8s.api.core.v1`: what precedes `.Pod` in OpenAPI. */
  readonly openApiPrefix: string;
  readonly text: string;
}

/** A struct: its fields are kept as lines and read when its schema is first asked for. */
export interface TypeFacts {
  readonly name: string;
  /** Has `kind` and `apiVersion`. */
  readonly isKind: boolean;
  readonly atomic: boolean;
  readonly lines: readonly string[];
}

export interface ParsedFacts {
  readonly facts: GroupFacts;
  readonly types: ReadonlyMap<string, TypeFacts>;
  /** Named string types; the values are there for closed enumerations. */
  readonly strings: ReadonlyMap<string, readonly string[] | undefined>;
}

/** One line of a type. `number` is absent where the type has no protobuf form. `name` is '' for an embedded struct. */
export interface FieldFacts {
  readonly name: string;
  readonly optional: boolean;
  readonly number: number | undefined;
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function parseFacts(facts: GroupFacts): ParsedFacts {
  const types = new Map<string, TypeFacts>();
  const strings = new Map<string, readonly string[] | undefined>();
  let lines: string[] = [];
  for (const line of facts.text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('  ')) {
      lines.push(line.slice(2));
      continue;
    }
    const [word, name, ...rest] = line.split(' ');
    if (word === 'enum')
      strings.set(
        name!,
        rest.map((value) => (value === '""' ? '' : value)),
      );
    else if (word === 'string') strings.set(name!, undefined);
    else {
      lines = [];
      types.set(name!, { name: name!, isKind: word === 'kind', atomic: rest.includes('atomic'), lines });
    }
  }
  return { facts, types, strings };
}

export function parseField(line: string): FieldFacts {
  const [first, number, type, ...rest] = line.split(' ');
  const optional = first!.endsWith('?');
  const name = first === '...' ? '' : optional ? first!.slice(0, -1) : first!;
  const attributes: Record<string, string> = {};
  for (const item of rest) {
    const at = item.indexOf('=');
    attributes[item.slice(0, at)] = item.slice(at + 1);
  }
  return { name, optional, number: number === '-' ? undefined : Number(number), type: type!, attributes };
}
