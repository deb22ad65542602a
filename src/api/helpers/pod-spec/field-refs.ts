import type { DownwardAPIVolumeFile, ObjectFieldSelector, ResourceFieldSelector } from '../../types.gen.ts';
import { compareQuantity, parseQuantity } from '../../../apimachinery/index.ts';
import type { Checks } from '../validation/checks.ts';
import { isLabelKey } from '../validation/formats.ts';
import { checkFileMode, checkLocalNonReservedPath } from '../validation/paths.ts';

const convertible = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.host',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

/** Fields of the pod that an environment variable may show. */
export const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** Fields of the pod that a file may show. */
export const volumeFieldPaths = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

const subscripted = /^(.*)\['(.*)'\]$/;

export function checkObjectFieldSelector(c: Checks, ref: ObjectFieldSelector, supported: readonly string[], path: string): void {
  if (!ref.apiVersion) return c.required(path, 'apiVersion');
  if (!ref.fieldPath) return c.required(path, 'fieldPath');
  const match = subscripted.exec(ref.fieldPath);
  const base = match ? match[1]! : ref.fieldPath;
  if (!convertible.has(base)) {
    return c.invalid([path, 'fieldPath'], ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`);
  }
  if (match) {
    const key = match[2]!;
    if (base === 'metadata.annotations') c.format(isLabelKey, key.toLowerCase(), path, '');
    else if (base === 'metadata.labels') c.format(isLabelKey, key, path, '');
    else c.invalid([path, ''], base, 'does not support subscript');
    return;
  }
  if (!supported.includes(base)) c.notSupported([path, 'fieldPath'], base, supported);
}

const resourceNames = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const cpuDivisors = ['1m', '1'];
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function checkDivisor(c: Checks, ref: ResourceFieldSelector, path: string): void {
  const divisor = ref.divisor ?? '0';
  const amount = parseQuantity(divisor);
  if (amount.nanos === 0n) return;
  const allowed = (texts: readonly string[]) => texts.some((t) => compareQuantity(parseQuantity(t), amount) === 0);
  const name = ref.resource.split('.')[1] ?? '';
  if (name === 'cpu') {
    if (!allowed(cpuDivisors)) c.invalid([path, 'divisor'], divisor, "only divisor's values 1m and 1 are supported with the cpu resource");
    return;
  }
  if (allowed(byteDivisors)) return;
  const kind = name === 'memory' ? 'memory' : name === 'ephemeral-storage' ? 'local ephemeral storage' : 'hugepages';
  c.invalid([path, 'divisor'], divisor, `only divisor's values ${byteDivisors.join(', ')} are supported with the ${kind} resource`);
}

export function checkResourceFieldSelector(c: Checks, ref: ResourceFieldSelector, path: string, inVolume: boolean): void {
  if (inVolume && !ref.containerName) return c.required(path, 'containerName');
  if (!ref.resource) return c.required(path, 'resource');
  const isHuge = /^(limits|requests)\.hugepages-/.test(ref.resource);
  if (!isHuge && !resourceNames.includes(ref.resource)) return c.notSupported([path, 'resource'], ref.resource, resourceNames);
  checkDivisor(c, ref, path);
}

export function checkDownwardApiFile(c: Checks, file: DownwardAPIVolumeFile, path: string): void {
  if (!file.path) c.required(path, 'path');
  checkLocalNonReservedPath(c, file.path ?? '', path, 'path');
  if (file.fieldRef) {
    checkObjectFieldSelector(c, file.fieldRef, volumeFieldPaths, `${path}.fieldRef`);
    if (file.resourceFieldRef) c.invalid([path, ''], 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (file.resourceFieldRef) checkResourceFieldSelector(c, file.resourceFieldRef, `${path}.resourceFieldRef`, true);
  else c.required(path, '', 'one of fieldRef and resourceFieldRef is required');
  checkFileMode(c, file.mode, path, 'mode');
}
