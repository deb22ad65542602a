import { formatQuantity, hasKey, parseQuantity, type Quantity, setKey, type Draft } from '../../apimachinery/index.ts';
import {
  type Container,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
  podLimits,
  podRequests,
  type ResourceAmounts,
} from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import { aggregate } from '../authorization/error-text.ts';
import type { Lookup } from '../lookup.ts';
import { draftOf, isAbout, refuse } from './refusal.ts';

const limitRanges = { group: '', resource: 'limitranges' };
const annotation = 'kubernetes.io/limit-ranger';

type Quantities = Readonly<Record<string, string>>;

/** Requests and limits of one thing that a limit range speaks of. */
interface Usage {
  readonly requests: ReadonlyMap<string, Quantity>;
  readonly limits: ReadonlyMap<string, Quantity>;
}

/** Containers, pods and claims keep within the namespace's limit ranges, and containers get their defaults from them. */
export function limitRanger(lookup: Lookup): AdmissionPlugin {
  const rangesFor = (request: AdmissionRequest) => lookup.list<LimitRange>(limitRanges, request.namespace);
  const isPod = (request: AdmissionRequest) => request.operation === 'CREATE' && isAbout(request, '', 'pods');
  return {
    name: 'LimitRanger',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async admit(request) {
      if (!isPod(request) || !request.object) return;
      for (const range of await rangesFor(request)) setDefaults(draftOf<Pod>(request), range);
    },
    async validate(request) {
      const isClaim = isAbout(request, '', 'persistentvolumeclaims');
      if ((!isPod(request) && !isClaim) || !request.object) return;
      for (const range of await rangesFor(request)) {
        const problems = (range.spec?.limits ?? []).flatMap((item) =>
          isClaim ? claimProblems(request.object as PersistentVolumeClaim, item) : podProblems(request.object as Pod, item),
        );
        if (problems.length > 0) throw refuse(request, aggregate(problems));
      }
    },
  };
}

function setDefaults(pod: Draft<Pod>, range: LimitRange): void {
  const texts: string[] = [];
  const items = (range.spec?.limits ?? []).filter((i) => i.type === 'Container');
  const all = (part: 'default' | 'defaultRequest') => Object.assign({}, ...items.map((i) => i[part] ?? {})) as Quantities;
  const [limits, requests] = [all('default'), all('defaultRequest')];
  const fill = (container: Draft<Container>, kind: 'limits' | 'requests', defaults: Quantities): string[] => {
    const set: string[] = [];
    for (const name of Object.keys(defaults).sort()) {
      if (hasKey(container.resources?.[kind], name)) continue;
      const resources = (container.resources ??= {});
      setKey((resources[kind] ??= {}), name, defaults[name]!);
      set.push(name);
    }
    return set;
  };
  const each = (container: Draft<Container>, what: string) => {
    const setRequests = fill(container, 'requests', requests);
    const setLimits = fill(container, 'limits', limits);
    if (setRequests.length > 0) texts.push(`${setRequests.join(', ')} request for ${what} ${container.name}`);
    if (setLimits.length > 0) texts.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`);
  };
  for (const container of pod.spec?.containers ?? []) each(container, 'container');
  for (const container of pod.spec?.initContainers ?? []) each(container, 'init container');
  if (texts.length === 0) return;
  const metadata = (pod.metadata ??= {});
  setKey((metadata.annotations ??= {}), annotation, `LimitRanger plugin set: ${texts.join('; ')}`);
}

function parsed(quantities: Quantities | undefined): ReadonlyMap<string, Quantity> {
  return new Map(Object.entries(quantities ?? {}).map(([name, q]) => [name, parseQuantity(q)]));
}

/** Amounts as quantities: cpu in thousandths, all else whole. */
function quantities(amounts: ResourceAmounts): ReadonlyMap<string, Quantity> {
  const of = (name: string, n: number): Quantity =>
    name === 'cpu'
      ? { nanos: BigInt(Math.round(n)) * 1_000_000n, format: 'DecimalSI' }
      : { nanos: BigInt(Math.round(n)) * 1_000_000_000n, format: 'BinarySI' };
  return new Map([...amounts].map(([name, n]) => [name, of(name, n)]));
}

function podProblems(pod: Pod, item: LimitRangeItem): readonly string[] {
  if (item.type === 'Pod') return problemsOf(item, { requests: quantities(podRequests(pod)), limits: quantities(podLimits(pod)) });
  if (item.type !== 'Container') return [];
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return containers.flatMap((c) => problemsOf(item, { requests: parsed(c.resources?.requests), limits: parsed(c.resources?.limits) }));
}

function problemsOf(item: LimitRangeItem, usage: Usage): readonly string[] {
  const each = (limits: Quantities | undefined, check: (name: string, enforced: Quantity) => string | undefined) =>
    Object.entries(limits ?? {}).flatMap(([name, q]) => check(name, parseQuantity(q)) ?? []);
  return [
    ...each(item.min, (name, q) => belowMinimum(item.type, name, { enforced: q, usage })),
    ...each(item.max, (name, q) => aboveMaximum(item.type, name, { enforced: q, usage })),
    ...each(item.maxLimitRequestRatio, (name, q) => aboveRatio(item.type, name, { enforced: q, usage })),
  ];
}

interface Bound {
  readonly enforced: Quantity;
  readonly usage: Usage;
}

function belowMinimum(type: string, name: string, { enforced, usage }: Bound): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  const request = usage.requests.get(name);
  const limit = usage.limits.get(name);
  if (!request) return `${head}.  No request is specified`;
  if (request.nanos < enforced.nanos) return `${head}, but request is ${formatQuantity(request)}`;
  return limit && limit.nanos < enforced.nanos ? `${head}, but limit is ${formatQuantity(limit)}` : undefined;
}

function aboveMaximum(type: string, name: string, { enforced, usage }: Bound): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  const request = usage.requests.get(name);
  const limit = usage.limits.get(name);
  if (!limit) return `${head}.  No limit is specified`;
  if (limit.nanos > enforced.nanos) return `${head}, but limit is ${formatQuantity(limit)}`;
  return request && request.nanos > enforced.nanos ? `${head}, but request is ${formatQuantity(request)}` : undefined;
}

function aboveRatio(type: string, name: string, { enforced, usage }: Bound): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${formatQuantity(enforced)}`;
  const request = usage.requests.get(name)?.nanos ?? 0n;
  const limit = usage.limits.get(name)?.nanos ?? 0n;
  if (request === 0n) return `${head}, but no request is specified or request is 0`;
  if (limit === 0n) return `${head}, but no limit is specified or limit is 0`;
  const isAbove = limit * 1_000_000_000n > enforced.nanos * request;
  return isAbove ? `${head}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}` : undefined;
}

function claimProblems(claim: PersistentVolumeClaim, item: LimitRangeItem): readonly string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const usage: Usage = { requests: parsed(claim.spec?.resources?.requests), limits: new Map() };
  const below = Object.entries(item.min ?? {}).flatMap(([name, q]) => belowMinimum(item.type, name, { enforced: parseQuantity(q), usage }) ?? []);
  const above = Object.entries(item.max ?? {}).flatMap(([name, q]) => {
    const enforced = parseQuantity(q);
    const request = usage.requests.get(name);
    const head = `maximum ${name} usage per ${item.type} is ${formatQuantity(enforced)}`;
    if (!request) return [`${head}.  No request is specified`];
    return request.nanos > enforced.nanos ? [`${head}, but request is ${formatQuantity(request)}`] : [];
  });
  return [...below, ...above];
}
