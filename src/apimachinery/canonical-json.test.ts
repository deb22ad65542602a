import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePoint } from './code-point.fixture.ts';
import { canonicalJson, sortedJson } from './canonical-json.ts';
import type { ObjectSchema } from './schema.ts';

const builtin: ObjectSchema = {
  kind: 'object',
  name: 'io.x.v1.Thing',
  fields: new Map([
    ['b', { name: 'b', schema: { kind: 'string' }, required: false }],
    ['a', { name: 'a', schema: { kind: 'map', values: { kind: 'string' } }, required: false }],
  ]),
};
const custom: ObjectSchema = { ...builtin, name: '', preserveUnknownFields: true };

test('fields stand in the order of the schema, map keys in that of their bytes', () => {
  assert.equal(
    canonicalJson(builtin, { a: { '9': 'x', '10': 'y', b: 'z', a: '' }, b: 'q', c: 1 }),
    '{"b":"q","a":{"10":"y","9":"x","a":"","b":"z"}}',
  );
  assert.equal(canonicalJson(custom, { z: { y: 1, x: undefined }, a: {}, b: null, c: 1 }), '{"b":null,"a":{},"c":1,"z":{"y":1}}');
  assert.equal(canonicalJson(builtin, { b: undefined, a: null }), '{}');
});

test('keys are ordered as their UTF-8 is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: codePoint, maxLength: 4 }), { maxLength: 8 }), (keys) => {
      const text = sortedJson(Object.fromEntries(keys.map((key) => [key, 0])));
      const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(text, `{${expected.map((key) => `${JSON.stringify(key)}:0`).join(',')}}`);
    }),
  );
});

test('strings are quoted as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), (b) => {
      assert.equal(canonicalJson(builtin, { b }), JSON.stringify({ b }));
    }),
  );
});
