/**
 * A set of field paths as a trie. Keys are those of FieldsV1: `f:name`, `k:{"name":"x"}`, `v:"x"`, `i:0`. Nodes are immutable and shared:
 * operations return their first argument where it already is the answer. Below the root no node is without members.
 */
export interface FieldSet {
  /** The path that ends here is in the set. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet> | undefined;
}

export const emptySet: FieldSet = { member: false, children: undefined };
export const leafSet: FieldSet = { member: true, children: undefined };

export function isEmptySet(set: FieldSet): boolean {
  return !set.member && set.children === undefined;
}

/** A node of these children; undefined when it would hold nothing. */
export function setNode(member: boolean, children: ReadonlyMap<string, FieldSet> | undefined): FieldSet | undefined {
  const kept = children && children.size > 0 ? children : undefined;
  if (!kept) return member ? leafSet : undefined;
  return { member, children: kept };
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  let children: Map<string, FieldSet> | undefined;
  for (const [key, right] of b.children ?? []) {
    const left = a.children?.get(key);
    const both = left ? union(left, right) : right;
    if (both !== left) (children ??= new Map(a.children)).set(key, both);
  }
  const member = a.member || b.member;
  return !children && member === a.member ? a : { member, children: children ?? a.children };
}

/** Members of `a` that are not members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return keep(a, b, { ofBoth: false }) ?? emptySet;
}

/** Members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return intersect(a, b) ?? emptySet;
}

function intersect(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (a === b) return a;
  const member = a.member && b.member;
  if (!a.children || !b.children) return member ? (a.children ? leafSet : a) : undefined;
  let same = member === a.member;
  const children = new Map<string, FieldSet>();
  for (const [key, left] of a.children) {
    const right = b.children.get(key);
    const both = right && intersect(left, right);
    if (both) children.set(key, both);
    if (both !== left) same = false;
  }
  return same ? a : setNode(member, children);
}

/** As `difference`, but a member of `b` takes all below it away as well. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return keep(a, b, { ofBoth: true }) ?? emptySet;
}

function keep(a: FieldSet, b: FieldSet, options: { readonly ofBoth: boolean }): FieldSet | undefined {
  if (b.member && options.ofBoth) return undefined;
  const member = a.member && !b.member;
  if (!a.children || !b.children) return member === a.member ? a : setNode(member, a.children);
  let children: Map<string, FieldSet> | undefined;
  for (const [key, right] of b.children) {
    const left = a.children.get(key);
    if (!left) continue;
    const rest = keep(left, right, options);
    if (rest === left) continue;
    children ??= new Map(a.children);
    if (rest) children.set(key, rest);
    else children.delete(key);
  }
  return !children && member === a.member ? a : setNode(member, children ?? a.children);
}

/** A set of paths, each a list of FieldsV1 keys. */
export function setOf(paths: readonly (readonly string[])[]): FieldSet {
  let out = emptySet;
  for (const path of paths)
    out = union(
      out,
      path.reduceRight<FieldSet>((below, key) => ({ member: false, children: new Map([[key, below]]) }), leafSet),
    );
  return out;
}

/** A set of struct fields by dotted path: `metadata.name`. */
export function setOfFields(paths: readonly string[]): FieldSet {
  return setOf(paths.map((path) => path.split('.').map((name) => `f:${name}`)));
}

/** All members in upstream's order: those of a level, then those below each. */
export function pathsOf(set: FieldSet): readonly (readonly string[])[] {
  const out: (readonly string[])[] = [];
  const visit = (node: FieldSet, path: readonly string[]) => {
    const keys = [...(node.children?.keys() ?? [])].sort(compareKeys);
    for (const key of keys) if (node.children!.get(key)!.member) out.push([...path, key]);
    for (const key of keys) visit(node.children!.get(key)!, [...path, key]);
  };
  visit(set, []);
  return out;
}

export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const key of path) {
    node = node.children?.get(key);
    if (!node) return false;
  }
  return node.member;
}

const ranks = 'fkvi';
const fieldRank = 'f'.charCodeAt(0);

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = typeof a === 'string' && typeof b === 'string' ? [a, b] : [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareListKeys(a: string, b: string): number {
  const left = Object.entries(JSON.parse(a.slice(2)) as Record<string, unknown>);
  const right = Object.entries(JSON.parse(b.slice(2)) as Record<string, unknown>);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const byName = compareValues(left[i]![0], right[i]![0]) || compareValues(left[i]![1], right[i]![1]);
    if (byName !== 0) return byName;
  }
  return left.length - right.length;
}

/** The order of path elements: field names, list keys, list values, indices. */
export function compareKeys(a: string, b: string): number {
  if (a.charCodeAt(0) === fieldRank && b.charCodeAt(0) === fieldRank) return a < b ? -1 : a > b ? 1 : 0;
  const byRank = ranks.indexOf(a[0]!) - ranks.indexOf(b[0]!);
  if (byRank !== 0) return byRank;
  if (a[0] === 'k') return compareListKeys(a, b);
  if (a[0] === 'v') return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
  if (a[0] === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  return a < b ? -1 : a > b ? 1 : 0;
}
