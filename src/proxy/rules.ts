import { type Classes, classid, dropClass, frontend, maxEndpoints } from './classes.ts';
import type { Endpoint, ServicePort } from './service-map.ts';
import { type DataMap, tableName } from './table.ts';

/** One element of a map or set: `value` is undefined in sets. */
export interface Element {
  readonly map: DataMap;
  readonly key: string;
  readonly value?: string;
}

/** A group of endpoints: a numbered list that frontends choose from. The order is the slots' and changes as little as it can. */
export interface Group {
  readonly id: number;
  readonly endpoints: readonly Endpoint[];
}

const addressOf = (e: Endpoint): string => `${e.ip}:${e.port}`;

/** Endpoints in slots: those that stay keep theirs, the last moves into the hole of one that went, new ones come last. */
export function assignSlots(previous: readonly Endpoint[], wanted: readonly Endpoint[]): Endpoint[] {
  const left = new Map(wanted.map((e) => [addressOf(e), e]));
  const slots: (Endpoint | undefined)[] = previous.map((e) => {
    const stays = left.get(addressOf(e));
    left.delete(addressOf(e));
    return stays;
  });
  for (const added of left.values()) {
    const hole = slots.indexOf(undefined);
    if (hole >= 0) slots[hole] = added;
    else slots.push(added);
  }
  for (let hole = slots.indexOf(undefined); hole >= 0; hole = slots.indexOf(undefined)) {
    const last = slots.pop();
    if (hole < slots.length) slots[hole] = last;
  }
  return slots as Endpoint[];
}

/** A 32-bit FNV-1a hash: an endpoint's id is the same after a restart, so that client affinity survives it. */
export function endpointId(servicePort: string, endpoint: Endpoint): number {
  let hash = 0x811c9dc5;
  for (const c of `${servicePort} ${addressOf(endpoint)}`) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
  return hash === 0 ? 1 : hash;
}

export interface Groups {
  /** All endpoints, for traffic policy Cluster. */
  readonly all: Group;
  /** This node's, for policy Local; the same group as `all` where no policy is Local. */
  readonly local: Group;
}

/** All data of one service port. */
export function servicePortElements(port: ServicePort, groups: Groups, classes: Classes): Element[] {
  const classOf = (group: Group) => classes.classFor(group.endpoints.length, port.affinitySeconds);
  const internal = port.internalPolicyLocal ? groups.local : groups.all;
  const external = port.externalPolicyLocal ? groups.local : groups.all;
  const checkRanges = port.loadBalancerSourceRanges.length > 0;
  // Local without an endpoint here: dropped, so that the sender tries another node; nowhere any endpoint: refused.
  const externalClass = external.endpoints.length === 0 && groups.all.endpoints.length > 0 ? dropClass : classOf(external);
  const internalClass = internal.endpoints.length === 0 && groups.all.endpoints.length > 0 ? dropClass : classOf(internal);
  const masquerade = !port.externalPolicyLocal;
  const at = (ip: string) => `${ip} . ${port.protocol} . ${port.port}`;
  const elements: Element[] = [
    { map: 'svc-ips', key: port.clusterIP },
    { map: 'cluster-ips', key: at(port.clusterIP), value: frontend({ classId: internalClass, group: internal.id }) },
  ];
  for (const ip of [...port.externalIPs, ...port.loadBalancerIPs]) {
    const ranges = checkRanges && port.loadBalancerIPs.includes(ip);
    elements.push({
      map: 'external-ips',
      key: at(ip),
      value: frontend({ classId: externalClass, group: external.id, masquerade, checkRanges: ranges }),
    });
    elements.push({ map: 'internal-ips', key: at(ip), value: frontend({ classId: classOf(groups.all), group: groups.all.id }) });
    if (ranges) for (const range of port.loadBalancerSourceRanges) elements.push({ map: 'lb-src', key: `${at(ip)} . ${range}` });
  }
  if (port.nodePort)
    elements.push({
      map: 'node-ports',
      key: `${port.protocol} . ${port.nodePort}`,
      value: frontend({ classId: externalClass, group: external.id, masquerade }),
    });
  for (const group of new Set([groups.all, groups.local])) elements.push(...groupElements(port.id, group));
  return elements;
}

function groupElements(servicePort: string, group: Group): Element[] {
  return group.endpoints.slice(0, maxEndpoints).flatMap((endpoint, slot) => {
    const id = classid(endpointId(servicePort, endpoint));
    const elements: Element[] = [
      { map: 'slots', key: `${classid(group.id)} . ${slot}`, value: id },
      { map: 'epids', key: id, value: `${endpoint.ip} . ${endpoint.port}` },
    ];
    if (endpoint.isLocal) elements.push({ map: 'hairpin', key: `${endpoint.ip} . ${endpoint.ip}` });
    return elements;
  });
}

/** Lines for nft that turn `before` into `after`: what is gone or changed is deleted first. In order of maps, for one transaction. */
export function changeCommands(before: ReadonlyMap<string, Element>, after: ReadonlyMap<string, Element>): string[] {
  const deleted = [...before].filter(([key, e]) => after.get(key)?.value !== e.value || !after.has(key)).map(([, e]) => e);
  const added = [...after].filter(([key, e]) => before.get(key)?.value !== e.value || !before.has(key)).map(([, e]) => e);
  return [...byMap('delete', deleted), ...byMap('add', added)];
}

function byMap(verb: 'add' | 'delete', elements: readonly Element[]): string[] {
  const texts = Map.groupBy(elements, (e) => e.map);
  return [...texts].map(([map, list]) => {
    const words = list.map((e) => (verb === 'add' && e.value !== undefined ? `${e.key} : ${e.value}` : e.key));
    return `${verb} element ip ${tableName} ${map} { ${words.join(', ')} }`;
  });
}
