import { isPodTerminal, namedContainerPort, type Pod, type Service, type ServicePort } from '../api/index.ts';

/** A port of a Service as it is at one Pod. */
export interface ResolvedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** Services whose endpoints the controllers keep: those with a selector that are not names for something outside. */
export function hasManagedEndpoints(service: Service): boolean {
  return service.spec?.selector !== undefined && Object.keys(service.spec.selector).length > 0 && service.spec.type !== 'ExternalName';
}

/** Whether a Pod may be an endpoint at all: it has an address, has not finished, and is not going (unless those are wanted). */
export function isEndpointPod(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod) || podAddresses(pod).length === 0) return false;
  return includeTerminating || pod.metadata?.deletionTimestamp === undefined;
}

export function podAddresses(pod: Pod): readonly string[] {
  const all = (pod.status?.podIPs ?? []).map((p) => p.ip);
  const single = pod.status?.podIP ?? '';
  return all.length > 0 || single === '' ? all : [single];
}

export function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** The Service's ports at `pod`; a named port that the Pod does not have is left out (FindPort upstream). */
export function resolvePorts(service: Service, pod: Pod): readonly ResolvedPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const appProtocol = port.appProtocol;
    return [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  return namedContainerPort(pod, target, port.protocol);
}

/** The Pod's own name within the Service's domain; undefined when it has none there. */
export function endpointHostname(service: Service, pod: Pod): string | undefined {
  const { hostname = '', subdomain = '' } = pod.spec ?? {};
  return hostname !== '' && subdomain === service.metadata?.name && pod.metadata?.namespace === service.metadata?.namespace ? hostname : undefined;
}
