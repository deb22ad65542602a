import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deploymentSchema as schema } from './deployment-schema.fixture.ts';
import { JsonPatchError, type JsonPatchOperation, applyJsonPatch, readJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { Json } from './meta.ts';
import { StrategicMergePatchError, applyStrategicMergePatch } from './strategic-merge-patch.ts';

const key = fc.constantFrom('a', 'b', '__proto__', 'constructor');
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(1, 'x', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 4 })
      .map((entries) => JSON.parse(`{${[...new Map(entries)].map(([k, v]) => `"${k}":${JSON.stringify(v)}`).join(',')}}`) as Json),
  ),
})).value;

type Tree = Map<string, Tree> | string;

/** RFC 7386's pseudocode, on maps. */
function dumbMerge(target: Tree | undefined, patch: Tree): Tree {
  if (typeof patch === 'string') return patch;
  const out = new Map(typeof target === 'object' ? target : []);
  for (const [name, value] of patch) {
    if (value === 'null') out.delete(name);
    else out.set(name, dumbMerge(out.get(name), value));
  }
  return out;
}

function tree(value: Json): Tree {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return new Map(Object.keys(value).map((k) => [k, tree((value as Record<string, Json>)[k]!)]));
}

describe('merge patch', () => {
  test('does what the RFC says, and leaves its input alone', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify(target);
        assert.deepEqual(tree(applyMergePatch(target, patch)), dumbMerge(tree(target), tree(patch)));
        assert.equal(JSON.stringify(target), before);
        assert.equal(Object.hasOwn(Object.prototype, 'a'), false);
      }),
    );
  });

  test('shares what it does not touch', () => {
    const target = { metadata: { labels: { a: 'b' } }, spec: { replicas: 1 } };
    const out = applyMergePatch(target, { spec: { replicas: 2 } }) as typeof target;
    assert.equal(out.metadata, target.metadata);
    assert.equal(applyMergePatch(target, { spec: { replicas: 1 } }), target);
  });
});

describe('JSON patch', () => {
  const doc: Json = { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 };
  const cases: readonly (readonly [string, readonly JsonPatchOperation[], Json])[] = [
    ['adds a field', [{ op: 'add', path: '/a/c', value: 1 }], { a: { b: [1, 2, 3], c: 1 }, 'x/y': 1, 'm~n': 2 }],
    ['inserts into a list', [{ op: 'add', path: '/a/b/1', value: 9 }], { a: { b: [1, 9, 2, 3] }, 'x/y': 1, 'm~n': 2 }],
    ['appends', [{ op: 'add', path: '/a/b/-', value: 9 }], { a: { b: [1, 2, 3, 9] }, 'x/y': 1, 'm~n': 2 }],
    [
      'reads escapes',
      [
        { op: 'remove', path: '/x~1y' },
        { op: 'replace', path: '/m~0n', value: 3 },
      ],
      { a: { b: [1, 2, 3] }, 'm~n': 3 },
    ],
    ['moves', [{ op: 'move', from: '/a/b/0', path: '/first' }], { a: { b: [2, 3] }, 'x/y': 1, 'm~n': 2, first: 1 }],
    [
      'copies apart',
      [
        { op: 'copy', from: '/a', path: '/z' },
        { op: 'add', path: '/z/b/-', value: 4 },
      ],
      { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2, z: { b: [1, 2, 3, 4] } },
    ],
    [
      'tests',
      [
        { op: 'test', path: '/a/b', value: [1, 2, 3] },
        { op: 'test', path: '/none', value: null },
      ],
      doc,
    ],
    ['replaces the whole', [{ op: 'replace', path: '', value: 5 }], 5],
  ];
  for (const [name, operations, expected] of cases) {
    test(name, () => {
      const before = JSON.stringify(doc);
      assert.deepEqual(applyJsonPatch(doc, operations), expected);
      assert.equal(JSON.stringify(doc), before);
    });
  }

  const refused: readonly (readonly [JsonPatchOperation, RegExp])[] = [
    [{ op: 'remove', path: '/none' }, /^remove operation does not apply: doc is missing path: "\/none": missing value$/],
    [{ op: 'replace', path: '/none', value: 1 }, /^replace operation does not apply: doc is missing path/],
    [{ op: 'add', path: '/none/x', value: 1 }, /^add operation does not apply: doc is missing path/],
    [{ op: 'add', path: '/a/b/7', value: 1 }, /invalid index referenced$/],
    [{ op: 'test', path: '/x~1y', value: 2 }, /^testing value \/x~1y failed: test failed$/],
    [{ op: 'move', from: '/a', path: '/a/b' }, /^move operation does not apply/],
  ];
  for (const [operation, message] of refused) {
    test(`refuses ${JSON.stringify(operation)}`, () => {
      assert.throws(
        () => applyJsonPatch(doc, [operation]),
        (e: unknown) => e instanceof JsonPatchError && !e.malformed && message.test(e.message),
      );
    });
  }

  test('says what is no patch', () => {
    for (const body of [{}, [1], [{ op: 'add', value: 1 }], [{ op: 'jump', path: '/a' }], [{ op: 'move', path: '/a' }]] as Json[]) {
      assert.throws(
        () => readJsonPatch(body),
        (e: unknown) => e instanceof JsonPatchError && e.malformed,
        JSON.stringify(body),
      );
    }
  });

  test('undoing an add by a remove gives the document back', () => {
    fc.assert(
      fc.property(json, json, (target, value) => {
        fc.pre(typeof target === 'object' && target !== null && !Array.isArray(target));
        const added = applyJsonPatch(target, [{ op: 'add', path: '/new', value }]);
        assert.deepEqual(tree(applyJsonPatch(added, [{ op: 'remove', path: '/new' }])), tree(target));
      }),
    );
  });
});

