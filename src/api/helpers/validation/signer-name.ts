import type { Checks } from './checks.ts';
import { isDns1123Label, isDns1123Subdomain } from './formats.ts';

const maxDomain = 253;
const maxLength = 571;

/** `example.com/signer-name`. */
export function checkSignerName(c: Checks, name: string | undefined, path: string, field: string): void {
  if (!name) return c.required(path, field);
  const parts = name.split('/');
  if (parts.length !== 2) return c.invalid([path, field], name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  const [domain = '', rest = ''] = parts;
  if (domain.length > maxDomain) c.tooLong(path, field, maxDomain);
  const labels = domain.split('.');
  for (const label of labels)
    for (const text of isDns1123Label(label)) c.invalid([path, field], domain, `validating label ${JSON.stringify(label)}: ${text}`);
  if (labels.length < 2) c.invalid([path, field], domain, 'should be a domain with at least two segments separated by dots');
  for (const text of isDns1123Subdomain(rest)) c.invalid([path, field], rest, `validating label ${JSON.stringify(rest)}: ${text}`);
  if (name.length > maxLength) c.tooLong(path, field, maxLength);
}
