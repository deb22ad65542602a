import { type FieldError, fieldError, statusErrors } from '../../../../apimachinery/index.ts';
import type { AddressOwner } from './ip-allocator.ts';
import type { IpFamily, IpRange } from './ip-range.ts';
import type { ServiceSpec } from './service-fields.ts';
import type { Allocators, Taken } from './taken.ts';

export interface AddressInput {
  readonly spec: ServiceSpec;
  readonly before: ServiceSpec | undefined;
  readonly owner: AddressOwner;
  readonly dryRun: boolean;
}

/** Gives each family of a Service its ClusterIP: the one asked for, or any. Fills `spec`; returns what is wrong. */
export async function allocateAddresses(input: AddressInput, allocators: Allocators, taken: Taken): Promise<readonly FieldError[]> {
  const { spec, before } = input;
  const wanted = [...(spec.clusterIPs ?? [])];
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const asked = wanted[i] ?? '';
    if (asked !== '' && before?.clusterIPs?.includes(asked)) continue;
    const range = allocators.ips.range(family as IpFamily);
    if (!range) return [fieldError.invalid(`spec.ipFamilies[${i}]`, family, `the cluster does not have a service range for ${family}`)];
    if (asked === '') {
      wanted[i] = await any(input, { range, allocators, taken });
      continue;
    }
    const problem = await specific(asked, input, { range, allocators, taken });
    if (problem !== undefined) {
      return [fieldError.invalid('spec.clusterIPs', spec.clusterIPs ?? null, `failed to allocate IP ${asked}: ${problem}`)];
    }
  }
  spec.clusterIPs = wanted;
  spec.clusterIP = wanted[0]!;
  return [];
}

interface From {
  readonly range: IpRange;
  readonly allocators: Allocators;
  readonly taken: Taken;
}

async function specific(address: string, input: AddressInput, { range, allocators, taken }: From): Promise<string | undefined> {
  if (!range.contains(address)) return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
  if (input.dryRun) return allocators.ips.isTaken(address) ? 'provided IP is already allocated' : undefined;
  if (!(await allocators.ips.take(address, input.owner))) return 'provided IP is already allocated';
  taken.address(address);
  return undefined;
}

async function any(input: AddressInput, { range, allocators, taken }: From): Promise<string> {
  if (input.dryRun) return range.at(0);
  const found = await allocators.ips.takeAny(range.family, input.owner);
  if (found === undefined) throw statusErrors.internal('failed to allocate a serviceIP: range is full');
  taken.address(found);
  return found;
}
