import { type KubeObject, StatusError, equalJson, statusErrors, type Json } from '../../apimachinery/index.ts';
import type { ClusterRole, RoleBinding } from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Authorizer, PolicyRule } from '../auth-types.ts';
import { escalationProblem } from '../authorization/escalation.ts';
import type { ResolvedRules } from '../authorization/rbac-index.ts';
import { mastersGroup } from '../authorization/union-authorizer.ts';
import type { User } from '../../http/index.ts';
import { refuse } from './refusal.ts';

const group = 'rbac.authorization.k8s.io';
const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** What the check needs of RBAC. */
export interface RbacRules {
  /** Waits until roles and bindings are known. */
  rulesFor(user: User, namespace: string): Promise<ResolvedRules>;
  roleRules(kind: string, namespace: string, name: string): Promise<readonly PolicyRule[] | undefined>;
}

/**
 * Roles and bindings are written only by who holds what they grant, or may `escalate` the role or `bind` it. Upstream does this in the
 * storage of these kinds.
 */
export function rbacEscalation(rules: RbacRules, authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async validate(request) {
      const { object } = request;
      if (request.group !== group || request.subresource !== '' || !object || request.user.groups.includes(mastersGroup)) return;
      switch (request.resource) {
        case 'roles':
        case 'clusterroles':
          if (unchanged(request, ['rules', 'aggregationRule'])) return;
          return checkRole(rules, authorizer, request);
        case 'rolebindings':
        case 'clusterrolebindings':
          if (unchanged(request, ['roleRef', 'subjects'])) return;
          return checkBinding(rules, authorizer, request);
      }
    },
  };
}

function unchanged({ object, oldObject }: AdmissionRequest, fields: readonly string[]): boolean {
  if (!oldObject) return false;
  const field = (o: KubeObject, name: string) => (o as unknown as Readonly<Record<string, Json | undefined>>)[name];
  return fields.every((name) => equalJson(field(object as KubeObject, name), field(oldObject, name)));
}

interface Right {
  readonly verb: 'escalate' | 'bind';
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
}

async function may(authorizer: Authorizer, user: User, right: Right): Promise<boolean> {
  const decision = await authorizer.authorize({ ...right, user, isResourceRequest: true, group, version: '*', subresource: '', path: '' });
  return decision.verdict === 'Allow';
}

async function checkRole(rules: RbacRules, authorizer: Authorizer, request: AdmissionRequest): Promise<void> {
  const role = request.object as ClusterRole;
  const { user, resource } = request;
  const namespace = resource === 'roles' ? request.namespace : '';
  if (await may(authorizer, user, { verb: 'escalate', resource, name: role.metadata?.name ?? '', namespace })) return;
  const held = await rules.rulesFor(user, namespace);
  const problem = escalationProblem(user, held, role.rules ?? []);
  if (problem !== undefined) throw refuse(request, problem);
  const aggregated = role.aggregationRule ? escalationProblem(user, held, fullAuthority) : undefined;
  if (aggregated !== undefined) throw refuse(request, `must have cluster-admin privileges to use the aggregationRule: ${aggregated}`);
}

async function checkBinding(rules: RbacRules, authorizer: Authorizer, request: AdmissionRequest): Promise<void> {
  const { roleRef } = request.object as unknown as RoleBinding;
  const { user } = request;
  const namespace = request.resource === 'rolebindings' ? request.namespace : '';
  const { kind, name } = roleRef;
  const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (await may(authorizer, user, { verb: 'bind', resource, name, namespace })) return;
  const granted = await rules.roleRules(kind, namespace, name);
  if (!granted) throw notFound(resource, name);
  const problem = escalationProblem(user, await rules.rulesFor(user, namespace), granted);
  if (problem !== undefined) throw refuse(request, problem);
}

function notFound(resource: string, name: string): StatusError {
  return statusErrors.notFound({ group, resource }, name);
}
