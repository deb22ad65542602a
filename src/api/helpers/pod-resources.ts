import { milliValueOfQuantity, valueOfQuantity } from '../../apimachinery/index.ts';
import type { Container, Pod, ResourceRequirements } from '../types.gen.ts';
import { isRestartableInit } from './containers.ts';

/** Amounts by resource name: cpu in thousandths of a core, everything else in its own units (bytes, pieces). */
export type ResourceAmounts = ReadonlyMap<string, number>;

type Quantities = Readonly<Record<string, string>>;

/** A quantity as ResourceAmounts count it. */
export function amountOf(name: string, quantity: string): number {
  return name === 'cpu' ? milliValueOfQuantity(quantity) : valueOfQuantity(quantity);
}

export function amountsOf(quantities: Quantities | undefined): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const name of Object.keys(quantities ?? {})) amounts.set(name, amountOf(name, quantities![name]!));
  return amounts;
}

function add(to: Map<string, number>, from: ResourceAmounts): void {
  for (const [name, amount] of from) to.set(name, (to.get(name) ?? 0) + amount);
}

function raise(to: Map<string, number>, from: ResourceAmounts): void {
  for (const [name, amount] of from) if (amount > (to.get(name) ?? -1)) to.set(name, amount);
}

function sum(a: ResourceAmounts, b: ResourceAmounts): Map<string, number> {
  const total = new Map(a);
  add(total, b);
  return total;
}

type PickList = (resources: ResourceRequirements | undefined) => Quantities | undefined;

/**
 * What a pod's containers need together: those that run side by side added up (sidecars too), or the largest init container with the
 * sidecars started before it, whichever is more.
 */
function containersTotal(pod: Pod, pick: PickList): Map<string, number> {
  const total = new Map<string, number>();
  for (const c of pod.spec?.containers ?? []) add(total, amountsOf(pick(c.resources)));
  const sidecars = new Map<string, number>();
  const highest = new Map<string, number>();
  for (const c of pod.spec?.initContainers ?? []) {
    const own = amountsOf(pick(c.resources));
    if (isRestartableInit(c)) {
      add(total, own);
      add(sidecars, own);
      raise(highest, sidecars);
    } else raise(highest, sum(own, sidecars));
  }
  raise(total, highest);
  return total;
}

/** The resources that may be given for a pod as a whole. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function withPodLevel(total: Map<string, number>, podLevel: Quantities | undefined): Map<string, number> {
  for (const [name, amount] of amountsOf(podLevel)) if (isPodLevelResource(name)) total.set(name, amount);
  return total;
}

/** Schedulers ask for the same pods again and again. */
const knownRequests = new WeakMap<Pod, ResourceAmounts>();

/** What a pod asks its node for, overhead included: what the scheduler and quotas count. Remembered by object, so only of pods that no longer change. */
export function podRequests(pod: Pod): ResourceAmounts {
  const known = knownRequests.get(pod);
  if (known) return known;
  const requests = sumRequests(pod);
  knownRequests.set(pod, requests);
  return requests;
}

function sumRequests(pod: Pod): ResourceAmounts {
  const total = withPodLevel(
    containersTotal(pod, (r) => r?.requests),
    pod.spec?.resources?.requests,
  );
  if (pod.spec?.overhead) add(total, amountsOf(pod.spec.overhead));
  return total;
}

/** What a pod may use at most; resources without a limit are absent. Overhead is added to what has a limit. */
export function podLimits(pod: Pod): ResourceAmounts {
  const total = withPodLevel(
    containersTotal(pod, (r) => r?.limits),
    pod.spec?.resources?.limits,
  );
  for (const [name, amount] of amountsOf(pod.spec?.overhead)) if (total.has(name)) total.set(name, total.get(name)! + amount);
  return total;
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const qosNames = ['cpu', 'memory'] as const;

function positive(quantities: Quantities | undefined, name: string): number {
  const quantity = quantities?.[name];
  return quantity === undefined ? 0 : amountOf(name, quantity);
}

/** A pod's quality of service, by what it asks for; pod-level resources alone decide where they are given. */
export function qosClass(pod: Pod): QosClass {
  const spec = pod.spec;
  const podLevel = spec?.resources;
  const usesPodLevel = Object.keys(podLevel?.requests ?? {}).length + Object.keys(podLevel?.limits ?? {}).length > 0;
  const all: readonly HasResources[] = usesPodLevel ? [{ resources: podLevel }] : [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  let guaranteed = true;
  let any = false;
  for (const { resources } of all) {
    for (const name of qosNames) {
      const request = positive(resources?.requests, name);
      const limit = positive(resources?.limits, name);
      if (request > 0 || limit > 0) any = true;
      // Defaulting copies limits to requests, so that a missing request means a missing limit.
      if (limit === 0 || (request !== limit && resources?.requests?.[name] !== undefined)) guaranteed = false;
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort';
}

interface HasResources {
  readonly resources?: Container['resources'] | undefined;
}
