import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isPathSegmentName, type NameRule } from '../../api/index.ts';

const rules: Readonly<Record<Extract<NameRule, string>, Exclude<NameRule, string>>> = {
  dns1123Subdomain: isDns1123Subdomain,
  dns1123Label: isDns1123Label,
  dns1035Label: isDns1035Label,
  pathSegment: isPathSegmentName,
};

/** What is wrong with a name by its kind's rule: upstream's texts, empty when nothing is. */
export function nameErrors(rule: NameRule, name: string): readonly string[] {
  return (typeof rule === 'function' ? rule : rules[rule])(name);
}

/** A name that starts what will be generated may end in dashes, which the generated part follows. */
export function maskTrailingDash(name: string): string {
  return name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
