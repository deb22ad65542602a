import type { Pod } from '../../api/index.ts';

export const nodeNameIndex = 'nodeName';

/** Indexes Pods by the node they are bound to. */
export function byNodeName(pod: Pod): readonly string[] {
  const node = pod.spec?.nodeName ?? '';
  return node === '' ? [] : [node];
}
