import type { Kubelet } from '../kubelet.ts';
import { isRunning, readySandbox } from '../pod-runtime.ts';
import { bareId, findContainerStatus, type PodLookup } from './pod-lookup.ts';

/** The pods of a kubelet as its server sees them: statuses by the API, what runs by the workers. */
export function kubeletPods(kubelet: Pick<Kubelet, 'pod' | 'pods' | 'worker'>): PodLookup {
  return {
    list: () => kubelet.pods(),
    find: (namespace, name) => kubelet.pod(namespace, name),
    sandboxId: (pod) => {
      const worker = kubelet.worker(pod.metadata?.uid ?? '');
      return worker && readySandbox(worker.runtime)?.id;
    },
    containerId: (pod, name) => {
      const containers = kubelet.worker(pod.metadata?.uid ?? '')?.runtime.containers.filter((c) => c.containerName === name) ?? [];
      return (containers.find(isRunning) ?? containers[0])?.id ?? bareId(findContainerStatus(pod, name)?.containerID);
    },
  };
}
