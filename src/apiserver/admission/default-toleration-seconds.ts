import type { Pod, Toleration } from '../../api/index.ts';
import type { AdmissionPlugin } from '../admission-types.ts';
import { draftOf, isAbout } from './refusal.ts';

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;
const tolerationSeconds = 300;

const tolerates = (list: readonly Toleration[], taint: string) =>
  list.some((t) => (t.key === taint || !t.key) && (t.effect === 'NoExecute' || !t.effect));

/** Pods stay for five minutes on a node that is not ready or not reachable, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
  admit(request) {
    if (!isAbout(request, '', 'pods') || !request.object) return;
    const { spec } = draftOf<Pod>(request);
    if (!spec) return;
    for (const key of taints) {
      const before = spec.tolerations ?? [];
      if (!tolerates(before, key)) spec.tolerations = [...before, { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }];
    }
  },
};
