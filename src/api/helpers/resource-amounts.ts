import { milliValueOfQuantity, valueOfQuantity } from '../../apimachinery/index.ts';
import type { Container, Pod } from '../types.gen.ts';

/** Amounts by resource name: `cpu` in thousandths, everything else in units (bytes, pieces). */
export type ResourceAmounts = ReadonlyMap<string, number>;

type Quantities = Readonly<Record<string, string | number>> | undefined;

/** A resource list as numbers. */
export function amountsOf(quantities: Quantities): ResourceAmounts {
  const amounts = new Map<string, number>();
  for (const [name, quantity] of Object.entries(quantities ?? {})) amounts.set(name, name === 'cpu' ? milliValueOfQuantity(String(quantity)) : valueOfQuantity(String(quantity)));
  return amounts;
}

function addTo(sum: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0) + amount);
}

function raiseTo(max: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of amounts) max.set(name, Math.max(max.get(name) ?? 0, amount));
}

const cachedRequests = new WeakMap<Pod, ResourceAmounts>();

/**
 * What a pod takes on its node: the sum of its containers and sidecars, or what its init containers need at their worst moment if that is
 * more (each runs beside the sidecars started before it), plus overhead. Pod-level requests replace the sum where they are set (KEP-2837).
 */
export function podRequests(pod: Pod): ResourceAmounts {
  const cached = cachedRequests.get(pod);
  if (cached) return cached;
  const amounts = podAmounts(pod, 'requests');
  cachedRequests.set(pod, amounts);
  return amounts;
}

/** As `podRequests`, of limits. */
export function podLimits(pod: Pod): ResourceAmounts {
  return podAmounts(pod, 'limits');
}

function podAmounts(pod: Pod, kind: 'requests' | 'limits'): ResourceAmounts {
  const total = new Map<string, number>();
  const of = (container: Container) => amountsOf(container.resources?.[kind] as Quantities);
  for (const container of pod.spec?.containers ?? []) addTo(total, of(container));
  const sidecars = new Map<string, number>();
  const worstInit = new Map<string, number>();
  for (const container of pod.spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      addTo(total, of(container));
      addTo(sidecars, of(container));
      raiseTo(worstInit, sidecars);
    } else {
      const moment = new Map(sidecars);
      addTo(moment, of(container));
      raiseTo(worstInit, moment);
    }
  }
  raiseTo(total, worstInit);
  for (const [name, amount] of amountsOf(pod.spec?.resources?.[kind] as Quantities)) total.set(name, amount);
  if (kind === 'requests' || total.size > 0) addTo(total, amountsOf(pod.spec?.overhead as Quantities));
  return total;
}
