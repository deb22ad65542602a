import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readYaml } from './yaml-reader.ts';

const read = (text: string) => readYaml(Buffer.from(text)).value;

const scalars: readonly (readonly [string, unknown])[] = [
  ['yes', true],
  ['Off', false],
  ['y', true],
  ['"yes"', 'yes'],
  ['12:30', '12:30'],
  ['0777', 511],
  ['0x1f', 31],
  ['0b101', 5],
  ['1_000', 1000],
  ['08', 8],
  ['1.5', 1.5],
  ['1e3', 1000],
  ['1.2.3', '1.2.3'],
  ['2026-01-01', '2026-01-01'],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['~', null],
  ['', null],
  ['null', null],
  ['100m', '100m'],
  ['-3', -3],
];
for (const [text, value] of scalars) {
  test(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(read(`a: ${text}\n`), { a: value });
  });
}

test('keys become text, aliases and merges are followed, __proto__ is a key', () => {
  assert.deepEqual(read('1: a\ntrue: b\n'), { '1': 'a', true: 'b' });
  assert.deepEqual(read('a: &x {p: 1}\nb:\n  <<: *x\n  q: 2\nc: [*x, *x]\n'), { a: { p: 1 }, b: { p: 1, q: 2 }, c: [{ p: 1 }, { p: 1 }] });
  assert.deepEqual(Object.keys(read('__proto__: 1') as object), ['__proto__']);
});

test('a duplicate key is reported by line, and the last one wins', () => {
  const { value, strictErrors } = readYaml(Buffer.from('a: 1\nb:\n  c: 1\n  c: 2\n'));
  assert.deepEqual(value, { a: 1, b: { c: 2 } });
  assert.deepEqual(strictErrors, ['yaml: unmarshal errors:\n  line 4: key "c" already set in map']);
});

test('aliases cannot blow a small text up', () => {
  const levels = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
  for (let i = 0; i < 8; i++) levels.push(`${'bcdefghi'[i]}: &${'bcdefghi'[i]} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(',')}]`);
  assert.throws(() => read(levels.join('\n')), /excessive aliasing|depth/);
});

test('what cannot be kept is refused, and errors name the line', () => {
  assert.throws(() => read('a: 9007199254740993'), /too large/);
  assert.throws(() => read('a: .inf'), /unsupported value/);
  assert.throws(() => read('a: 1\nb: c: d\n'), /error converting YAML to JSON: yaml: line 2: /);
  assert.throws(() => readYaml(Buffer.from('a: [[[[1]]]]'), { maxDepth: 3, maxBytes: 100 }), { name: 'ReadError' });
  assert.throws(() => readYaml(Buffer.from('a: 1'), { maxDepth: 3, maxBytes: 3 }), /limit is 3/);
});

test('the first of several documents is read, and none is null', () => {
  assert.deepEqual(read('---\na: 1\n---\nb: 2\n'), { a: 1 });
  assert.equal(read(''), null);
  assert.equal(read('# nothing\n'), null);
});

test('JSON is read as JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null))), (object) => {
      assert.deepEqual(read(JSON.stringify(object)), JSON.parse(JSON.stringify(object)));
    }),
  );
});
