import type { Node } from '../../api/index.ts';
import type { AdmissionPlugin } from '../admission-types.ts';
import { draftOf, isAbout } from './refusal.ts';

const notReady = 'node.kubernetes.io/not-ready';

/** A new node takes no pods before it has said that it is ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (operation) => operation === 'CREATE',
  admit(request) {
    if (!isAbout(request, '', 'nodes') || !request.object) return;
    const node = draftOf<Node>(request);
    const spec = (node.spec ??= {});
    const taints = spec.taints ?? [];
    if (!taints.some((t) => t.key === notReady && t.effect === 'NoSchedule')) spec.taints = [...taints, { key: notReady, effect: 'NoSchedule' }];
  },
};
