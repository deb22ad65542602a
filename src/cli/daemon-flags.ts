/** What flags of daemons say, read as upstream reads them. Each reader throws a `UserError` that names the flag. */
import { readFileSync } from 'node:fs';
import { isIP, isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { DecodeError, parseDuration } from '../apimachinery/index.ts';
import { errorText } from '../base/index.ts';
import { defaultElectionTimings, type ElectionTimings } from '../client/index.ts';
import { UserError } from '../cluster/index.ts';
import { certificatesOf } from '../pki/index.ts';
import { type Flag, type FlagValues, textFlag } from './command.ts';

export const kubeconfigFlag: Flag = { flags: '--kubeconfig <file>', description: 'where the API server is, and as whom to speak to it' };
export const hostnameFlag: Flag = { flags: '--hostname-override <name>', description: 'the node’s name (default: the host’s)' };

export const electionFlags: readonly Flag[] = [
  { flags: '--leader-elect [bool]', description: 'work only while this process holds the lease', default: true },
  { flags: '--leader-elect-lease-duration <duration>', description: 'others take over after so long without a renewal', default: '15s' },
  { flags: '--leader-elect-renew-deadline <duration>', description: 'a leader that cannot renew for so long ends', default: '10s' },
  { flags: '--leader-elect-retry-period <duration>', description: 'between two attempts', default: '2s' },
];

/** `etcd-data-dir` as commander names its value. */
function keyOf(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** '' when the flag was not given. */
export function optional(flags: FlagValues, name: string): string {
  return textFlag(flags, keyOf(name));
}

export function needed(flags: FlagValues, name: string): string {
  const value = optional(flags, name);
  if (value === '') throw new UserError(`--${name} is missing`);
  return value;
}

/** The values of a flag that may be given several times, each a list with commas. */
export function listFlag(flags: FlagValues, name: string): readonly string[] {
  const value = flags[keyOf(name)];
  const given = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];
  return given.flatMap((text) => text.split(',')).filter((part) => part !== '');
}

/** Go's strconv.ParseBool; a flag without value is true. */
export function boolFlag(flags: FlagValues, name: string): boolean {
  const value = flags[keyOf(name)];
  if (value === undefined || value === true || value === false) return value ?? false;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(String(value))) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(String(value))) return false;
  throw new UserError(`--${name} takes true or false, not "${String(value)}"`);
}

/** Milliseconds of a duration above 0, by Go's text. Undefined when the flag was not given. */
export function durationFlag(flags: FlagValues, name: string): number | undefined {
  const text = optional(flags, name);
  if (text === '') return undefined;
  const ms = reading(name, () => parseDuration(text)) / 1e6;
  if (ms <= 0) throw new UserError(`--${name} must be greater than zero`);
  return ms;
}

export function portFlag(flags: FlagValues, name: string): number {
  return portOf(optional(flags, name), name);
}

function portOf(text: string, name: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new UserError(`--${name} takes a port from 1 to 65535, not "${text}"`);
  return port;
}

/** What `parse` makes of the text of the file that a flag names. Undefined when the flag was not given. */
export function fileFlag<T = string>(flags: FlagValues, name: string, parse?: (text: string) => T): T | undefined {
  const path = optional(flags, name);
  return path === '' ? undefined : readFlagFile(path, name, parse);
}

export function neededFile<T = string>(flags: FlagValues, name: string, parse?: (text: string) => T): T {
  return readFlagFile(needed(flags, name), name, parse);
}

export function readFlagFile<T = string>(path: string, name: string, parse?: (text: string) => T): T {
  return reading(name, () => {
    const text = readFileSync(path, 'utf8');
    return parse === undefined ? (text as T) : parse(text);
  });
}

/** For `fileFlag`: a text that holds certificates, as it is. */
export function bundle(pem: string): string {
  if (certificatesOf(pem).length === 0) throw new Error('the file holds no certificate');
  return pem;
}

