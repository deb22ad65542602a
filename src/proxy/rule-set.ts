import { Classes } from './classes.ts';
import { assignSlots, changeCommands, type Element, type Group, type Groups, servicePortElements } from './rules.ts';
import type { ServicePort } from './service-map.ts';
import { affinityClassText, tableText } from './table.ts';

interface Known {
  readonly groups: Groups;
  readonly elements: readonly Element[];
}

const elementKey = (e: Element): string => `${e.map} ${e.key}`;

/** A UDP flow whose conntrack entry must go: what it was sent to, and the endpoint it was given (none: any). */
export interface StaleFlow {
  readonly destination: string;
  readonly port: number;
  readonly endpoint?: string;
}

export interface Change {
  /** nft commands, one transaction; empty when nothing changed. */
  readonly commands: readonly string[];
  readonly staleFlows: readonly StaleFlow[];
}

/**
 * The rules of all Services as they stand in the kernel, and what changes them. The cost of a change is that of the Services it touches,
 * however many there are. Pure: gives commands, runs none.
 */
export class RuleSet {
  #classes = new Classes();
  #knownClasses = 0;
  readonly #ports = new Map<string, Known & { readonly port: ServicePort }>();
  /** Ids of service ports by Service key. */
  readonly #services = new Map<string, readonly string[]>();
  /** How many service ports hold an element: addresses may be shared. */
  readonly #held = new Map<string, { readonly element: Element; readonly count: number }>();
  readonly #freeIds: number[] = [];
  #nextId = 1;

  /** Sets the ports of one Service; none removes it. */
  setService(key: string, ports: readonly ServicePort[]): Change {
    const touched = new Map<string, Element>();
    const staleFlows: StaleFlow[] = [];
    const gone = (this.#services.get(key) ?? []).filter((id) => !ports.some((p) => p.id === id));
    for (const id of gone) staleFlows.push(...this.#removePort(id, touched));
    for (const port of ports) staleFlows.push(...this.#setPort(port, touched));
    if (ports.length > 0)
      this.#services.set(
        key,
        ports.map((p) => p.id),
      );
    else this.#services.delete(key);
    const after = new Map([...touched.keys()].flatMap((k) => (this.#held.has(k) ? [[k, this.#held.get(k)!.element] as const] : [])));
    const before = new Map([...touched].filter(([, e]) => e !== absent));
    return { commands: [...this.#newClasses(), ...changeCommands(before, after)], staleFlows };
  }

  /** The whole table as text for `nft -f`: replaces what is there in one transaction. */
  wholeTable(clusterCidr: string): string {
    this.#knownClasses = this.#classes.affinityClasses().length;
    const elements = new Map([...this.#held].map(([k, { element }]) => [k, element]));
    return (
      tableText(clusterCidr) + this.#classes.affinityClasses().map(affinityClassText).join('') + changeCommands(new Map(), elements).join('\n') + '\n'
    );
  }

  get serviceCount(): number {
    return this.#services.size;
  }

  #newClasses(): string[] {
    const all = this.#classes.affinityClasses();
    const added = all.slice(this.#knownClasses);
    this.#knownClasses = all.length;
    return added.map((c) => affinityClassText(c).trimEnd().replaceAll('\n', '; '));
  }

  #setPort(port: ServicePort, touched: Map<string, Element>): StaleFlow[] {
    const known = this.#ports.get(port.id);
    const groups = this.#groupsFor(port, known?.groups);
    const elements = servicePortElements(port, groups, this.#classes);
    for (const e of known?.elements ?? []) this.#release(e, touched);
    for (const e of elements) this.#hold(e, touched);
    this.#ports.set(port.id, { port, groups, elements });
    return known ? staleFlows(known.port, port) : [];
  }

  #removePort(id: string, touched: Map<string, Element>): StaleFlow[] {
    const known = this.#ports.get(id);
    if (!known) return [];
    this.#ports.delete(id);
    for (const e of known.elements) this.#release(e, touched);
    for (const group of new Set([known.groups.all, known.groups.local])) this.#freeIds.push(group.id);
    return staleFlows(known.port, undefined);
  }

  #groupsFor(port: ServicePort, previous: Groups | undefined): Groups {
    const all: Group = { id: previous?.all.id ?? this.#takeId(), endpoints: assignSlots(previous?.all.endpoints ?? [], port.endpoints) };
    const hadLocal = previous !== undefined && previous.local !== previous.all;
    if (!port.internalPolicyLocal && !port.externalPolicyLocal) {
      if (hadLocal) this.#freeIds.push(previous.local.id);
      return { all, local: all };
    }
    const local: Group = {
      id: hadLocal ? previous.local.id : this.#takeId(),
      endpoints: assignSlots(hadLocal ? previous.local.endpoints : [], port.localEndpoints),
    };
    return { all, local };
  }

  #takeId(): number {
    return this.#freeIds.pop() ?? this.#nextId++;
  }

  #hold(element: Element, touched: Map<string, Element>): void {
    const key = elementKey(element);
    const held = this.#held.get(key);
    if (!touched.has(key)) touched.set(key, held?.element ?? absent);
    this.#held.set(key, { element, count: (held?.count ?? 0) + 1 });
  }

  #release(element: Element, touched: Map<string, Element>): void {
    const key = elementKey(element);
    const held = this.#held.get(key);
    if (!held) return;
    if (!touched.has(key)) touched.set(key, held.element);
    if (held.count > 1) this.#held.set(key, { ...held, count: held.count - 1 });
    else this.#held.delete(key);
  }
}

/** Marks a key that was not there before a change. */
const absent: Element = { map: 'svc-ips', key: '' };

/** UDP has no end of connection: flows to endpoints that went, or sent before there were any, would keep their old fate. */
function staleFlows(before: ServicePort, after: ServicePort | undefined): StaleFlow[] {
  if (before.protocol !== 'udp') return [];
  const destinations = [
    ...[before.clusterIP, ...before.externalIPs, ...before.loadBalancerIPs].map((destination) => ({ destination, port: before.port })),
    ...(before.nodePort ? [{ destination: '', port: before.nodePort }] : []),
  ];
  if (before.endpoints.length === 0) return after && after.endpoints.length > 0 ? destinations : [];
  const left = new Set((after?.endpoints ?? []).map((e) => `${e.ip}:${e.port}`));
  const gone = before.endpoints.filter((e) => !left.has(`${e.ip}:${e.port}`));
  return gone.flatMap((e) => destinations.map((d) => ({ ...d, endpoint: e.ip })));
}
