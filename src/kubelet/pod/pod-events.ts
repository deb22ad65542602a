import { type Container, eachContainer, type Pod } from '../../api/index.ts';
import type { EventRecorder } from '../../client/index.ts';

type EventType = 'Normal' | 'Warning';

/** Tells what happens to a pod and its containers. */
export interface PodEvents {
  pod(type: EventType, reason: string, message: string): void;
  container(container: Pick<Container, 'name'>, type: EventType, reason: string, message: string): void;
}

export function podEvents(recorder: EventRecorder, pod: Pod): PodEvents {
  const { name = '', namespace = '', uid = '', resourceVersion } = pod.metadata ?? {};
  const reference = { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return {
    pod: (type, reason, message) => recorder.event(reference, type, reason, message),
    container(container, type, reason, message) {
      recorder.event({ ...reference, fieldPath: fieldPath(pod, container.name) }, type, reason, message);
    },
  };
}

/** `spec.containers{name}`, as upstream's references have it. */
function fieldPath(pod: Pod, name: string): string {
  for (const [container, path] of eachContainer(pod.spec ?? { containers: [] })) {
    if (container.name === name) return `spec.${path.replace(/\[\d+\]$/, '')}{${name}}`;
  }
  return '';
}

/** `name_namespace(uid)`, as messages name pods. */
export function podRef(pod: Pod): string {
  return `${pod.metadata?.name}_${pod.metadata?.namespace}(${pod.metadata?.uid})`;
}
