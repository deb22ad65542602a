import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, parseJsonPath } from './json-path.ts';

const object = {
  spec: {
    a: [
      { n: 'x', v: 1 },
      { n: 'y', v: 2 },
    ],
    'b.c': true,
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};
const cases: readonly (readonly [string, unknown])[] = [
  ['.spec.a[0].n', ['x']],
  ['.spec.a[-1].n', ['y']],
  ['.spec.a[*].v', [1, 2]],
  [".spec['b.c']", [true]],
  ['.spec.b\\.c', [true]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.spec.a[?(@.v>1)].n', ['y']],
  ['{.spec.a[1].v}', [2]],
  ['.nosuch.x', []],
  ['.__proto__', []],
  ['.constructor', []],
];

for (const [path, expected] of cases)
  test(`${path} leads to ${JSON.stringify(expected)}`, () => assert.deepEqual(evaluate(parseJsonPath(path)!, object), expected));

test('what is no path is told apart', () => {
  for (const bad of ['.a[', '.a[?(x)]', 'a b', '.a..b']) assert.equal(parseJsonPath(bad), undefined, bad);
});
