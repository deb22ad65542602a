import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes, PolicyRule } from '../auth-types.ts';
import type { Follower, Lookup } from '../lookup.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { RbacIndex } from './rbac-index.ts';
import { breakdown, compactRules, formatRule, ruleAllows, uncovered } from './rules.ts';
import { UnionAuthorizer } from './union-authorizer.ts';

const user: User = { name: 'u', groups: ['g'] };
const request: AuthorizationAttributes = {
  user,
  verb: 'get',
  isResourceRequest: true,
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'ns',
  name: 'p',
  path: '',
};

describe('rules', () => {
  const cases: readonly (readonly [string, PolicyRule, Partial<AuthorizationAttributes>, boolean])[] = [
    ['the exact resource', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, {}, true],
    ['another group', { verbs: ['get'], apiGroups: ['apps'], resources: ['pods'] }, {}, false],
    ['all of all', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { subresource: 'log' }, true],
    ['a resource is not its subresources', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, { subresource: 'log' }, false],
    ['a subresource', { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }, { subresource: 'log' }, true],
    ['a subresource of anything', { verbs: ['get'], apiGroups: [''], resources: ['*/scale'] }, { subresource: 'scale' }, true],
    ['one name', { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['p'] }, {}, true],
    ['another name', { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['q'] }, {}, false],
    ['a name, asked without one', { verbs: ['list'], apiGroups: [''], resources: ['pods'], resourceNames: ['p'] }, { verb: 'list', name: '' }, false],
    ['a path', { verbs: ['get'], nonResourceURLs: ['/healthz/*'] }, { isResourceRequest: false, path: '/healthz/etcd' }, true],
    ['another path', { verbs: ['get'], nonResourceURLs: ['/healthz/*'] }, { isResourceRequest: false, path: '/healthz' }, false],
  ];
  for (const [name, rule, asked, expected] of cases)
    test(`${name}: ${expected}`, () => assert.equal(ruleAllows(rule, { ...request, ...asked }), expected));

  test('print as upstream prints them', () => {
    assert.equal(
      formatRule({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }),
      '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["get" "list"]}',
    );
    assert.equal(formatRule({ verbs: ['get'], nonResourceURLs: ['/x'] }), '{NonResourceURLs:["/x"], Verbs:["get"]}');
  });

  const words = (...list: string[]) => fc.uniqueArray(fc.constantFrom(...list), { minLength: 1, maxLength: 2 });
  const rule = fc.record({ verbs: words('get', 'list', '*'), apiGroups: words('', 'apps', '*'), resources: words('pods', 'pods/log', '*/log', '*') });

  test('nothing that is covered allows more than its cover does', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), rule, (held, wanted) => {
        if (uncovered(held, [wanted]).length > 0) return;
        for (const verb of ['get', 'list', 'watch']) {
          for (const group of ['', 'apps', 'batch']) {
            for (const [resource, subresource] of [
              ['pods', ''],
              ['pods', 'log'],
              ['nodes', 'log'],
              ['nodes', ''],
            ] as const) {
              const asked = { ...request, verb, group, resource, subresource };
              if (ruleAllows(wanted, asked))
                assert.ok(
                  held.some((h) => ruleAllows(h, asked)),
                  JSON.stringify(asked),
                );
            }
          }
        }
      }),
    );
  });

  test('a rule covers itself and its parts, and parts joined say the same', () => {
    fc.assert(
      fc.property(rule, (r) => {
        assert.deepEqual(uncovered([r], [r]), []);
        assert.deepEqual(uncovered(compactRules(breakdown(r)), [r]), []);
      }),
    );
  });
});

/** The four RBAC resources, changed by hand. */
class FakeRbac {
  readonly followers = new Map<string, Follower<KubeObject>>();
  readonly lookup = {
    follow: (resource: { readonly resource: string }, follower: Follower<KubeObject>) => {
      this.followers.set(resource.resource, follower);
      follower.reset([]);
      return Promise.resolve();
    },
  } as unknown as Lookup;

  set(resource: string, object: object): void {
    this.followers.get(resource)!.set(object as KubeObject);
  }

  delete(resource: string, object: object): void {
    this.followers.get(resource)!.delete(object as KubeObject);
  }
}

