import type { Container, ContainerStatus, EphemeralContainer, Pod, PodSpec } from '../types.gen.ts';

/** A sidecar: an init container that runs as long as the pod. */
export function isRestartableInit(container: Pick<Container, 'restartPolicy'>): boolean {
  return container.restartPolicy === 'Always';
}

/** All containers of a spec with the path of each, in upstream's order: init, main, ephemeral. */
export function* eachContainer(spec: PodSpec): Generator<readonly [container: Container | EphemeralContainer, path: string]> {
  for (const [i, c] of (spec.initContainers ?? []).entries()) yield [c, `initContainers[${i}]`];
  for (const [i, c] of (spec.containers ?? []).entries()) yield [c, `containers[${i}]`];
  for (const [i, c] of (spec.ephemeralContainers ?? []).entries()) yield [c, `ephemeralContainers[${i}]`];
}

/** A container of any kind by its name. */
export function findContainer(spec: PodSpec | undefined, name: string): Container | EphemeralContainer | undefined {
  return (
    spec?.containers?.find((c) => c.name === name) ??
    spec?.initContainers?.find((c) => c.name === name) ??
    spec?.ephemeralContainers?.find((c) => c.name === name)
  );
}

/** The status of a container of any kind. */
export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  return [containerStatuses, initContainerStatuses, ephemeralContainerStatuses].flatMap((list) => list ?? []).find((s) => s.name === name);
}

/** The container that `exec`, `attach` and `log` mean when none is named: the annotated one, else the first. */
export const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/** The number of a port that a Service or probe names; undefined when no container has it with this protocol. */
export function namedContainerPort(pod: Pod, name: string, protocol = 'TCP'): number | undefined {
  const sidecars = (pod.spec?.initContainers ?? []).filter(isRestartableInit);
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    const port = container.ports?.find((p) => p.name === name && (p.protocol ?? 'TCP') === protocol);
    if (port) return port.containerPort;
  }
  return undefined;
}
