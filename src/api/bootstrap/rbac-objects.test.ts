import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapRbac } from './rbac-objects.ts';

const all = bootstrapRbac();
const find = (kind: string, name: string) => all.find((o) => o.kind === kind && o.metadata?.name === name) as unknown as Record<string, never>;

test('cluster-admin may do everything, and system:masters has it', () => {
  assert.deepEqual(find('ClusterRole', 'cluster-admin')['rules'], [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]);
  assert.deepEqual(find('ClusterRoleBinding', 'cluster-admin')['subjects'], [
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters' },
  ]);
});

test('admin aggregates, and the core group is the empty one', () => {
  assert.deepEqual(find('ClusterRole', 'admin')['aggregationRule'], {
    clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' } }],
  });
  const rules = find('ClusterRole', 'system:aggregate-to-edit')['rules'] as unknown as { apiGroups: string[] }[];
  assert.deepEqual(rules[0]!.apiGroups, ['']);
});

test('each binding names a role that is there, in its namespace', () => {
  for (const o of all) {
    if (!('roleRef' in o)) continue;
    assert.ok(
      all.some(
        (r) =>
          r.kind === o.roleRef.kind &&
          r.metadata?.name === o.roleRef.name &&
          r.metadata.namespace === (o.roleRef.kind === 'Role' ? o.metadata?.namespace : undefined),
      ),
      `${o.metadata?.name} → ${o.roleRef.name}`,
    );
  }
});

test('names are unique', () => {
  const names = all.map((o) => `${o.kind} ${o.metadata?.namespace ?? ''}/${o.metadata?.name}`);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length > 130, String(names.length));
});