async function authorizer() {
  const rbac = new FakeRbac();
  const index = new RbacIndex();
  await index.start(rbac.lookup, new AbortController().signal);
  return { rbac, index, rbacAuthorizer: new RbacAuthorizer(index) };
}

const clusterRole = (name: string, rules: readonly PolicyRule[]) => ({ metadata: { name }, rules });
const reader = clusterRole('reader', [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]);
const bind = (name: string, roleName: string, subjects: readonly object[], namespace?: string) => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
  subjects,
});

describe('RBAC', () => {
  test('a ClusterRole bound in a namespace holds there alone', async () => {
    const { rbac, rbacAuthorizer } = await authorizer();
    rbac.set('clusterroles', reader);
    rbac.set('rolebindings', bind('b', 'reader', [{ kind: 'User', name: 'u' }], 'ns'));
    assert.equal(rbacAuthorizer.authorize(request).verdict, 'Allow');
    assert.equal(rbacAuthorizer.authorize({ ...request, namespace: 'other' }).verdict, 'NoOpinion');
    assert.equal(rbacAuthorizer.authorize({ ...request, user: { name: 'v', groups: [] } }).verdict, 'NoOpinion');
  });

  test('changes are seen by users whose answers were remembered', async () => {
    const { rbac, rbacAuthorizer } = await authorizer();
    assert.equal(rbacAuthorizer.authorize(request).verdict, 'NoOpinion');
    const binding = bind('b', 'reader', [{ kind: 'Group', name: 'g' }]);
    rbac.set('clusterrolebindings', binding);
    assert.deepEqual(rbacAuthorizer.authorize(request), {
      verdict: 'NoOpinion',
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "reader" not found',
    });
    rbac.set('clusterroles', reader);
    assert.equal(rbacAuthorizer.authorize(request).verdict, 'Allow');
    rbac.set('clusterrolebindings', { ...binding, subjects: [{ kind: 'Group', name: 'h' }] });
    assert.equal(rbacAuthorizer.authorize(request).verdict, 'NoOpinion');
    rbac.set('clusterrolebindings', binding);
    rbac.delete('clusterrolebindings', binding);
    assert.equal(rbacAuthorizer.authorize(request).verdict, 'NoOpinion');
  });

  test('a service account without namespace is of the binding’s', async () => {
    const { rbac, rbacAuthorizer } = await authorizer();
    rbac.set('clusterroles', reader);
    rbac.set('rolebindings', bind('b', 'reader', [{ kind: 'ServiceAccount', name: 'sa' }], 'ns'));
    assert.equal(rbacAuthorizer.authorize({ ...request, user: { name: 'system:serviceaccount:ns:sa', groups: [] } }).verdict, 'Allow');
  });

  test('names like members of Object are names', async () => {
    const { rbacAuthorizer } = await authorizer();
    assert.equal(rbacAuthorizer.authorize({ ...request, resource: 'constructor', name: '__proto__' }).verdict, 'NoOpinion');
  });

  test('tells the rules of a user', async () => {
    const { rbac, rbacAuthorizer } = await authorizer();
    rbac.set('clusterroles', reader);
    rbac.set('rolebindings', bind('b', 'reader', [{ kind: 'User', name: 'u' }], 'ns'));
    assert.deepEqual(rbacAuthorizer.rulesFor(user, 'ns'), { rules: reader.rules, incomplete: false });
    assert.deepEqual(rbacAuthorizer.rulesFor(user, 'other').rules, []);
  });
});

test('a union stops at the first who decides, and joins the reasons of who did not', async () => {
  const no = (reason: string) => ({ authorize: () => ({ verdict: 'NoOpinion' as const, reason }) });
  const later = { authorize: () => Promise.resolve({ verdict: 'NoOpinion' as const, reason: 'b' }) };
  assert.deepEqual(await new UnionAuthorizer([no('a'), later, no('c')]).authorize(request), { verdict: 'NoOpinion', reason: 'a\nb\nc' });
  const yes = { authorize: () => ({ verdict: 'Allow' as const }) };
  assert.deepEqual(new UnionAuthorizer([no('a'), yes, no('c')]).authorize(request), { verdict: 'Allow' });
});
