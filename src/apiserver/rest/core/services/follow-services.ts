import type { Service } from '../../../../api/index.ts';
import type { ServerContext } from '../../../context.ts';
import { lookupOf } from '../../../lookup.ts';
import type { ServicePorts } from './service-ports.ts';

/** Keeps the ports in use as the stored Services have them; resolves when they first are. */
export function followServices(context: ServerContext, ports: ServicePorts, signal: AbortSignal): Promise<void> {
  return lookupOf(context).follow<Service>(
    { group: '', resource: 'services' },
    {
      reset: (services) => ports.reset(services),
      set: (service) => ports.set(service),
      delete: (service) => ports.delete(service),
    },
    signal,
  );
}
