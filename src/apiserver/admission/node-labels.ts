import { getKey } from '../../apimachinery/index.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels of Kubernetes' own namespaces that a kubelet may set on its node (KEP-279). */
const kubeletLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
]);
const kubeletNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const restricted = 'node-restriction.kubernetes.io';

const isWithin = (namespace: string, root: string) => namespace === root || namespace.endsWith(`.${root}`);

function isForbidden(key: string): boolean {
  const namespace = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (isWithin(namespace, restricted)) return true;
  if (!isWithin(namespace, 'kubernetes.io') && !isWithin(namespace, 'k8s.io')) return false;
  return !kubeletLabels.has(key) && !kubeletNamespaces.some((n) => isWithin(namespace, n));
}

/** Of the labels that differ from `before`, those that a kubelet may not touch, sorted. */
export function forbiddenNodeLabels(after: Labels | undefined, before: Labels | undefined): readonly string[] {
  const keys = new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})]);
  return [...keys].filter((key) => getKey(after, key) !== getKey(before, key) && isForbidden(key)).sort();
}
