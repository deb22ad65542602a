import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeObject } from './decode.ts';
import { deploymentSchema as schema } from './deployment-schema.fixture.ts';
import { ManagersCache, applyServerSide, setOfFields, updateManagedFields } from './managed-fields.ts';
import {
  type FieldSet,
  difference,
  emptySet,
  intersection,
  isEmptySet,
  pathsOf,
  recursiveDifference,
  setOf,
  union,
} from './managed-fields/field-set.ts';
import { formatFieldsV1, parseFieldsV1 } from './managed-fields/fields-v1.ts';
import type { Json, KubeObject, ManagedFieldsEntry } from './meta.ts';
import { StatusError } from './status-error.ts';

const now = Date.UTC(2026, 0, 2);
const common = { schema, apiVersion: 'apps/v1', subresource: '', nowMs: now };

interface Web {
  readonly image?: string;
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function web({ image = 'nginx:1', replicas, labels, annotations }: Web = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: {}, spec: { containers: [{ name: 'nginx', image, ports: [{ containerPort: 80 }] }] } },
    },
  };
}

const stored = (body: Json): KubeObject => decodeObject(schema, body).object;
const entries = (text: string) => JSON.parse(text) as ManagedFieldsEntry[];
const entry = (text: string, manager: string) => entries(text).find((e) => e.manager === manager);

function refusal(run: () => unknown): StatusError {
  try {
    run();
  } catch (e) {
    assert.ok(e instanceof StatusError);
    return e;
  }
  return assert.fail('was not refused');
}

