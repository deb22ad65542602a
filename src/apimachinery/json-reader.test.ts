import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePoint } from './code-point.fixture.ts';
import { ReadError, readJson } from './json-reader.ts';

const read = (text: string) => readJson(Buffer.from(text));

test('what JSON.parse reads is read alike', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: codePoint }), (text) => {
      const expected = JSON.parse(text) as unknown;
      try {
        assert.deepEqual(read(text).value, expected);
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        assert.match(error.message, /too large|float64/);
      }
    }),
  );
});

test('duplicate keys are named by their path, and the last one wins', () => {
  const { value, strictErrors } = read('{"a":1,"b":[{"c":1,"c":2}],"a":{"d":1}}');
  assert.deepEqual(value, { a: { d: 1 }, b: [{ c: 2 }] });
  assert.deepEqual(strictErrors, ['duplicate field "b[0].c"', 'duplicate field "a"']);
});

test('keys that escapes make equal are duplicates too', () => {
  assert.deepEqual(read('{"a":1,"\\u0061":2}').strictErrors, ['duplicate field "a"']);
});

test('__proto__ is a key like any other', () => {
  for (const text of ['{"__proto__":{"x":1},"constructor":2}', '{"__proto__":{"x":1},"constructor":2,"n":1e0}']) {
    const { value, strictErrors } = read(text);
    assert.deepEqual(Object.keys(value as object).slice(0, 2), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual(strictErrors, []);
  }
});

const errors: readonly (readonly [string, string])[] = [
  ['', 'unexpected end of JSON input'],
  ['[1,2', 'unexpected end of JSON input'],
  ['{"a"}', "invalid character '}' after object key"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\u0001"}', "invalid character '\\u0001' in string literal"],
  [`{'a':1}`, "invalid character '\\'' looking for beginning of object key string"],
  ['{"a":{"b":[9007199254740993]}}', 'number 9007199254740993 in a.b[0] is too large: integers are kept exactly up to 9007199254740991 only'],
  ['{"a":1e400}', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
];
for (const [text, message] of errors) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    assert.throws(() => read(text), { name: 'ReadError', message });
  });
}

test('numbers that doubles keep are read', () => {
  assert.deepEqual(read('[9007199254740991,-9007199254740991,1e3,0.1,-0.5e-3]').value, [9007199254740991, -9007199254740991, 1000, 0.1, -0.0005]);
});

test('depth, size and broken UTF-8 are refused', () => {
  const deep = `${'['.repeat(50)}${']'.repeat(50)}`;
  assert.throws(() => readJson(Buffer.from(deep), { maxDepth: 49, maxBytes: 1000 }), /exceeded max depth/);
  assert.equal(JSON.stringify(readJson(Buffer.from(deep), { maxDepth: 50, maxBytes: 1000 }).value), deep);
  assert.throws(() => readJson(Buffer.from(deep), { maxDepth: 50, maxBytes: 99 }), /limit is 99/);
  assert.throws(() => readJson(Buffer.of(0x22, 0xff, 0x22)), /not valid UTF-8/);
});

test('brackets and colons within strings count for nothing', () => {
  const { value, strictErrors } = readJson(Buffer.from('{"a":"[[[{:\\":","b":"\\\\"}'), { maxDepth: 1, maxBytes: 100 });
  assert.deepEqual(value, { a: '[[[{:":', b: '\\' });
  assert.deepEqual(strictErrors, []);
});
