import type { Container, Pod } from '../api/index.ts';
import type { EventRecorder, EventType } from '../client/index.ts';

export interface EventText {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

/** Events of pods and of their containers. */
export interface PodEvents {
  pod(pod: Pod, event: EventText): void;
  container(pod: Pod, container: Container, event: EventText): void;
}

/** Events name the container they are about by its path in the pod. */
export function podEvents(recorder: EventRecorder): PodEvents {
  const reference = (pod: Pod, fieldPath?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    uid: pod.metadata?.uid ?? '',
    resourceVersion: pod.metadata?.resourceVersion ?? '',
    ...(fieldPath === undefined ? {} : { fieldPath }),
  });
  return {
    pod: (pod, { type, reason, message }) => recorder.event(reference(pod), type, reason, message),
    container: (pod, container, { type, reason, message }) => recorder.event(reference(pod, fieldPathOf(pod, container)), type, reason, message),
  };
}

function fieldPathOf(pod: Pod, container: Container): string {
  const isInit = (pod.spec?.initContainers ?? []).some((c) => c.name === container.name);
  return `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;
}
