import { compareQuantity, milliValueOfQuantity, parseQuantity } from '../../../apimachinery/index.ts';
import type { PodSpec, ResourceRequirements } from '../../types.gen.ts';
import {
  isExtendedResource,
  isHugePages,
  isIntegerResource,
  isNativeResource,
  isOvercommitAllowed,
  isStandardContainerResource,
  isStandardResource,
} from '../resource-names.ts';
import type { Checks } from '../validation/checks.ts';
import { isDns1123Label, isLabelKey } from '../validation/formats.ts';

type Quantities = Readonly<Record<string, string>>;

/** Two spellings of one amount are equal. Numbers tell most amounts apart; big integers decide the rest. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  const difference = milliValueOfQuantity(a) - milliValueOfQuantity(b);
  return Math.abs(difference) > 1 ? difference : compareQuantity(parseQuantity(a), parseQuantity(b));
}

export function checkResourceName(c: Checks, name: string, path: string, field: string): void {
  c.format(isLabelKey, name, path, field);
  if (!name.includes('/') && !isStandardResource(name)) c.invalid([path, field], name, 'must be a standard resource type or fully qualified');
}

export function checkResourceQuantity(c: Checks, name: string, quantity: string, at: readonly [path: string, field: string]): void {
  const milli = milliValueOfQuantity(quantity);
  if (milli < 0) c.invalid(at, quantity, 'must be greater than or equal to 0');
  if (milli % 1000 !== 0 && isIntegerResource(name)) c.invalid(at, quantity, 'must be an integer');
}

function checkContainerResourceName(c: Checks, name: string, path: string, field: string): void {
  if (isStandardContainerResource(name) && !isHugePages(name)) return;
  checkResourceName(c, name, path, field);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) c.invalid([path, field], name, 'must be a standard resource for containers');
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    c.invalid([path, field], name, "doesn't follow extended resource name standard");
  }
}

function checkRequest(c: Checks, name: string, request: string, at: { readonly limits: Quantities; readonly path: string }): void {
  const { limits, path } = at;
  if (Object.hasOwn(limits, name)) {
    const limit = limits[name]!;
    const order = compare(request, limit);
    if (!isOvercommitAllowed(name) && order !== 0) c.invalid([path, 'requests'], request, `must be equal to ${name} limit of ${limit}`);
    else if (order > 0) c.invalid([path, 'requests'], request, `must be less than or equal to ${name} limit of ${limit}`);
  } else if (!isOvercommitAllowed(name)) {
    c.required(path, 'limits', 'Limit must be set for non overcommitable resources');
  }
}

function checkClaims(c: Checks, resources: ResourceRequirements, claimNames: ReadonlySet<string>, path: string): void {
  const seen = new Set<string>();
  for (const [i, claim] of (resources.claims ?? []).entries()) {
    const at = `claims[${i}]`;
    if (!claim.name) {
      c.required(path, at);
      continue;
    }
    const key = claim.request ? `${claim.name}/${claim.request}` : claim.name;
    if (seen.has(key) || (claim.request && seen.has(claim.name))) c.duplicate(path, at, key);
    else seen.add(key);
    c.optionalFormat(isDns1123Label, claim.request, path, `${at}.request`);
    if (!claimNames.has(claim.name)) c.notFound(path, at, claim.name);
  }
}

/** What a container asks for and is allowed. */
export function checkResourceRequirements(
  c: Checks,
  resources: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
  path: string,
): void {
  if (!resources) return;
  const { limits = {}, requests = {} } = resources;
  let hasCpuOrMemory = false;
  let hasHugePages = false;
  for (const name of Object.keys(limits)) {
    if (name === 'cpu' || name === 'memory') hasCpuOrMemory = true;
    else if (isHugePages(name)) hasHugePages = true;
    checkContainerResourceName(c, name, path, `limits[${name}]`);
    checkResourceQuantity(c, name, limits[name]!, [path, `limits[${name}]`]);
  }
  for (const name of Object.keys(requests)) {
    if (name === 'cpu' || name === 'memory') hasCpuOrMemory = true;
    else if (isHugePages(name)) hasHugePages = true;
    checkContainerResourceName(c, name, path, `requests[${name}]`);
    checkResourceQuantity(c, name, requests[name]!, [path, `requests[${name}]`]);
    checkRequest(c, name, requests[name]!, { limits, path });
  }
  if (hasHugePages && !hasCpuOrMemory) c.forbidden(path, '', 'HugePages require cpu or memory');
  if (resources.claims) checkClaims(c, resources, claimNames, path);
}

const podLevel = ['cpu', 'memory'];

/** Resources given for the pod as a whole. */
export function checkPodLevelResources(c: Checks, spec: PodSpec, path: string): void {
  const resources = spec.resources;
  if (!resources) return;
  if (resources.claims?.length) c.forbidden(path, 'claims', 'claims may not be set for Resources at pod-level');
  for (const field of ['limits', 'requests'] as const) {
    for (const [name, quantity] of Object.entries(resources[field] ?? {})) {
      checkResourceName(c, name, path, `${field}[${name}]`);
      if (!podLevel.includes(name) && !isHugePages(name)) c.notSupported([path, `${field}[${name}]`], name, podLevel);
      checkResourceQuantity(c, name, quantity, [path, `${field}[${name}]`]);
      if (field === 'requests') checkRequest(c, name, quantity, { limits: resources.limits ?? {}, path });
    }
  }
}
