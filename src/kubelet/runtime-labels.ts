import { createHash } from 'node:crypto';
import type { Container, Pod } from '../api/index.ts';
import type { StringMap } from '../cri/index.ts';

/** How what runs is found again after a restart: names are upstream's, so that other tools of a node understand them. */
export const labels = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const;

export const annotations = {
  hash: 'io.kubernetes.container.hash',
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  terminationGracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
} as const;

export function podLabels(pod: Pod): StringMap {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  return { [labels.podName]: name, [labels.podNamespace]: namespace, [labels.podUid]: uid };
}

/** Changes of a container that ask for a new one: its image alone may change in a running pod. */
export function containerHash(container: Container): string {
  return createHash('sha256')
    .update(JSON.stringify([container.name, container.image]))
    .digest('hex')
    .slice(0, 8);
}
