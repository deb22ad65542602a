import { dns1123SubdomainErrors, labelKeyErrors, labelValueErrors } from '../../../apimachinery/index.ts';

/** What is wrong with a text: upstream's sentences, empty when nothing is. */
export type Format = (value: string) => readonly string[];

const none: readonly string[] = [];
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';

interface Rule {
  readonly pattern: string;
  readonly text: string;
  readonly max?: number;
  readonly examples?: readonly string[];
}

function explain({ text, pattern, examples = [] }: Rule): string {
  const regex = `regex used for validation is '${pattern}')`;
  return examples.length === 0 ? `${text} (${regex}` : `${text} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, ${regex}`;
}

function formatOf(rule: Rule): Format {
  const matcher = new RegExp(`^${rule.pattern}$`);
  const text = explain(rule);
  const { max = Infinity } = rule;
  return (value) => {
    const matches = matcher.test(value);
    if (value.length <= max) return matches ? none : [text];
    return [`must be no more than ${max} characters`, ...(matches ? none : [text])];
  };
}

export const isDns1123Subdomain: Format = dns1123SubdomainErrors;

const plainLabel = formatOf({
  pattern: label,
  max: 63,
  text: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ['my-name', '123-abc'],
});

export const isDns1123Label: Format = (value) => {
  const errors = plainLabel(value);
  if (errors.length === 0 || !value.includes('.') || isDns1123Subdomain(value).length > 0) return errors;
  return [...errors.slice(0, -1), 'must not contain dots'];
};

export const isDns1123SubdomainWithUnderscore = formatOf({
  pattern: `${underscored}(\\.${underscored})*`,
  max: 253,
  text: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  examples: ['example.com'],
});

export const isDns1035Label = formatOf({
  pattern: '[a-z]([-a-z0-9]*[a-z0-9])?',
  max: 63,
  text: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ['my-name', 'abc-123'],
});

export const isWildcardDns1123Subdomain = formatOf({
  pattern: `\\*\\.${subdomain}`,
  max: 253,
  text: "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  examples: ['*.example.com'],
});

export const isLabelKey: Format = labelKeyErrors;
export const isLabelValue: Format = labelValueErrors;

export const isCIdentifier = formatOf({
  pattern: '[A-Za-z_][A-Za-z0-9_]*',
  text: "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  examples: ['my_name', 'MY_NAME', 'MyName'],
});

const configMapKey = formatOf({
  pattern: '[-._a-zA-Z0-9]+',
  max: 253,
  text: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  examples: ['key.name', 'KEY_NAME', 'key-name'],
});

export const isConfigMapKey: Format = (value) => {
  if (!value.startsWith('.')) return configMapKey(value);
  const errors = [...configMapKey(value)];
  if (value === '.') errors.push("must not be '.'");
  else if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};

const printable = /^[ -~]*$/;

/** Names of environment variables: anything printable but `=`. */
export const isRelaxedEnvVarName: Format = (value) => {
  if (value === '') return ['environment variable name must be non-empty'];
  if (printable.test(value) && !value.includes('=')) return none;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

export const isHttpHeaderName = formatOf({
  pattern: '[-A-Za-z0-9]+',
  text: "a valid HTTP header must consist of alphanumeric characters or '-'",
  examples: ['X-Header-Name'],
});

export const isValidPercent = formatOf({
  pattern: '[0-9]+%',
  text: "a valid percent string must be a numeric string followed by an ending '%'",
  examples: ['1%', '93%'],
});

/** A container port's name, as IANA has service names. */
export const isValidPortName: Format = (value) => {
  const errors: string[] = [];
  if (value.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors.length === 0 ? none : errors;
};

export const isPathSegmentName: Format = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  const errors = ['/', '%'].filter((c) => value.includes(c)).map((c) => `may not contain '${c}'`);
  return errors.length === 0 ? none : errors;
};

const inclusive = (min: number, max: number) => {
  const errors = [`must be between ${min} and ${max}, inclusive`];
  return (value: number): readonly string[] => (value >= min && value <= max ? none : errors);
};

export const isValidPortNum = inclusive(1, 65535);
export const isValidUserId = inclusive(0, 2147483647);
/** A domain name of two or more labels. */
export function isFullyQualifiedDomainName(value: string): readonly string[] {
  if (isDns1123Subdomain(value).length > 0) return isDns1123Subdomain(value);
  const labels = value.split('.');
  if (labels.length < 2) return ['should be a domain with at least two segments separated by dots'];
  return labels.flatMap(isDns1123Label);
}
