import type { Service } from '../../../../api/index.ts';
import { type Draft, fieldError, type FieldError, type KubeObject, statusErrors } from '../../../../apimachinery/index.ts';
import type { ServerContext } from '../../../context.ts';
import type { Reservation, RestHooks } from '../../rest-hooks.ts';
import type { IpAllocator } from './ip-allocator.ts';
import { canonicalIp, type IpFamily } from './ip-range.ts';
import type { PortAllocator } from './port-allocator.ts';
import {
  fillFamilies,
  isHeadless,
  keepAllocations,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePorts,
  type ServiceSpec,
} from './service-fields.ts';

/** What one write has taken so far, to be given back when it fails. */
class Taken implements Reservation {
  readonly #addresses: string[] = [];
  readonly #ports: number[] = [];
  readonly #freeAfter: (() => Promise<void>)[] = [];
  readonly #ips: IpAllocator;
  readonly #portAllocator: PortAllocator;

  constructor(ips: IpAllocator, ports: PortAllocator) {
    this.#ips = ips;
    this.#portAllocator = ports;
  }

  address(address: string): void {
    this.#addresses.push(address);
  }

  port(port: number): void {
    this.#portAllocator.hold(port);
    this.#ports.push(port);
  }

  /** To be given back once the write is stored: what the Service no longer uses. */
  afterwards(free: () => Promise<void>): void {
    this.#freeAfter.push(free);
  }

