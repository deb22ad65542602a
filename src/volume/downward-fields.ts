import { getKey } from '../apimachinery/index.ts';
import { amountsOf, type Container, type Pod, type ResourceFieldSelector } from '../api/index.ts';
import { formatQuantity, parseQuantity } from '../apimachinery/index.ts';

/** What a pod's fields say to its containers; undefined for a path that is none of the downward API's. Map fields come as `key="value"` lines. */
export function fieldValue(pod: Pod, path: string): string | undefined {
  const { metadata, spec, status } = pod;
  const key = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (key) return getKey(key[1] === 'labels' ? metadata?.labels : metadata?.annotations, key[2]!) ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata?.name ?? '';
    case 'metadata.namespace':
      return metadata?.namespace ?? '';
    case 'metadata.uid':
      return metadata?.uid ?? '';
    case 'metadata.labels':
      return mapLines(metadata?.labels);
    case 'metadata.annotations':
      return mapLines(metadata?.annotations);
    case 'spec.nodeName':
      return spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? '';
    case 'status.hostIP':
      return status?.hostIP ?? '';
    case 'status.hostIPs':
      return (status?.hostIPs ?? []).map((i) => i.ip).join(',');
    case 'status.podIP':
      return status?.podIP ?? '';
    case 'status.podIPs':
      return (status?.podIPs ?? []).map((i) => i.ip).join(',');
    default:
      return undefined;
  }
}

function mapLines(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join('\n');
}

/** A container's request or limit, divided and rounded up, as upstream does; the node's allocatable stands in for a limit that is not set. Undefined for an unknown resource. */
export function resourceFieldValue(
  container: Container,
  selector: ResourceFieldSelector,
  nodeAllocatable: ReadonlyMap<string, number>,
): string | undefined {
  const [kind, ...rest] = selector.resource.split('.');
  const name = rest.join('.');
  if (kind !== 'limits' && kind !== 'requests') return undefined;
  if (!/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name)) return undefined;
  const limits = amountsOf(container.resources?.limits);
  const requests = amountsOf(container.resources?.requests);
  const amount = kind === 'limits' ? (limits.get(name) ?? nodeAllocatable.get(name) ?? 0) : (requests.get(name) ?? 0);
  const divisorText = String(selector.divisor ?? '0');
  const divisor = divisorText === '0' ? '1' : formatQuantity(parseQuantity(divisorText));
  const unit = amountsOf({ [name]: divisor }).get(name) ?? 1;
  return String(Math.ceil(amount / unit));
}
