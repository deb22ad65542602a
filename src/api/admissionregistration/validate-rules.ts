import type { Checks } from '../helpers/validation/checks.ts';
import type { RuleWithOperations } from '../types.gen.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

/** A list that must not be empty, in which a star stands alone. */
function checkStarred(c: Checks, list: readonly string[] | undefined, at: readonly [path: string, field: string], what: string): void {
  if (!list?.length) return c.required(...at);
  if (list.length > 1 && list.includes('*')) c.invalid(at, list, `if '*' is present, must not specify other ${what}`);
}

function checkResources(c: Checks, resources: readonly string[], path: string): void {
  const hasDoubleStar = resources.includes('*/*');
  const hasStar = resources.includes('*');
  const withAnySub = new Set<string>();
  const subsOfAny = new Set<string>();
  let plain = false;
  for (const [i, text] of resources.entries()) {
    const at: readonly [string, string] = [path, `resources[${i}]`];
    if (text === '') {
      c.required(...at);
      continue;
    }
    if (text === '*' || text === '*/*') continue;
    const [resource = '', sub] = text.split('/', 2);
    if (sub === undefined) {
      plain = true;
      continue;
    }
    if (withAnySub.has(resource)) c.invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`);
    if (subsOfAny.has(sub)) c.invalid(at, text, `if '*/${sub}' is present, must not specify ${text}`);
    if (sub === '*') withAnySub.add(resource);
    if (resource === '*') subsOfAny.add(sub);
  }
  if (resources.length > 1 && hasDoubleStar) c.invalid([path, 'resources'], resources, "if '*/*' is present, must not specify other resources");
  if (hasStar && plain) {
    c.invalid([path, 'resources'], resources, "if '*' is present, must not specify other resources without subresources");
  }
}

/** Which requests a webhook or policy is asked about. */
export function checkRuleWithOperations(c: Checks, rule: RuleWithOperations, path: string): void {
  checkStarred(c, rule.operations, [path, 'operations'], 'operations');
  for (const [i, operation] of (rule.operations ?? []).entries()) c.oneOf(operation, operations, path, `operations[${i}]`);
  checkStarred(c, rule.apiGroups, [path, 'apiGroups'], 'API groups');
  checkStarred(c, rule.apiVersions, [path, 'apiVersions'], 'API versions');
  for (const [i, version] of (rule.apiVersions ?? []).entries()) if (version === '') c.required(path, `apiVersions[${i}]`);
  if (!rule.resources?.length) c.required(path, 'resources');
  else checkResources(c, rule.resources, path);
  if (rule.scope !== undefined) c.oneOf(rule.scope, scopes, path, 'scope');
}