  /** The store's followers count the ports from now on. */
  async commit(): Promise<void> {
    for (const port of this.#ports) this.#portAllocator.free(port);
    for (const free of this.#freeAfter) await free();
  }

  async rollback(): Promise<void> {
    for (const port of this.#ports) this.#portAllocator.free(port);
    for (const address of this.#addresses) await this.#ips.release(address);
  }
}

/** ClusterIPs and node ports of Services: begun before a write, kept or given back after it. */
export function serviceHooks(context: ServerContext, ips: IpAllocator, ports: PortAllocator): RestHooks {
  async function allocate(service: Draft<Service>, old: Service | undefined, dryRun: boolean): Promise<Reservation> {
    const spec = service.spec!;
    const before = old?.spec as ServiceSpec | undefined;
    const taken = new Taken(ips, ports);
    const errors: FieldError[] = [];
    const owner = { namespace: service.metadata?.namespace ?? '', name: service.metadata?.name ?? '' };
    try {
      if (needsClusterIp(spec) && !isHeadless(spec)) await addresses({ spec, before, owner, dryRun }, taken, errors);
      if (errors.length === 0) nodePorts(spec, before, { taken, errors });
      if (errors.length > 0) throw statusErrors.invalid('', 'Service', owner.name, errors);
    } catch (error) {
      await taken.rollback();
      throw error;
    }
    const gone = (before?.clusterIPs ?? []).filter((a) => a !== 'None' && !spec.clusterIPs?.includes(a));
    for (const address of gone) taken.afterwards(() => ips.release(address));
    return taken;
  }

  interface AddressInput {
    readonly spec: ServiceSpec;
    readonly before: ServiceSpec | undefined;
    readonly owner: { readonly namespace: string; readonly name: string };
    readonly dryRun: boolean;
  }

  async function addresses(input: AddressInput, taken: Taken, errors: FieldError[]): Promise<void> {
    const { spec, before, owner, dryRun } = input;
    const wanted = [...(spec.clusterIPs ?? [])];
    for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
      const asked = wanted[i] ?? '';
      if (asked !== '' && before?.clusterIPs?.includes(asked)) continue;
      const range = ips.range(family as IpFamily);
      const fail = (why: string) => errors.push(fieldError.invalid('spec.clusterIPs', spec.clusterIPs ?? null, why));
      if (!range) {
        const text = `the cluster does not have a service range for ${family}`;
        errors.push(fieldError.invalid(`spec.ipFamilies[${i}]`, family, text));
        return;
      }
      if (asked !== '') {
        if (!range.contains(asked)) {
          fail(`failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${range.cidr}`);
        } else if (
          dryRun
            ? context.store('networking.k8s.io', 'ipaddresses').peek({ namespace: '', name: canonicalIp(asked) })
            : !(await ips.take(asked, owner))
        ) {
          fail(`failed to allocate IP ${asked}: provided IP is already allocated`);
        } else if (!dryRun) taken.address(asked);
        continue;
      }
      const found = dryRun ? range.at(0) : await ips.takeAny(family as IpFamily, owner);
      if (found === undefined) throw statusErrors.internal('failed to allocate a serviceIP: range is full');
      if (!dryRun) taken.address(found);
      wanted[i] = found;
    }
    spec.clusterIPs = wanted;
    spec.clusterIP = wanted[0]!;
  }

  function nodePorts(spec: ServiceSpec, before: ServiceSpec | undefined, out: { readonly taken: Taken; readonly errors: FieldError[] }): void {
    const { taken, errors } = out;
    const own = new Set([...(before?.ports ?? []).map((p) => p.nodePort), before?.healthCheckNodePort].filter(Boolean) as number[]);
    const here = new Map<number, string[]>();
    const take = (port: number, field: string): void => {
      if (own.has(port) || here.has(port)) return;
      if (!ports.inRange(port)) {
        const text = `provided port is not in the valid range. The range of valid ports is ${ports.rangeText}`;
        errors.push(fieldError.invalid(field, port, text));
      } else if (ports.has(port)) errors.push(fieldError.invalid(field, port, 'provided port is already allocated'));
      else taken.port(port);
    };
    const any = (field: string): number => {
      const port = ports.next();
      if (port === undefined) {
        errors.push(fieldError.internal(field, 'failed to allocate a nodePort: range is full'));
        return 0;
      }
      taken.port(port);
      return port;
    };
    if (needsNodePorts(spec) || spec.type === 'LoadBalancer') {
      for (const [i, port] of (spec.ports ?? []).entries()) {
        const field = `spec.ports[${i}].nodePort`;
        if (port.nodePort) take(port.nodePort, field);
        else if (needsNodePorts(spec)) port.nodePort = sharedPort(spec, i) ?? any(field);
        if (port.nodePort) here.set(port.nodePort, [...(here.get(port.nodePort) ?? []), port.protocol ?? 'TCP']);
      }
    }
    if (!needsHealthCheckPort(spec)) return;
    if (spec.healthCheckNodePort) take(spec.healthCheckNodePort, 'spec.healthCheckNodePort');
    else spec.healthCheckNodePort = any('spec.healthCheckNodePort');
  }

  return {
    group: '',
    resource: 'services',
    beginCreate(object, _scope, { dryRun }) {
      const service = object as Draft<Service>;
      fillFamilies(service.spec!, ips.families);
      return allocate(service, undefined, dryRun);
    },
    beginUpdate(object, old) {
      const service = object as Draft<Service>;
      const before = old as Service;
      keepAllocations(service.spec!, before.spec as ServiceSpec);
      fillFamilies(service.spec!, ips.families);
      return allocate(service, before, false);
    },
    async afterDelete(old: KubeObject) {
      const { spec, metadata } = old as Service;
      for (const address of spec?.clusterIPs ?? []) if (address !== 'None') await ips.release(address);
      const endpoints = context.store('', 'endpoints');
      const key = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
      if (endpoints.peek(key)) await endpoints.delete(key).catch(() => undefined);
    },
  };
}

/** Ports of one number in two protocols share a node port. */
function sharedPort(spec: ServiceSpec, index: number): number | undefined {
  const { port, protocol } = spec.ports![index]!;
  return spec.ports!.find((p, i) => i !== index && p.port === port && p.protocol !== protocol && p.nodePort)?.nodePort;
}