describe('updateManagedFields', () => {
  test('owns what a create sets: maps and pointers with a dot, structs without', () => {
    const text = updateManagedFields({
      ...common,
      before: undefined,
      after: stored(web({ replicas: 2, labels: { app: 'web' } })),
      managedFieldsText: '',
      manager: 'kubectl-create',
    });
    assert.equal(
      text,
      '[{"manager":"kubectl-create","operation":"Update","apiVersion":"apps/v1","time":"2026-01-02T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":' +
        '{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:spec":{"f:containers":' +
        '{"k:{\\"name\\":\\"nginx\\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":' +
        '{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{}}}}}}}}]',
    );
  });

  test('moves a changed field to who changed it, and bumps that time alone', () => {
    const before = stored(web({ replicas: 1 }));
    const first = updateManagedFields({ ...common, before: undefined, after: before, managedFieldsText: '', manager: 'a' });
    const text = updateManagedFields({
      ...common,
      before,
      after: stored(web({ replicas: 3 })),
      managedFieldsText: first,
      manager: 'b',
      nowMs: now + 5000,
    });
    assert.deepEqual(entry(text, 'b'), {
      manager: 'b',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-01-02T00:00:05Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
    assert.equal(entry(text, 'a')!.time, '2026-01-02T00:00:00Z');
    assert.equal(JSON.stringify(entry(text, 'a')).includes('replicas'), false);
  });

  test('returns the same text when nothing that can be owned has changed', () => {
    const before = stored(web());
    const first = updateManagedFields({ ...common, before: undefined, after: before, managedFieldsText: '', manager: 'a' });
    const after = { ...before, metadata: { ...before.metadata, resourceVersion: '7', generation: 2 } };
    assert.equal(updateManagedFields({ ...common, before, after, managedFieldsText: first, manager: 'b', nowMs: now + 9000 }), first);
  });

  test('drops the entry of a manager whose last field is gone', () => {
    const before = stored(web({ annotations: { a: 'b' } }));
    const bare = stored(web());
    let text = updateManagedFields({ ...common, before: undefined, after: bare, managedFieldsText: '', manager: 'a' });
    text = updateManagedFields({ ...common, before: bare, after: before, managedFieldsText: text, manager: 'annotator' });
    assert.ok(entry(text, 'annotator'));
    text = updateManagedFields({ ...common, before, after: bare, managedFieldsText: text, manager: 'remover' });
    assert.deepEqual(
      entries(text).map((e) => e.manager),
      ['a'],
    );
  });

  test('keeps what the endpoint resets out, and status apart by subresource', () => {
    const after = stored({ ...web({ replicas: 1 }), status: { replicas: 1 } });
    const main = updateManagedFields({
      ...common,
      before: undefined,
      after,
      managedFieldsText: '',
      manager: 'a',
      resetFields: setOfFields(['status']),
    });
    assert.equal(main.includes('f:status'), false);
    const text = updateManagedFields({
      ...common,
      before: stored(web({ replicas: 1 })),
      after,
      managedFieldsText: main,
      manager: 'a',
      subresource: 'status',
    });
    assert.deepEqual(entries(text).at(-1), {
      manager: 'a',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-01-02T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:status': { 'f:replicas': {} } },
      subresource: 'status',
    });
  });

  test('folds the oldest updaters when there are more than ten', () => {
    let text = '';
    let before: KubeObject | undefined;
    for (let i = 0; i < 15; i++) {
      const annotations = Object.fromEntries(Array.from({ length: i + 1 }, (_, k) => [`k${k}`, 'v']));
      const after = stored(web({ annotations }));
      text = updateManagedFields({ ...common, before, after, managedFieldsText: text, manager: `m${i}`, nowMs: now + i * 1000 });
      before = after;
    }
    assert.equal(entries(text).length, 10);
    assert.equal(entries(text)[0]!.manager, 'ancient-changes');
  });

  test('a request empties managedFields by [{}] and replaces them by readable ones', () => {
    const before = stored(web());
    const first = updateManagedFields({ ...common, before: undefined, after: before, managedFieldsText: '', manager: 'a' });
    const again = { ...common, before, after: before, managedFieldsText: first, manager: 'b' };
    assert.equal(updateManagedFields({ ...again, requestManagedFields: [{}] }), '');
    assert.equal(updateManagedFields({ ...again, requestManagedFields: [{ manager: 'x' }] }), first);
    const given: ManagedFieldsEntry = {
      manager: 'x',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    };
    assert.deepEqual(entries(updateManagedFields({ ...again, requestManagedFields: [given] })), [given]);
  });
});

describe('applyServerSide', () => {
  const helm = (config: Json, more: Partial<Parameters<typeof applyServerSide>[0]> = {}) =>
    applyServerSide({ ...common, live: undefined, config, managedFieldsText: '', manager: 'helm', force: false, ...more });

  test('creates, owning what was said and no more', () => {
    const { object, managedFieldsText, changed } = helm(web({ labels: { app: 'web' } }));
    assert.equal(changed, true);
    assert.deepEqual(object, web({ labels: { app: 'web' } }));
    assert.deepEqual(entry(managedFieldsText, 'helm')!.fieldsV1, {
      'f:metadata': { 'f:labels': { 'f:app': {} } },
      'f:spec': {
        'f:selector': {},
        'f:template': {
          'f:metadata': {},
          'f:spec': {
            'f:containers': {
              'k:{"name":"nginx"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
              },
            },
          },
        },
      },
    });
  });

  test('the same again changes nothing, its time included', () => {
    const first = helm(web());
    const again = helm(web(), { live: stored(first.object), managedFieldsText: first.managedFieldsText, nowMs: now + 60_000 });
    assert.equal(again.changed, false);
    assert.equal(again.managedFieldsText, first.managedFieldsText);
  });

  test('refuses to take a field from an updater, unless forced', () => {
    const live = stored(web({ replicas: 5 }));
    const managedFieldsText = updateManagedFields({ ...common, before: undefined, after: live, managedFieldsText: '', manager: 'kubectl-create' });
    const run = (force: boolean) => helm(web({ replicas: 2 }), { live, managedFieldsText, force });
    const { status } = refusal(() => run(false));
    assert.deepEqual(
      [status.code, status.reason, status.message],
      [409, 'Conflict', 'Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: .spec.replicas'],
    );
    assert.deepEqual(status.details, {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl-create" using apps/v1', field: '.spec.replicas' }],
    });
    const forced = run(true);
    assert.equal((forced.object as { spec: { replicas: number } }).spec.replicas, 2);
    assert.equal(JSON.stringify(entry(forced.managedFieldsText, 'kubectl-create')).includes('replicas'), false);
  });

  test('lists conflicts by manager', () => {
    const live = stored(web({ replicas: 5, labels: { a: '1' } }));
    const first = helm(web({ replicas: 5, labels: { a: '1' } })).managedFieldsText;
    const text = updateManagedFields({
      ...common,
      before: live,
      after: stored(web({ replicas: 5, labels: { a: '1' }, image: 'x' })),
      managedFieldsText: first,
      manager: 'ci',
    });
    const { status } = refusal(() =>
      applyServerSide({
        ...common,
        live: stored(web({ replicas: 5, labels: { a: '1' }, image: 'x' })),
        config: web({ replicas: 1, labels: { a: '2' }, image: 'y' }),
        managedFieldsText: text,
        manager: 'me',
        force: false,
      }),
    );
    assert.equal(
      status.message,
      'Apply failed with 3 conflicts: conflicts with "ci" using apps/v1:\n- .spec.template.spec.containers[name="nginx"].image\n' +
        'conflicts with "helm":\n- .metadata.labels.a\n- .spec.replicas',
    );
  });

  test('the same value is shared, and stays when one of its owners drops it', () => {
    const first = helm(web({ replicas: 2, labels: { a: '1' } }));
    const live = stored(first.object);
    const both = applyServerSide({
      ...common,
      live,
      config: web({ labels: { a: '1' } }),
      managedFieldsText: first.managedFieldsText,
      manager: 'me',
      force: false,
    });
    const dropped = helm(web(), { live: stored(both.object), managedFieldsText: both.managedFieldsText });
    assert.deepEqual((dropped.object as KubeObject).metadata!.labels, { a: '1' });
    assert.equal(Object.hasOwn((dropped.object as { spec: object }).spec, 'replicas'), false, 'what helm alone owned is gone');
  });

  test('removes a list item with what hangs on it, keeps the items of others', () => {
    const two = web();
    const withSide = structuredClone(two);
    withSide.spec.template.spec.containers.push({ name: 'side', image: 's', ports: [] });
    const first = helm(withSide);
    const injected = structuredClone(first.object) as ReturnType<typeof web>;
    injected.spec.template.spec.containers.unshift({ name: 'proxy', image: 'p', ports: [] });
    const text = updateManagedFields({
      ...common,
      before: stored(first.object),
      after: stored(injected),
      managedFieldsText: first.managedFieldsText,
      manager: 'injector',
    });
    const second = helm(two, { live: stored(injected), managedFieldsText: text });
    const names = (second.object as ReturnType<typeof web>).spec.template.spec.containers.map((c) => c.name);
    assert.deepEqual(names, ['proxy', 'nginx']);
  });

  test('kubectl takes over what its client-side apply has set', () => {
    const config = web({ replicas: 1 });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(config) };
    const live = stored({ ...config, metadata: { ...config.metadata, annotations } });
    const managedFieldsText = updateManagedFields({
      ...common,
      before: undefined,
      after: live,
      managedFieldsText: '',
      manager: 'kubectl-client-side-apply',
    });
    const next = applyServerSide({ ...common, live, config: web({ replicas: 4 }), managedFieldsText, manager: 'kubectl', force: false });
    const kept = (next.object as KubeObject).metadata!.annotations!['kubectl.kubernetes.io/last-applied-configuration']!;
    assert.equal((JSON.parse(kept) as { spec: { replicas: number } }).spec.replicas, 4);
    assert.equal(refusal(() => helm(web({ replicas: 4 }), { live, managedFieldsText })).code, 409);
    const scaled = stored({ ...config, metadata: { ...config.metadata, annotations }, spec: { ...config.spec, replicas: 9 } });
    const text = updateManagedFields({ ...common, before: live, after: scaled, managedFieldsText, manager: 'scaler' });
    const both = { ...common, live: scaled, config: web({ replicas: 4, image: 'x' }), managedFieldsText: text, manager: 'kubectl', force: false };
    assert.equal(
      refusal(() => applyServerSide(both)).message,
      'Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas',
      'not what someone else has changed since',
    );
  });

  test('an object that nobody tracked belongs to before-first-apply', () => {
    const live = stored(web({ replicas: 3 }));
    assert.match(refusal(() => helm(web({ replicas: 1 }), { live })).message, /conflict with "before-first-apply" using apps\/v1: \.spec\.replicas$/);
  });

  const bad: readonly (readonly [string, Json, number, string])[] = [
    ['managedFields', { ...web(), metadata: { name: 'web', managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    [
      'another version',
      { ...web(), apiVersion: 'apps/v1beta1' },
      400,
      'Incorrect version specified in apply patch. Specified patch version: apps/v1beta1, expected: apps/v1',
    ],
    [
      'an unknown field',
      { ...web(), spec: { foo: 1 } },
      500,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
    ],
    [
      'duplicate keys',
      {
        ...web(),
        spec: { template: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }] } } },
      },
      500,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="a"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
    ],
  ];
  for (const [name, config, code, message] of bad) {
    test(`refuses ${name}`, () => {
      const { status } = refusal(() => helm(config));
      assert.deepEqual([status.code, status.message], [code, message]);
    });
  }

  test('keys named like members of Object are plain keys', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    const { object, managedFieldsText } = helm(web({ labels }));
    assert.deepEqual(Object.keys((object as KubeObject).metadata!.labels!), ['__proto__', 'constructor']);
    assert.match(managedFieldsText, /"f:labels":\{"f:__proto__":\{\},"f:constructor":\{\}\}/);
    assert.equal(({} as Record<string, unknown>)['a'], undefined);
  });
});

