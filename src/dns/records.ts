import { type EndpointSlice, isHeadless, type Service } from '../api/index.ts';

/** What answers are made from: looked up, never copied. */
export interface ClusterView {
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, serviceName: string): readonly EndpointSlice[];
  servicesByIP(ip: string): readonly Service[];
  slicesByIP(ip: string): readonly EndpointSlice[];
  /** Some Service lives in the namespace. */
  namespaceExists(namespace: string): boolean;
}

export type RecordData =
  | { readonly type: 'A'; readonly name: string; readonly data: string }
  | { readonly type: 'CNAME' | 'PTR'; readonly name: string; readonly data: string }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly data: { readonly priority: number; readonly weight: number; readonly port: number; readonly target: string };
    }
  | { readonly type: 'TXT'; readonly name: string; readonly data: string };

/** `outside`: not a name of the cluster. Otherwise authoritative: no answers with `exists` is NODATA, without it NXDOMAIN. */
export type Answer =
  | { readonly kind: 'outside' }
  | { readonly kind: 'cluster'; readonly exists: boolean; readonly answers: readonly RecordData[]; readonly additionals: readonly RecordData[] };

interface Target {
  readonly label: string;
  readonly ip: string;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

const outside: Answer = { kind: 'outside' };
const missing: Answer = { kind: 'cluster', exists: false, answers: [], additionals: [] };
const noData: Answer = { kind: 'cluster', exists: true, answers: [], additionals: [] };
const found = (answers: readonly RecordData[], additionals: readonly RecordData[] = []): Answer => ({
  kind: 'cluster',
  exists: true,
  answers,
  additionals,
});

/** Answers one question by the Kubernetes DNS specification 1.1.0, for the zone `domain` (`cluster.local`). Names in any case, without final dot. */
export function answer(question: { readonly name: string; readonly type: string }, view: ClusterView, domain: string): Answer {
  const name = question.name.toLowerCase();
  if (name.endsWith('.in-addr.arpa')) return reverse(name, question.type, { view, domain });
  if (name !== domain && !name.endsWith(`.${domain}`)) return outside;
  const labels = name.slice(0, -domain.length).split('.').filter(Boolean);
  const kind = labels.pop();
  if (kind === undefined) return noData;
  if (kind === 'dns-version' && labels.length === 0) return question.type === 'TXT' ? found([{ type: 'TXT', name, data: '1.1.0' }]) : noData;
  if (kind === 'pod') return podAnswer(labels, name, question.type);
  if (kind !== 'svc') return missing;
  return serviceAnswer(labels, { name, type: question.type }, { view, domain });
}

interface Zone {
  readonly view: ClusterView;
  readonly domain: string;
}

function serviceAnswer(labels: readonly string[], question: { readonly name: string; readonly type: string }, zone: Zone): Answer {
  const [namespace, serviceName, ...more] = labels.toReversed();
  if (namespace === undefined) return noData;
  if (serviceName === undefined) return zone.view.namespaceExists(namespace) ? noData : missing;
  const service = zone.view.service(namespace, serviceName);
  if (!service) return missing;
  const { name, type } = question;
  if (service.spec?.type === 'ExternalName') return more.length === 0 ? externalName(service, name, type) : missing;
  const base = `${serviceName}.${namespace}.svc.${zone.domain}`;
  const targets = targetsOf(service, zone.view.slices(namespace, serviceName));
  if (more.length === 0) return type === 'SRV' ? srv(targets, { name, base, headless: isHeadless(service) }) : addresses(targets, name, type);
  if (more.length === 2 && more[0]!.startsWith('_') && more[1]!.startsWith('_')) {
    const [protocol, port] = [more[0]!.slice(1), more[1]!.slice(1)];
    const matching = targets
      .map((t) => ({ ...t, ports: t.ports.filter((p) => p.name === port && p.protocol === protocol) }))
      .filter((t) => t.ports.length > 0);
    if (matching.length === 0) return missing;
    return type === 'SRV' ? srv(matching, { name, base, headless: isHeadless(service) }) : noData;
  }
  if (more.length === 1 && isHeadless(service)) {
    const one = targets.filter((t) => t.label === more[0]);
    return one.length === 0 ? missing : addresses(one, name, type);
  }
  return missing;
}

function externalName(service: Service, name: string, type: string): Answer {
  const target = service.spec?.externalName;
  if (!target) return missing;
  return type === 'A' || type === 'AAAA' || type === 'CNAME' ? found([{ type: 'CNAME', name, data: target }]) : noData;
}

function targetsOf(service: Service, slices: readonly EndpointSlice[]): Target[] {
  if (!isHeadless(service)) {
    const ports = (service.spec?.ports ?? []).map((p) => ({ name: p.name ?? '', protocol: (p.protocol ?? 'TCP').toLowerCase(), port: p.port }));
    return service.spec?.clusterIP ? [{ label: '', ip: service.spec.clusterIP, ports }] : [];
  }
  const publishNotReady = service.spec?.publishNotReadyAddresses ?? false;
  const byIP = new Map<string, Target>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const ports = (slice.ports ?? []).flatMap((p) =>
      p.port ? [{ name: p.name ?? '', protocol: (p.protocol ?? 'TCP').toLowerCase(), port: p.port }] : [],
    );
    for (const e of slice.endpoints ?? []) {
      if (!(e.conditions?.ready ?? true) && !publishNotReady) continue;
      for (const ip of e.addresses) byIP.set(ip, { label: e.hostname || dashed(ip), ip, ports: [...(byIP.get(ip)?.ports ?? []), ...ports] });
    }
  }
  return [...byIP.values()];
}

