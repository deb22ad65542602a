/**
 * Writes src/api/types.gen.ts, the TypeScript interfaces of all built-in types, from the facts in src/api/facts. Run it after a change to
 * the facts: `node tools/generate.ts`. A test proves that the committed file is fresh.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtinGroupVersions, schemaOf } from '../src/api/index.ts';
import type { FieldSchema, ObjectSchema, Schema } from '../src/apimachinery/index.ts';

const target = fileURLToPath(new URL('../src/api/types.gen.ts', import.meta.url));

/** Types that apimachinery has written by hand. */
const handWritten: readonly string[] = ['ListMeta', 'ManagedFieldsEntry', 'ObjectMeta', 'OwnerReference', 'Status', 'StatusCause', 'StatusDetails'];
/** Who keeps the bare name when several group versions have it: an only kind, else the first of these; the others are prefixed (`EventsV1Event`). */
const bareNames: readonly string[] = ['', 'meta.k8s.io', 'autoscaling/v2', 'rbac.authorization.k8s.io'];

function pascal(openApiPrefix: string): string {
  return openApiPrefix
    .split('.')
    .slice(-2)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** OpenAPI name to TypeScript name, unique over all group versions. */
function typeNames(): ReadonlyMap<string, string> {
  const groups = builtinGroupVersions();
  const owners = new Map<string, { readonly full: string; readonly rank: number; readonly prefix: string; readonly isKind: boolean }[]>();
  for (const g of groups) {
    const rank = Math.max(bareNames.indexOf(g.group), bareNames.indexOf(`${g.group}/${g.version}`));
    for (const name of g.types) {
      const all = owners.get(name) ?? [];
      all.push({
        full: `${g.openApiPrefix}.${name}`,
        rank: rank < 0 ? bareNames.length : rank,
        prefix: pascal(g.openApiPrefix),
        isKind: g.kinds.includes(name),
      });
      owners.set(name, all);
    }
  }
  const names = new Map<string, string>();
  for (const [name, all] of owners) {
    const best = Math.min(...all.map((o) => o.rank));
    const kinds = all.filter((o) => o.isKind);
    const first = all.length === 1 || best < bareNames.length ? all.find((o) => o.rank === best) : undefined;
    const bare = kinds.length === 1 ? kinds[0] : first;
    for (const owner of all) names.set(owner.full, owner === bare ? name : owner.prefix + name);
  }
  return names;
}

function typeText(schema: Schema, names: ReadonlyMap<string, string>): string {
  switch (schema.kind) {
    case 'object':
      return names.get(schema.name)!;
    case 'list': {
      const item = typeText(schema.items, names);
      return `readonly ${item.includes('|') || item.startsWith('readonly') ? `(${item})` : item}[]`;
    }
    case 'map':
      return `Readonly<Record<string, ${typeText(schema.values, names)}>>`;
    case 'int32':
    case 'int64':
    case 'double':
      return 'number';
    case 'bool':
      return 'boolean';
    case 'intOrString':
      return 'number | string';
    case 'any': {
      if (!schema.union) return 'Json';
      const of = names.get(schema.union.schema.name)!;
      return { array: `${of} | readonly ${of}[]`, bool: `${of} | boolean`, stringArray: `${of} | readonly string[]` }[schema.union.or];
    }
    default:
      return 'string';
  }
}

function fieldText(field: FieldSchema, names: ReadonlyMap<string, string>): string {
  const name = /^\w+$/.test(field.name) ? field.name : `'${field.name}'`;
  return `  readonly ${name}${field.required ? '' : '?'}: ${typeText(field.schema, names)};\n`;
}

function interfaceText(name: string, schema: ObjectSchema, names: ReadonlyMap<string, string>): string {
  const metadata = schema.fields.get('metadata')?.schema;
  const isObject = metadata?.kind === 'object' && metadata.name.endsWith('.ObjectMeta') && schema.fields.has('apiVersion');
  const fields = [...schema.fields.values()].filter((f) => !isObject || !['kind', 'apiVersion', 'metadata'].includes(f.name));
  const head = `export interface ${name}${isObject ? ' extends KubeObject' : ''} {`;
  return fields.length === 0 ? `${head}}\n` : `${head}\n${fields.map((f) => fieldText(f, names)).join('')}}\n`;
}

/** The whole text of types.gen.ts. */
export function generateTypes(): string {
  const names = typeNames();
  const sections = builtinGroupVersions().map((g) => {
    const own = g.types.filter((t) => g.group !== 'meta.k8s.io' || !handWritten.includes(t));
    const texts = own.map((t) => interfaceText(names.get(`${g.openApiPrefix}.${t}`)!, schemaOf(g.group, g.version, t), names));
    return `// ${g.group === '' ? '' : `${g.group}/`}${g.version}\n\n${texts.join('\n')}`;
  });
  return [
    '// Made by tools/generate.ts from src/api/facts: do not edit.',
    `import type { Json, KubeObject, ${handWritten.join(', ')} } from '../apimachinery/index.ts';\n`,
    `export type { ${handWritten.join(', ')} };\n`,
    ...sections,
  ].join('\n');
}

/** True when the committed file is what `generateTypes` makes. */
export function isFresh(): boolean {
  return readFileSync(target, 'utf8') === generateTypes();
}

if (import.meta.main) writeFileSync(target, generateTypes());
