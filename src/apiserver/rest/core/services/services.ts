import type { Service } from '../../../../api/index.ts';
import { type Draft, type KubeObject, statusErrors } from '../../../../apimachinery/index.ts';
import type { ServerContext } from '../../../context.ts';
import type { Reservation, RestHooks } from '../../rest-hooks.ts';
import { allocateAddresses } from './allocate-addresses.ts';
import { allocatePorts } from './allocate-ports.ts';
import { fillFamilies, isHeadless, keepAllocations, needsClusterIp, type ServiceSpec } from './service-fields.ts';
import { type Allocators, Taken } from './taken.ts';

async function allocate(
  service: Draft<Service>,
  old: Service | undefined,
  options: { readonly allocators: Allocators; readonly dryRun: boolean },
): Promise<Reservation> {
  const { allocators, dryRun } = options;
  const spec = service.spec!;
  const before = old?.spec as ServiceSpec | undefined;
  const taken = new Taken(allocators, service as Service);
  const owner = { namespace: service.metadata?.namespace ?? '', name: service.metadata?.name ?? '' };
  try {
    const hasAddress = needsClusterIp(spec) && !isHeadless(spec);
    const errors = [...(hasAddress ? await allocateAddresses({ spec, before, owner, dryRun }, allocators, taken) : [])];
    if (errors.length === 0) errors.push(...allocatePorts(spec, before, { ports: allocators.ports, taken }));
    if (errors.length > 0) throw statusErrors.invalid('', 'Service', owner.name, errors);
  } catch (error) {
    await taken.rollback();
    throw error;
  }
  for (const address of before?.clusterIPs ?? []) {
    if (address !== 'None' && !spec.clusterIPs?.includes(address)) taken.releaseAfterwards(address);
  }
  return taken;
}

/** ClusterIPs and node ports of Services: begun before a write, kept or given back after it. */
export function serviceHooks(context: ServerContext, allocators: Allocators): RestHooks {
  const { ips } = allocators;
  return {
    group: '',
    resource: 'services',
    beginCreate(object, { dryRun }) {
      const service = object as Draft<Service>;
      fillFamilies(service.spec!, ips.families);
      return allocate(service, undefined, { allocators, dryRun });
    },
    beginUpdate(object, old, { dryRun }) {
      const service = object as Draft<Service>;
      const before = old as Service;
      keepAllocations(service.spec!, before.spec as ServiceSpec);
      fillFamilies(service.spec!, ips.families);
      return allocate(service, before, { allocators, dryRun });
    },
    async afterDelete(old: KubeObject) {
      const { spec, metadata } = old as Service;
      allocators.holders.delete(old as Service);
      for (const address of spec?.clusterIPs ?? []) if (address !== 'None') await ips.release(address);
      const endpoints = context.store('', 'endpoints');
      const key = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
      if (endpoints.peek(key)) await endpoints.delete(key).catch(() => undefined);
    },
  };
}
