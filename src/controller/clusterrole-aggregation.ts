/** clusterrole-aggregation-controller: rules of ClusterRoles that gather those of others by label. */
import type { ClusterRole, PolicyRule } from '../api/index.ts';
import { sortedJson } from '../apimachinery/index.ts';
import type { Controller } from './controller.ts';
import { selectorMatches } from './label-selector.ts';
import { same } from './same.ts';

/** The rules of all roles that the aggregating one selects, each once, in order of selector and name. Pure. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  const sorted = all.toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    for (const other of sorted) {
      if (other.metadata?.name === role.metadata?.name || !selectorMatches(selector, other.metadata?.labels)) continue;
      for (const rule of other.rules ?? []) {
        const key = sortedJson(rule);
        if (!rules.has(key)) rules.set(key, rule);
      }
    }
  }
  return [...rules.values()];
}

export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation-controller',
  serviceAccount: 'clusterrole-aggregation-controller',
  watches: [{ resource: 'clusterroles', mapToKey: 'custom' }],
  start(context) {
    const roles = context.lister<ClusterRole>('clusterroles');
    return {
      // Any role may be part of any other: all that gather are looked at.
      map: {
        clusterroles: () =>
          roles
            .list()
            .filter((r) => r.aggregationRule !== undefined)
            .map((r) => ({ namespace: '', name: r.metadata?.name ?? '' })),
      },
      async reconcile(key, signal) {
        const role = roles.get(key);
        if (role?.aggregationRule === undefined) return;
        const rules = aggregatedRules(role, roles.list());
        if (same(rules, role.rules ?? [])) return;
        const applied = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: key.name }, rules };
        await context.client
          .resource<ClusterRole>('clusterroles')
          .apply(applied, { fieldManager: 'clusterrole-aggregation-controller', force: true, signal });
      },
    };
  },
};
