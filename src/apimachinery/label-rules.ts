/** Most that keys and values of annotations may hold together. */
export const maxAnnotationsBytes = 262_144;

const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const label = `(${name})?`;
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const isName = new RegExp(`^${name}$`);
const isLabel = new RegExp(`^${label}$`);
const isSubdomain = new RegExp(`^${subdomain}$`);
const nameText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const nameExamples = "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is";

/** What is wrong with a label key (also annotations' keys, lower-cased first): upstream's texts, empty when nothing is. */
export function labelKeyErrors(key: string): readonly string[] {
  const errors: string[] = [];
  const parts = key.split('/');
  if (parts.length > 2) {
    return [`a valid label key ${nameText} ${nameExamples} '${name}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const last = parts.at(-1)!;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dns1123SubdomainErrors(prefix).map((e) => `prefix part ${e}`));
  }
  if (last === '') errors.push('name part must be non-empty');
  else if (last.length > 63) errors.push('name part must be no more than 63 bytes');
  if (!isName.test(last)) errors.push(`name part ${nameText} ${nameExamples} '${name}')`);
  return errors;
}

/** The same for a DNS subdomain (RFC 1123). */
export function dns1123SubdomainErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push('must be no more than 253 characters');
  if (!isSubdomain.test(value)) {
    errors.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
        `alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
    );
  }
  return errors;
}

/** As `labelKeyErrors`, for a label's value. */
export function labelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push('must be no more than 63 bytes');
  if (!isLabel.test(value)) {
    errors.push(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${label}')`,
    );
  }
  return errors;
}