function addresses(targets: readonly Target[], name: string, type: string): Answer {
  return type === 'A' || type === 'ANY' ? found(targets.map((t) => ({ type: 'A', name, data: t.ip }))) : noData;
}

function srv(
  targets: readonly Target[],
  { name, base, headless }: { readonly name: string; readonly base: string; readonly headless: boolean },
): Answer {
  const count = targets.reduce((n, t) => n + t.ports.length, 0);
  const weight = Math.max(1, Math.floor(100 / (count || 1)));
  const hostOf = (t: Target) => (headless ? `${t.label}.${base}` : base);
  return found(
    targets.flatMap((t) => t.ports.map((p) => ({ type: 'SRV' as const, name, data: { priority: 0, weight, port: p.port, target: hostOf(t) } }))),
    targets.map((t) => ({ type: 'A', name: hostOf(t), data: t.ip })),
  );
}

/** `10-244-1-7.NAMESPACE.pod.DOMAIN` is 10.244.1.7, whether or not such a pod exists (upstream's `pods insecure`). */
function podAnswer(labels: readonly string[], name: string, type: string): Answer {
  if (labels.length !== 2) return labels.length < 2 ? noData : missing;
  const ip = labels[0]!.replaceAll('-', '.');
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(ip) || ip.split('.').some((part) => Number(part) > 255)) return missing;
  return type === 'A' ? found([{ type: 'A', name, data: ip }]) : noData;
}

function reverse(name: string, type: string, { view, domain }: Zone): Answer {
  const ip = name.slice(0, -'.in-addr.arpa'.length).split('.').toReversed().join('.');
  const names = view.servicesByIP(ip).map((s) => `${s.metadata?.name}.${s.metadata?.namespace}.svc.${domain}`);
  if (names.length === 0) {
    for (const slice of view.slicesByIP(ip)) {
      const service = slice.metadata?.labels?.['kubernetes.io/service-name'];
      const endpoint = slice.endpoints?.find((e) => e.addresses.includes(ip));
      if (service && endpoint) names.push(`${endpoint.hostname || dashed(ip)}.${service}.${slice.metadata?.namespace}.svc.${domain}`);
    }
  }
  if (names.length === 0) return outside;
  return type === 'PTR' ? found([...new Set(names)].map((data) => ({ type: 'PTR', name, data }))) : noData;
}

function dashed(ip: string): string {
  return ip.replaceAll(/[.:]/g, '-');
}
