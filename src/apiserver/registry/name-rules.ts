import type { NameRule } from '../../api/index.ts';

interface Form {
  readonly pattern: RegExp;
  readonly max: number;
  readonly text: string;
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

const forms: Readonly<Record<'dns1123Subdomain' | 'dns1123Label' | 'dns1035Label', Form>> = {
  dns1123Subdomain: {
    pattern: new RegExp(`^${subdomain}$`),
    max: 253,
    text: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  },
  dns1123Label: {
    pattern: new RegExp(`^${label}$`),
    max: 63,
    text: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  },
  dns1035Label: {
    pattern: new RegExp(`^${label1035}$`),
    max: 63,
    text: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
  },
};

/** What is wrong with a name as one segment of a path, whatever its kind. */
export function pathSegmentErrors(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
}

/** What is wrong with a name by its kind's rule: upstream's texts, empty when nothing is. */
export function nameErrors(rule: NameRule, name: string): readonly string[] {
  if (typeof rule === 'function') return rule(name);
  if (rule === 'pathSegment') return pathSegmentErrors(name);
  const { pattern, max, text } = forms[rule];
  const errors = name.length > max ? [`must be no more than ${max} characters`] : [];
  if (pattern.test(name)) return errors;
  const hasDotsOnly = rule === 'dns1123Label' && name.includes('.') && forms.dns1123Subdomain.pattern.test(name);
  return [...errors, hasDotsOnly ? 'must not contain dots' : text];
}

/** A name that starts what will be generated may end in dashes, which the generated part follows. */
export function maskTrailingDash(name: string): string {
  return name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
