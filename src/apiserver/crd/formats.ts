import { isIP, isIPv4, isIPv6 } from 'node:net';
import { isBase64 } from '../../apimachinery/index.ts';

const dateTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/;
const uuid = (version: string) => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i');
const hostname = /^(?=.{1,253}$)[a-z0-9_](?:[-a-z0-9_]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[-a-z0-9_]{0,61}[a-z0-9_])?)*\.?$/i;
const duration = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*$|^0$/;

function isUri(text: string): boolean {
  return URL.canParse(text) || text.startsWith('/');
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128);
}

/** The formats of strings that are checked; others are notes. */
const formats: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['bsonobjectid', (t) => /^[0-9a-f]{24}$/i.test(t)],
  ['uri', isUri],
  ['email', (t) => /^[^\s@<>]+@[^\s@<>]+$/.test(t)],
  ['hostname', (t) => hostname.test(t)],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['cidr', isCidr],
  ['mac', (t) => /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(t)],
  ['uuid', (t) => uuid('[0-9a-f]').test(t)],
  ['uuid3', (t) => uuid('3').test(t)],
  ['uuid4', (t) => uuid('4').test(t)],
  ['uuid5', (t) => uuid('5').test(t)],
  ['byte', isBase64],
  ['date', isDate],
  ['date-time', (t) => dateTime.test(t) && !Number.isNaN(Date.parse(t.replace(' ', 'T')))],
  ['duration', (t) => duration.test(t)],
]);

/** Whether a string is of a format; true for formats that are not checked. */
export function hasFormat(format: string, text: string): boolean {
  return formats.get(format)?.(text) ?? true;
}
