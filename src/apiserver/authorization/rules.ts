import type { AuthorizationAttributes, PolicyRule } from '../auth-types.ts';

const none: readonly string[] = [];
const all = '*';
const hasAll = (list: readonly string[] | undefined) => (list ?? none).includes(all);

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes(all));
}

/** `pods`, `pods/log`, `*`, and `*` + `/scale` for a subresource of anything. */
export function resourceMatches(rule: PolicyRule, resource: string, subresource: string): boolean {
  const resources = rule.resources ?? none;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  if (has(resources, combined)) return true;
  return subresource !== '' && resources.includes(`*/${subresource}`);
}

/** A path, a prefix ending in `*`, or `*`. */
export function pathMatches(rule: PolicyRule, path: string): boolean {
  return (rule.nonResourceURLs ?? none).some((url) => url === all || url === path || (url.endsWith(all) && path.startsWith(url.slice(0, -1))));
}

/** Whether the rule allows a request, its name aside. */
export function ruleMatchesResource(rule: PolicyRule, a: Pick<AuthorizationAttributes, 'verb' | 'group' | 'resource' | 'subresource'>): boolean {
  return has(rule.verbs, a.verb) && has(rule.apiGroups, a.group) && resourceMatches(rule, a.resource, a.subresource);
}

/** Whether the rule allows a request. */
export function ruleAllows(rule: PolicyRule, a: AuthorizationAttributes): boolean {
  if (!a.isResourceRequest) return has(rule.verbs, a.verb) && pathMatches(rule, a.path);
  if (!ruleMatchesResource(rule, a)) return false;
  const names = rule.resourceNames ?? none;
  return names.length === 0 || names.includes(a.name);
}

/** One rule for each verb, group, resource and name: what can be compared. */
export function breakdown(rule: PolicyRule): PolicyRule[] {
  const out: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? none) {
    for (const resource of rule.resources ?? none) {
      for (const verb of rule.verbs) {
        const one = { verbs: [verb], apiGroups: [group], resources: [resource] };
        const names = rule.resourceNames ?? none;
        if (names.length === 0) out.push(one);
        for (const name of names) out.push({ ...one, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? none) for (const verb of rule.verbs) out.push({ verbs: [verb], nonResourceURLs: [url] });
  return out;
}

const containsAll = (list: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
  (wanted ?? none).every((w) => (list ?? none).includes(w));

function resourcesCover(owner: PolicyRule, wanted: readonly string[]): boolean {
  if (hasAll(owner.resources) || containsAll(owner.resources, wanted)) return true;
  return wanted.every((path) => {
    if ((owner.resources ?? none).includes(path)) return true;
    const at = path.indexOf('/');
    return at >= 0 && (owner.resources ?? none).includes(`*/${path.slice(at + 1)}`);
  });
}

function urlsCover(owner: PolicyRule, wanted: readonly string[]): boolean {
  return wanted.every((url) =>
    (owner.nonResourceURLs ?? none).some((o) => o === all || o === url || (o.endsWith(all) && url.startsWith(o.slice(0, -1)))),
  );
}

function ruleCovers(owner: PolicyRule, rule: PolicyRule): boolean {
  if (!hasAll(owner.verbs) && !containsAll(owner.verbs, rule.verbs)) return false;
  if (rule.nonResourceURLs) return urlsCover(owner, rule.nonResourceURLs);
  const names = owner.resourceNames ?? none;
  const namesCover = names.length === 0 || ((rule.resourceNames ?? none).length > 0 && containsAll(names, rule.resourceNames));
  return (hasAll(owner.apiGroups) || containsAll(owner.apiGroups, rule.apiGroups)) && resourcesCover(owner, rule.resources ?? none) && namesCover;
}

/** What of `wanted` nobody of `owned` covers, broken down. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(breakdown).filter((rule) => !owned.some((owner) => ruleCovers(owner, rule)));
}

/** Joins rules of one group and one resource (and one name) that differ in their verbs. */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const out: PolicyRule[] = [];
  const simple = new Map<string, number>();
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      out.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const at = simple.get(key);
    if (at === undefined) simple.set(key, out.push(rule) - 1);
    else out[at] = { ...rule, verbs: [...out[at]!.verbs, ...rule.verbs.filter((v) => !out[at]!.verbs.includes(v))] };
  }
  return out;
}

const quotedList = (list: readonly string[]) => `[${list.map((s) => JSON.stringify(s)).join(' ')}]`;

/** As refusals print a rule: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. */
export function formatRule(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  return `{${parts
    .filter(([, list]) => list !== undefined && list.length > 0)
    .map(([name, list]) => `${name}:${quotedList(list!)}`)
    .join(', ')}}`;
}
