import { ensureExists } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

/** The ServiceCIDR `kubernetes`: what the server's own ranges are. */
export function serviceCidr({ context, options }: BootstrapInit): readonly PostStartHook[] {
  if (!context.catalog.definition('networking.k8s.io', 'servicecidrs') || !options.serviceCidrs?.length) return [];
  const { serviceCidrs: cidrs } = options;
  return [
    {
      name: 'start-kubernetes-service-cidr-controller',
      run: () =>
        ensureExists(context, '/apis/networking.k8s.io/v1/servicecidrs', {
          kind: 'ServiceCIDR',
          apiVersion: 'networking.k8s.io/v1',
          metadata: { name: 'kubernetes' },
          ...{ spec: { cidrs } },
        }),
    },
  ];
}