describe('field sets', () => {
  const paths = fc.array(fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1', 'i:0'), { minLength: 1, maxLength: 3 }), { maxLength: 12 });
  const model = (set: FieldSet) => new Set(pathsOf(set).map((p) => p.join('/')));
  const texts = (list: readonly (readonly string[])[]) => new Set(list.map((p) => p.join('/')));

  test('are sets of paths', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [setOf(left), setOf(right)];
        const [x, y] = [texts(left), texts(right)];
        assert.deepEqual(model(a), x);
        assert.deepEqual(model(union(a, b)), x.union(y));
        assert.deepEqual(model(difference(a, b)), x.difference(y));
        assert.deepEqual(model(intersection(a, b)), x.intersection(y));
        const below = [...x].filter((p) => ![...y].some((q) => p === q || p.startsWith(`${q}/`)));
        assert.deepEqual(model(recursiveDifference(a, b)), new Set(below));
        assert.equal(isEmptySet(difference(a, a)), true);
        assert.equal(union(a, intersection(a, b)), a, 'what is contained changes nothing');
      }),
    );
  });

  test('are read back from their canonical text', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = setOf(list);
        const text = formatFieldsV1(set);
        assert.deepEqual(model(parseFieldsV1(JSON.parse(text) as Json)), model(set));
        assert.equal(formatFieldsV1(parseFieldsV1(JSON.parse(text) as Json)), text);
      }),
    );
  });

  test('leave out what is no path element', () => {
    assert.deepEqual(model(parseFieldsV1({ 'x:a': {}, 'k:{': {}, 'i:-1': {}, 'f:b': {} })), new Set(['f:b']));
    assert.equal(parseFieldsV1('text'), emptySet);
  });
});

test('the cache holds no more texts than its limit', () => {
  const cache = new ManagersCache(2);
  const text = (name: string) => `[{"manager":"${name}","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{}}}]`;
  const first = cache.read(text('a'));
  assert.equal(cache.read(text('a')), first);
  cache.read(text('b'));
  cache.read(text('c'));
  assert.notEqual(cache.read(text('a')), first);
});
