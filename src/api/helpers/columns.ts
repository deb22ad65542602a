import { getKey, type KubeObject, selectorFromObject } from '../../apimachinery/index.ts';
import type { Cell, Column } from '../definition.ts';
import type { Container, LabelSelector, LoadBalancerIngress } from '../types.gen.ts';

interface ColumnOptions {
  readonly type?: Column['type'];
  readonly format?: string;
  readonly priority?: 0 | 1;
}

/** A column of text unless said otherwise. */
export function column<T extends KubeObject>(name: string, value: (obj: T) => Cell, options: ColumnOptions = {}): Column<T> {
  return { name, type: 'string', ...options, value };
}

/** A column that only `-o wide` shows. */
export function wide<T extends KubeObject>(name: string, value: (obj: T) => Cell, options: ColumnOptions = {}): Column<T> {
  return column(name, value, { ...options, priority: 1 });
}

export function integer<T extends KubeObject>(name: string, value: (obj: T) => Cell): Column<T> {
  return column(name, value, { type: 'integer' });
}

export const nameColumn = column('Name', (o: KubeObject) => o.metadata?.name ?? '', { format: 'name' });
export const ageColumn = column('Age', (o: KubeObject) => ({ ageOf: o.metadata?.creationTimestamp }));

/** What kinds without a printer of their own show: a time, not an age. */
export const defaultColumns: readonly Column[] = [
  nameColumn,
  column('Created At', (o: KubeObject) => o.metadata?.creationTimestamp ?? null, { type: 'date' }),
];

export const nameAndAge: readonly Column[] = [nameColumn, ageColumn];

export function joined(items: readonly (string | undefined)[] | undefined, separator = ','): string {
  return (items ?? []).map((i) => i ?? '').join(separator);
}

/** `k=v` sorted by key, `<none>` when there are none. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((k) => `${k}=${getKey(labels, k)}`).join(',');
}

/** A label selector as kubectl prints it; `<none>` when it is empty, `<error>` when it cannot be read. */
export function selectorText(selector: LabelSelector | undefined): string {
  try {
    return (selector && selectorFromObject(selector).toString()) || '<none>';
  } catch {
    return '<error>';
  }
}

interface WithTemplate {
  readonly spec?: { readonly containers?: readonly Container[] };
}

/** The wide columns Containers and Images of kinds with a pod template. */
export function templateColumns<T extends KubeObject>(template: (obj: T) => WithTemplate | undefined): readonly Column<T>[] {
  return [
    wide('Containers', (o: T) => joined(template(o)?.spec?.containers?.map((c) => c.name))),
    wide('Images', (o: T) => joined(template(o)?.spec?.containers?.map((c) => c.image))),
  ];
}

/** The first three, then how many more there are. */
export function firstThree(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, 3).join(',');
  return total > 3 ? `${shown} + ${total - 3} more...` : shown;
}

/** Addresses a load balancer has, unique and sorted. */
export function ingressAddresses(ingress: readonly LoadBalancerIngress[] | undefined): readonly string[] {
  return [...new Set((ingress ?? []).map((i) => i.ip || i.hostname || '').filter((a) => a !== ''))].sort();
}

const modeNames: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** Volume access modes, abbreviated. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return modeNames.flatMap(([mode, short]) => (modes?.includes(mode) ? [short] : [])).join(',');
}
