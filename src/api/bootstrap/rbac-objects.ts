import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../types.gen.ts';
import { rbacFacts } from './rbac-facts.ts';

export type RbacObject = ClusterRole | Role | ClusterRoleBinding | RoleBinding;

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;
const commonLabels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

/** The default roles and bindings as objects, roles before the bindings that name them. Made anew at each call. */
export function bootstrapRbac(): RbacObject[] {
  const objects: RbacObject[] = [];
  let rules: PolicyRule[] = [];
  for (const line of rbacFacts.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('  ')) {
      rules.push(parseRule(line.trim().split(' ')));
      continue;
    }
    rules = [];
    objects.push(line.includes(' -> ') ? parseBinding(line) : parseRole(line, rules));
  }
  return objects;
}

function parseRule([verbs, groupsOrUrls, resources, names]: readonly string[]): PolicyRule {
  const list = (text: string) => text.split(',').map((word) => (word === 'core' ? '' : word));
  if (resources === undefined) return { verbs: list(verbs!), nonResourceURLs: list(groupsOrUrls!) };
  return {
    verbs: list(verbs!),
    apiGroups: list(groupsOrUrls!),
    resources: list(resources),
    ...(names === undefined ? {} : { resourceNames: list(names) }),
  };
}

function parseRole(line: string, rules: PolicyRule[]): ClusterRole | Role {
  const [kind, path, ...words] = line.split(' ') as [string, string, ...string[]];
  const pairs = words.map((w) => w.split('=') as [string, string]);
  const labels = { ...commonLabels, ...Object.fromEntries(pairs.filter(([key]) => !key.startsWith('from:'))) };
  const selectors = pairs.filter(([key]) => key.startsWith('from:')).map(([key, value]) => ({ matchLabels: { [key.slice('from:'.length)]: value } }));
  const metadata = { ...splitPath(path), labels, annotations };
  if (kind === 'Role') return { apiVersion, kind, metadata, rules };
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata,
    rules,
    ...(selectors.length === 0 ? {} : { aggregationRule: { clusterRoleSelectors: selectors } }),
  };
}

function parseBinding(line: string): ClusterRoleBinding | RoleBinding {
  const [kind, path, , role, ...subjects] = line.split(' ') as [string, string, string, string, ...string[]];
  const metadata = { ...splitPath(path), labels: commonLabels, annotations };
  const roleRef = { apiGroup, kind: kind === 'RoleBinding' ? 'Role' : 'ClusterRole', name: role };
  return { apiVersion, kind, metadata, roleRef, subjects: subjects.map(parseSubject) };
}

/** `Group/system:masters`, `User/x`, `ServiceAccount:namespace/name`. */
function parseSubject(text: string): Subject {
  const account = /^ServiceAccount:([^/]+)\/(.+)$/.exec(text);
  if (account) return { kind: 'ServiceAccount', namespace: account[1]!, name: account[2]! };
  const at = text.indexOf('/');
  return { apiGroup, kind: text.slice(0, at), name: text.slice(at + 1) };
}

function splitPath(path: string): { name: string; namespace?: string } {
  const at = path.indexOf('/');
  return at < 0 ? { name: path } : { namespace: path.slice(0, at), name: path.slice(at + 1) };
}