/** Whatever goes wrong in `read` is the flag's. */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const text = error instanceof DecodeError ? error.message : errorText(error).split('\n')[0];
    throw new UserError(`--${name}: ${text}`, { cause: error });
  }
}

/** Both of two flags that mean something only together, or none. */
export function together(flags: FlagValues, one: string, other: string): boolean {
  const [a, b] = [optional(flags, one), optional(flags, other)];
  if ((a === '') !== (b === '')) throw new UserError(`--${one} and --${other} must be specified together`);
  return a !== '';
}

export function addressFlag(flags: FlagValues, name: string): string {
  const text = optional(flags, name);
  if (text !== '' && isIP(text) === 0) throw new UserError(`--${name} takes an IP address, not "${text}"`);
  return text;
}

/** Ranges of addresses: one, or one an address family. */
export function cidrsFlag(flags: FlagValues, name: string): readonly string[] {
  const cidrs = listFlag(flags, name);
  for (const cidr of cidrs) if (!isCidr(cidr)) throw new UserError(`--${name}: invalid CIDR address: ${cidr}`);
  const [first, second, ...more] = cidrs.map((c) => isIPv6(c.split('/')[0]!));
  if (more.length > 0 || (second !== undefined && first === second)) throw new UserError(`--${name} takes one range, or one of each address family`);
  return cidrs;
}

function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d+)$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** `30000-32767`, `30000+100`, or one port. */
export function portRangeFlag(flags: FlagValues, name: string): { readonly from: number; readonly to: number } {
  const text = optional(flags, name);
  const [, first = '', sign, second = ''] = /^(\d+)(?:([-+])(\d+))?$/.exec(text) ?? [];
  const from = portOf(first, name);
  const to = sign === undefined ? from : sign === '-' ? portOf(second, name) : Math.min(from + Number(second), 65_535);
  if (to < from) throw new UserError(`--${name}: the end of the range is before its start: ${text}`);
  return { from, to };
}

/** `ADDRESS` or `ADDRESS:PORT`, IPv6 with a port in brackets. */
export function endpointOf(text: string, name: string, defaultPort: number): { readonly address: string; readonly port: number } {
  if (isIP(text) !== 0) return { address: text, port: defaultPort };
  const [, inBrackets, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = inBrackets ?? plain ?? '';
  if (isIP(address) === 0) throw new UserError(`--${name} takes ADDRESS or ADDRESS:PORT, not "${text}"`);
  return { address, port: portOf(port, name) };
}

/** Undefined: no election. */
export function electionOf(flags: FlagValues): ElectionTimings | undefined {
  if (!boolFlag(flags, 'leader-elect')) return undefined;
  const leaseDurationMs = durationFlag(flags, 'leader-elect-lease-duration') ?? defaultElectionTimings.leaseDurationMs;
  const renewDeadlineMs = durationFlag(flags, 'leader-elect-renew-deadline') ?? defaultElectionTimings.renewDeadlineMs;
  const retryPeriodMs = durationFlag(flags, 'leader-elect-retry-period') ?? defaultElectionTimings.retryPeriodMs;
  if (leaseDurationMs <= renewDeadlineMs) throw new UserError('--leader-elect-lease-duration must be greater than --leader-elect-renew-deadline');
  if (renewDeadlineMs <= retryPeriodMs) throw new UserError('--leader-elect-renew-deadline must be greater than --leader-elect-retry-period');
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

/** The node's name, as upstream's kubelet and proxy have it: lower case. */
export function nodeNameOf(flags: FlagValues): string {
  const name = (optional(flags, 'hostname-override') || hostname()).trim().toLowerCase();
  if (name === '') throw new UserError('--hostname-override is missing: this host has no name');
  return name;
}

/** The first address of this host that others reach; `flag` is what to give where there is none. */
export function hostAddress(flag: string): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((a) => !a.internal && a.family === 'IPv4');
  if (found === undefined) throw new UserError(`--${flag} is missing: this host has no address to choose`);
  return found.address;
}
