import type { Checks } from './checks.ts';

type Counts = Readonly<Record<string, unknown>>;

/** The counts of a workload's status: none negative, none of `parts` above `replicas`, available ones among the ready ones. */
export function checkStatusCounts(c: Checks, status: object, counts: readonly string[], parts: readonly string[]): void {
  const of = (field: string): number | undefined => (status as Counts)[field] as number | undefined;
  for (const field of counts) c.nonNegative(of(field), 'status', field);
  const total = of('replicas') ?? 0;
  for (const field of parts) {
    const value = of(field) ?? 0;
    if (value > total) c.invalid(['status', field], value, 'cannot be greater than status.replicas');
  }
  const available = of('availableReplicas') ?? 0;
  if (parts.includes('availableReplicas') && available > (of('readyReplicas') ?? 0)) {
    c.invalid(['status', 'availableReplicas'], available, 'cannot be greater than readyReplicas');
  }
}
