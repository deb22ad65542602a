import { statusErrors, type GroupResource } from '../../apimachinery/index.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/index.ts';
import type { User } from '../../http/index.ts';
import type { PolicyRule } from '../auth-types.ts';
import type { Follower, Lookup } from '../lookup.ts';

const group = 'rbac.authorization.k8s.io';
export const rbacResources = {
  roles: { group, resource: 'roles' },
  clusterRoles: { group, resource: 'clusterroles' },
  roleBindings: { group, resource: 'rolebindings' },
  clusterRoleBindings: { group, resource: 'clusterrolebindings' },
} as const satisfies Readonly<Record<string, GroupResource>>;

interface Binding {
  /** '' on ClusterRoleBindings. */
  readonly namespace: string;
  readonly name: string;
  readonly roleKind: string;
  readonly roleName: string;
  readonly subjects: readonly string[];
}

const userKey = (name: string) => `u:${name}`;
const groupKey = (name: string) => `g:${name}`;

function subjectKeys(binding: RoleBinding): readonly string[] {
  return (binding.subjects ?? []).flatMap((s) => {
    if (s.kind === 'User') return [userKey(s.name ?? '')];
    if (s.kind === 'Group') return [groupKey(s.name ?? '')];
    const namespace = s.namespace || (binding.metadata?.namespace ?? '');
    return s.kind === 'ServiceAccount' && namespace !== '' ? [userKey(`system:serviceaccount:${namespace}:${s.name ?? ''}`)] : [];
  });
}

const pathOf = (namespace: string, name: string) => `${namespace}/${name}`;
const keyOf = (o: { readonly metadata?: { readonly namespace?: string; readonly name?: string } }) =>
  pathOf(o.metadata?.namespace ?? '', o.metadata?.name ?? '');

/** Rules that a subject has, and what went wrong while they were gathered. */
export interface ResolvedRules {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
}

const noRules: readonly PolicyRule[] = [];

/** Roles and bindings by subject, kept in step with the store. `generation` grows with each change. */
export class RbacIndex {
  generation = 0;
  readonly #roles = new Map<string, readonly PolicyRule[]>();
  readonly #clusterRoles = new Map<string, readonly PolicyRule[]>();
  readonly #bindings = new Map<string, Binding>();
  readonly #bySubject = new Map<string, Map<string, Binding>>();

  /** Follows the four resources; resolves when all are known. */
  async start(lookup: Lookup, signal: AbortSignal): Promise<void> {
    await Promise.all([
      lookup.follow<Role>(rbacResources.roles, this.#roleFollower(this.#roles), signal),
      lookup.follow<ClusterRole>(rbacResources.clusterRoles, this.#roleFollower(this.#clusterRoles), signal),
      lookup.follow<RoleBinding>(rbacResources.roleBindings, this.#bindingFollower(false), signal),
      lookup.follow<ClusterRoleBinding>(rbacResources.clusterRoleBindings, this.#bindingFollower(true), signal),
    ]);
  }

  /** The rules of a ClusterRole or, in a namespace, a Role; undefined when there is no such role. */
  roleRules(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined {
    return kind === 'ClusterRole' ? this.#clusterRoles.get(pathOf('', name)) : this.#roles.get(pathOf(namespace, name));
  }

  /** What a user may do cluster-wide and, unless it is '', in `namespace`. */
  rulesFor(user: User, namespace: string): ResolvedRules {
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    const seen = new Set<Binding>();
    for (const key of [userKey(user.name), ...user.groups.map(groupKey)]) {
      for (const binding of this.#bySubject.get(key)?.values() ?? []) {
        if ((binding.namespace !== '' && binding.namespace !== namespace) || seen.has(binding)) continue;
        seen.add(binding);
        const found = this.roleRules(binding.roleKind, binding.namespace, binding.roleName);
        if (found) rules.push(...found);
        else errors.push(missingRole(binding.roleKind, binding.roleName));
      }
    }
    return { rules, errors };
  }

  #roleFollower(map: Map<string, readonly PolicyRule[]>): Follower<Role> {
    const set = (role: Role) => void map.set(keyOf(role), (role.rules as readonly PolicyRule[] | undefined) ?? noRules);
    return {
      reset: (roles) => {
        map.clear();
        roles.forEach(set);
        this.generation++;
      },
      set: (role) => {
        set(role);
        this.generation++;
      },
      delete: (role) => {
        map.delete(keyOf(role));
        this.generation++;
      },
    };
  }

  #bindingFollower(clusterWide: boolean): Follower<RoleBinding> {
    return {
      reset: (bindings) => {
        for (const binding of [...this.#bindings.values()])
          if ((binding.namespace === '') === clusterWide) this.#remove(pathOf(binding.namespace, binding.name));
        for (const binding of bindings) this.#add(binding);
        this.generation++;
      },
      set: (binding) => {
        this.#add(binding);
        this.generation++;
      },
      delete: (binding) => {
        this.#remove(keyOf(binding));
        this.generation++;
      },
    };
  }

  #add(object: RoleBinding): void {
    const key = keyOf(object);
    this.#remove(key);
    const binding: Binding = {
      namespace: object.metadata?.namespace ?? '',
      name: object.metadata?.name ?? '',
      roleKind: object.roleRef?.kind ?? '',
      roleName: object.roleRef?.name ?? '',
      subjects: subjectKeys(object),
    };
    this.#bindings.set(key, binding);
    for (const subject of binding.subjects) {
      const of = this.#bySubject.get(subject) ?? new Map<string, Binding>();
      this.#bySubject.set(subject, of.set(key, binding));
    }
  }

  #remove(key: string): void {
    const binding = this.#bindings.get(key);
    if (!binding) return;
    this.#bindings.delete(key);
    for (const subject of binding.subjects) {
      const of = this.#bySubject.get(subject);
      of?.delete(key);
      if (of?.size === 0) this.#bySubject.delete(subject);
    }
  }
}

function missingRole(kind: string, name: string): string {
  const resource = kind === 'ClusterRole' ? 'clusterrole' : 'role';
  return statusErrors.notFound({ group, resource }, name).message;
}
