import { bootstrapRbac, type ClusterRole, type ClusterRoleBinding, type RbacObject, type Role, type RoleBinding } from '../../api/index.ts';
import { equalJson, formatTime, isAlreadyExists, isConflict, type Json, type KubeObject } from '../../apimachinery/index.ts';
import { compactRules, uncovered } from '../authorization/rules.ts';
import type { PolicyRule } from '../auth-types.ts';
import { find } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

const group = 'rbac.authorization.k8s.io';
const apiPath = `/apis/${group}/v1`;
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';
/** Objects written at a time: on disk each waits for a flush that all share. */
const atOnce = 32;

const plurals: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  Role: 'roles',
  ClusterRoleBinding: 'clusterrolebindings',
  RoleBinding: 'rolebindings',
};

const toJson = (value: unknown) => value as Json;
const isBinding = (object: RbacObject): object is ClusterRoleBinding | RoleBinding => 'roleRef' in object;

type Subjects = NonNullable<ClusterRoleBinding['subjects']>;
type Rules = NonNullable<Role['rules']>;

function addMissing<T>(have: readonly T[], wanted: readonly T[]): readonly T[] {
  return [...have, ...wanted.filter((w) => !have.some((h) => equalJson(h as Json, w as Json)))];
}

function completedRole(found: ClusterRole | Role, wanted: ClusterRole | Role): ClusterRole | Role {
  const missing = compactRules(uncovered((found.rules ?? []) as readonly PolicyRule[], (wanted.rules ?? []) as readonly PolicyRule[]));
  const rules = [...(found.rules ?? []), ...(missing as unknown as Rules)];
  const aggregation = (wanted as ClusterRole).aggregationRule;
  if (!aggregation) return { ...found, rules };
  const selectors = addMissing((found as ClusterRole).aggregationRule?.clusterRoleSelectors ?? [], aggregation.clusterRoleSelectors ?? []);
  return { ...found, rules: found.rules ?? [], aggregationRule: { clusterRoleSelectors: selectors } };
}

function sameSubject(a: Subjects[number], b: Subjects[number]): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
}

function completedBinding(found: ClusterRoleBinding, wanted: ClusterRoleBinding): ClusterRoleBinding {
  const have = found.subjects ?? [];
  const subjects = [...have, ...(wanted.subjects ?? []).filter((w) => !have.some((h) => sameSubject(h, w)))];
  return subjects.length === 0 ? found : { ...found, subjects };
}

/** What an existing object becomes: nothing is taken away. Pure. */
export function completed(found: RbacObject, wanted: RbacObject): RbacObject {
  if (found.metadata?.annotations?.[autoupdate] === 'false') return found;
  const next = isBinding(wanted) ? completedBinding(found as ClusterRoleBinding, wanted as ClusterRoleBinding) : completedRole(found as Role, wanted);
  const labels = { ...wanted.metadata?.labels, ...found.metadata?.labels };
  const annotations = { ...wanted.metadata?.annotations, ...found.metadata?.annotations };
  return { ...next, metadata: { ...found.metadata, labels, annotations } } as RbacObject;
}

/** The default roles and bindings: made when missing, completed on each start. */
export function rbacRoles({ context }: BootstrapInit): readonly PostStartHook[] {
  if (!context.catalog.definition(group, 'clusterroles')) return [];
  const { loopback } = context;

  async function reconcile(wanted: RbacObject): Promise<void> {
    const plural = plurals[wanted.kind ?? '']!;
    const namespace = wanted.metadata?.namespace ?? '';
    const name = wanted.metadata?.name ?? '';
    const collection = namespace === '' ? `${apiPath}/${plural}` : `${apiPath}/namespaces/${namespace}/${plural}`;
    const path = `${collection}/${encodeURIComponent(name)}`;
    const isThere = context.store(group, plural).peek({ namespace, name });
    const found = isThere ? await find<RbacObject>(context, path) : undefined;
    if (!found) return create(collection, wanted);
    if (isBinding(wanted) && !equalJson(toJson((found as ClusterRoleBinding).roleRef), toJson(wanted.roleRef))) {
      await loopback.call({ method: 'DELETE', path });
      return create(collection, wanted);
    }
    const next = completed(found, wanted);
    if (equalJson(next as Json, found as Json)) return;
    try {
      await loopback.call({ method: 'PUT', path, body: next });
    } catch (error) {
      // Several servers start at a time, and each completes what it finds.
      if (!isConflict(error)) throw error;
      await reconcile(wanted);
    }
  }

  async function create(collection: string, object: KubeObject): Promise<void> {
    try {
      await loopback.call({ method: 'POST', path: collection, body: object });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  /** On an empty store: what is known to be right need not take the way of requests, which costs most of a start. */
  async function write(object: RbacObject): Promise<void> {
    const { namespace = '', name = '' } = object.metadata ?? {};
    const metadata = { ...object.metadata, uid: context.rng.uuid(), creationTimestamp: formatTime(context.clock.now()) };
    try {
      await context.store(group, plurals[object.kind ?? '']!).create({ namespace, name }, { object: { ...object, metadata } as KubeObject });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async function all(objects: readonly RbacObject[]): Promise<void> {
    const left = [...objects];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) await reconcile(next);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  return [
    {
      name: 'rbac/bootstrap-roles',
      async run() {
        const counts = await Promise.all(Object.values(plurals).map((plural) => context.store(group, plural).count()));
        const objects = bootstrapRbac();
        if (counts.every((count) => count === 0)) {
          await Promise.all(objects.filter((o) => !isBinding(o)).map(write));
          await Promise.all(objects.filter(isBinding).map(write));
          return;
        }
        await all(objects.filter((o) => !isBinding(o)));
        await all(objects.filter(isBinding));
      },
    },
  ];
}
