import { getKey, isJsonObject, type Json } from '../../apimachinery/index.ts';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly Step[]; readonly operator: string; readonly value: Json };

const tokenForm =
  /\.?([A-Za-z_$][\w-]*(?:\\\.[\w-]+)*)|\[(-?\d+)\]|\[\*\]|\.\*|\[['"]((?:[^'"\\]|\\.)*)['"]\]|\[\?\(\s*@((?:\.[\w-]+|\[\d+\]|\[['"][^'"]*['"]\])*)\s*(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?[\d.]+|true|false)\s*\)\]/y;

function literal(text: string): Json {
  if (text.startsWith("'") || text.startsWith('"')) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return Number(text);
}

/** Reads a simple JSONPath: fields, indices, `[*]` and filters by comparison. Undefined for what is not one. */
export function parseJsonPath(text: string): readonly Step[] | undefined {
  let path = text.trim();
  if (path.startsWith('{') && path.endsWith('}')) path = path.slice(1, -1);
  if (path.startsWith('$')) path = path.slice(1);
  const steps: Step[] = [];
  // A sticky expression has a place of its own: filters are read by this function again.
  const token = new RegExp(tokenForm.source, 'y');
  while (token.lastIndex < path.length) {
    const from = token.lastIndex;
    const found = token.exec(path);
    if (!found || found[0] === '') return undefined;
    const [, field, index, quoted, filterPath, operator, value] = found;
    if (field !== undefined) steps.push({ kind: 'field', name: field.replaceAll('\\.', '.') });
    else if (index !== undefined) steps.push({ kind: 'index', at: Number(index) });
    else if (quoted !== undefined) steps.push({ kind: 'field', name: quoted.replaceAll(/\\(.)/g, '$1') });
    else if (operator !== undefined) {
      const inner = parseJsonPath(filterPath ?? '');
      if (!inner) return undefined;
      steps.push({ kind: 'filter', path: inner, operator, value: literal(value!) });
    } else steps.push({ kind: 'all' });
    if (token.lastIndex <= from) return undefined;
  }
  return steps;
}

function holds(left: Json | undefined, operator: string, right: Json): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== undefined && left !== right;
    case '<':
      return left !== undefined && left !== null && left < right!;
    case '>':
      return left !== undefined && left !== null && left > right!;
    case '<=':
      return left !== undefined && left !== null && left <= right!;
    default:
      return left !== undefined && left !== null && left >= right!;
  }
}

function step(value: Json, by: Step): readonly Json[] {
  switch (by.kind) {
    case 'field': {
      const found = isJsonObject(value) ? getKey(value, by.name) : undefined;
      return found === undefined ? [] : [found];
    }
    case 'index': {
      const found = Array.isArray(value) ? (value as readonly Json[]).at(by.at) : undefined;
      return found === undefined ? [] : [found];
    }
    case 'all':
      if (Array.isArray(value)) return value as readonly Json[];
      return isJsonObject(value) ? Object.values(value).filter((v): v is Json => v !== undefined) : [];
    case 'filter':
      if (!Array.isArray(value)) return [];
      return (value as readonly Json[]).filter((item) => holds(evaluate(by.path, item)[0], by.operator, by.value));
  }
}

/** All values that a path leads to. */
export function evaluate(path: readonly Step[], value: Json): readonly Json[] {
  return path.reduce<readonly Json[]>((values, by) => values.flatMap((v) => step(v, by)), [value]);
}
