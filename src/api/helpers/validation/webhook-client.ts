import type { AdmissionregistrationV1ServiceReference as Service } from '../../types.gen.ts';
import type { Checks } from './checks.ts';
import { isDns1123Subdomain, isValidPortNum } from './formats.ts';

const form = 'desired format: https://host[/path]';

/** The address of a webhook: HTTPS, with nothing but host and path. */
export function checkWebhookUrl(c: Checks, text: string, path: string, field: string): void {
  const say = (detail: string) => c.invalid([path, field], text, detail);
  if (!URL.canParse(text)) {
    if (/^https:\/\/\/|^https:\/\/$/.test(text)) return say(`host must be specified; ${form}`);
    if (!text.includes('://')) return say(`'https' is the only allowed URL scheme; ${form}`);
    return c.required(path, field, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URL; ${form}`);
  }
  const url = new URL(text);
  if (url.protocol !== 'https:') say(`'https' is the only allowed URL scheme; ${form}`);
  if (url.hostname === '') say(`host must be specified; ${form}`);
  if (url.username !== '' || url.password !== '') say('user information is not permitted in the URL');
  if (url.hash !== '') say('fragments are not permitted in the URL');
  if (url.search !== '') say('query parameters are not permitted in the URL');
}

function checkServicePath(c: Checks, text: string, path: string, field: string): void {
  const say = (detail: string) => c.invalid([path, field], text, detail);
  if (text === '/' || text === '') return;
  if (text === '//') return say('segment[0] may not be empty');
  if (!text.startsWith('/')) say("must start with a '/'");
  const trimmed = text.endsWith('/') ? text.slice(0, -1) : text;
  for (const [i, segment] of trimmed.split('/').slice(1).entries()) {
    if (segment === '') say(`segment[${i}] may not be empty`);
    else for (const problem of isDns1123Subdomain(segment)) say(`segment[${i}]: ${problem}`);
  }
}

/** A webhook that a Service of the cluster answers. */
export function checkWebhookService(c: Checks, service: Partial<Service>, path: string): void {
  if (!service.name) c.required(path, 'name');
  if (!service.namespace) c.required(path, 'namespace');
  const port = service.port ?? 443;
  for (const problem of isValidPortNum(port)) c.invalid([path, 'port'], port, `port is not valid: ${problem}`);
  if (service.path !== undefined) checkServicePath(c, service.path, path, 'path');
}