describe('strategic merge patch', () => {
  const live = {
    metadata: { name: 'web', labels: { a: '1' }, finalizers: ['x', 'y'] },
    spec: {
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1' } },
      template: {
        spec: {
          nodeSelector: { disk: 'ssd' },
          containers: [
            { name: 'a', image: 'a:1', command: ['x'], ports: [{ containerPort: 80, protocol: 'TCP' }] },
            { name: 'b', image: 'b:1' },
          ],
        },
      },
    },
  };
  const containers = (patch: Json) => applyStrategicMergePatch(live, { spec: { template: { spec: patch } } }, schema) as typeof live;
  const names = (patch: Json) => containers(patch).spec.template.spec.containers.map((c) => c.name);

  test('merges list items by key, as kubectl set image does', () => {
    const before = structuredClone(live);
    const out = containers({ containers: [{ name: 'a', image: 'a:2' }] });
    assert.deepEqual(out.spec.template.spec.containers, [
      { ...live.spec.template.spec.containers[0], image: 'a:2' },
      live.spec.template.spec.containers[1],
    ]);
    assert.equal(out.metadata, live.metadata, 'shared');
    assert.deepEqual(live, before, 'unchanged');
  });

  test('adds, deletes and orders items, as kubectl apply does', () => {
    assert.deepEqual(names({ containers: [{ name: 'c', image: 'c' }] }), ['a', 'b', 'c']);
    assert.deepEqual(names({ containers: [{ $patch: 'delete', name: 'a' }] }), ['b']);
    assert.deepEqual(names({ $setElementOrder: 1, containers: [{ $patch: 'replace' }, { name: 'z' }] }), ['z']);
    assert.deepEqual(names({ '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }), ['b', 'a']);
    assert.deepEqual(names({ '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }], containers: [{ name: 'c', image: 'c' }] }), [
      'c',
      'a',
      'b',
    ]);
  });

  test('lists without a strategy and atomic values replace', () => {
    const out = containers({ containers: [{ name: 'a', command: ['y', 'z'] }] });
    assert.deepEqual(out.spec.template.spec.containers[0]!.command, ['y', 'z']);
  });

  test('null deletes, nulls and directives below new fields vanish', () => {
    const out = applyStrategicMergePatch(live, { metadata: { labels: null, annotations: { a: null, b: 'c' } } }, schema) as { metadata: Json };
    assert.deepEqual(out.metadata, { name: 'web', finalizers: ['x', 'y'], annotations: { b: 'c' } });
  });

  test('$retainKeys clears the rest, as a switch of strategy needs', () => {
    const out = applyStrategicMergePatch(live, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, schema) as typeof live;
    assert.deepEqual(out.spec.strategy, { type: 'Recreate' });
    assert.throws(() => applyStrategicMergePatch(live, { spec: { strategy: { $retainKeys: ['x'], type: 'Recreate' } } }, schema), {
      message: "patch content doesn't match retainKeys list",
    });
  });

  test('$patch replace and delete on objects', () => {
    const replaced = applyStrategicMergePatch(live, { spec: { strategy: { $patch: 'replace', type: 'Recreate' } } }, schema) as typeof live;
    assert.deepEqual(replaced.spec.strategy, { type: 'Recreate' });
    const deleted = applyStrategicMergePatch(live, { spec: { strategy: { $patch: 'delete' } } }, schema) as typeof live;
    assert.deepEqual(deleted.spec.strategy, {});
  });

  test('primitive lists merge, and lose what is named', () => {
    const out = (patch: Json) => (applyStrategicMergePatch(live, { metadata: patch }, schema) as typeof live).metadata.finalizers;
    assert.deepEqual(out({ finalizers: ['y', 'z'] }), ['x', 'y', 'z']);
    assert.deepEqual(out({ '$deleteFromPrimitiveList/finalizers': ['x'], '$setElementOrder/finalizers': ['y'] }), ['y']);
  });

  test('refusals', () => {
    const refuse = (patch: Json, message: string) =>
      assert.throws(
        () => applyStrategicMergePatch(live, patch, schema),
        (e: unknown) => e instanceof StrategicMergePatchError && e.message === message,
      );
    refuse([], 'invalid JSON document');
    refuse({ spec: { strategy: { $retainKeys: 'type' } } }, 'invalid patch format of retainKeys');
    refuse({ metadata: { '$setElementOrder/finalizers': 'x' } }, 'invalid patch format of setElementOrder list');
    refuse({ metadata: { '$deleteFromPrimitiveList/finalizers': 'x' } }, 'invalid patch format of primitive list');
  });
});
