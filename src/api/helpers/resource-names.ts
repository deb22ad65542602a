/** Resources that the system itself defines: names without a domain, or in kubernetes.io. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

const container = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** What a container may ask for without a domain. */
export function isStandardContainerResource(name: string): boolean {
  return container.has(name) || isHugePages(name);
}

const standard = new Set([
  ...container,
  'storage',
  ...['cpu', 'memory', 'ephemeral-storage', 'storage'].flatMap((n) => [`requests.${n}`, `limits.${n}`]),
  ...['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps'],
  ...['services.nodeports', 'services.loadbalancers'],
]);

export function isStandardResource(name: string): boolean {
  return standard.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
}

/** Resources that vendors name and nodes count in whole pieces. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith('requests.');
}

/** Whether limits may be above requests. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

const whole = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

/** Resources counted in pieces. */
export function isIntegerResource(name: string): boolean {
  return whole.has(name) || isExtendedResource(name);
}

/** What a quota may count by a name without a domain. */
export function isStandardQuotaResource(name: string): boolean {
  return isStandardResource(name) || name === 'requests.storage' || name.startsWith('count/');
}
