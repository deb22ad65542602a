import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeObject, formatDuration, normalizeMicroTime, normalizeTime, parseDuration, timeParts, timeText } from './decode.ts';
import type { Json } from './meta.ts';
import type { FieldSchema, ObjectSchema, Schema } from './schema.ts';

function object(name: string, fields: Readonly<Record<string, Schema | Omit<FieldSchema, 'name'>>>, more: Partial<ObjectSchema> = {}): ObjectSchema {
  const all = Object.entries(fields).map(([key, of]): [string, FieldSchema] => [
    key,
    'schema' in of ? { name: key, ...of } : { name: key, schema: of, required: false },
  ]);
  return { kind: 'object', name, fields: new Map(all), ...more };
}

const string: Schema = { kind: 'string' };
const list = (items: Schema): Schema => ({ kind: 'list', items, listType: 'atomic' });
const map = (values: Schema): Schema => ({ kind: 'map', values });

const port = object('io.x.v1.Port', { number: { schema: { kind: 'int32' }, required: true }, name: string });
const spec = object('io.x.v1.Spec', {
  ports: list(port),
  replicas: { schema: { kind: 'int32' }, required: false, pointer: true, default: 1 },
  policy: { schema: string, required: false, default: 'Always' },
  labels: map(string),
  data: { kind: 'bytes' },
  limit: { schema: { kind: 'quantity' }, required: false, pointer: true },
  port: { schema: { kind: 'intOrString' }, required: false, pointer: true },
  at: { kind: 'time' },
  every: { schema: { kind: 'duration' }, required: false, pointer: true },
  raw: { kind: 'any' },
});
const thing = object('io.x.v1.Thing', { kind: string, apiVersion: string, spec });

const decode = (input: Json) => decodeObject<object>(thing, input);

test('zero values of optional fields are absent, pointers keep them, structs are always there', () => {
  assert.deepEqual(decode({}).object, { spec: { replicas: 1, policy: 'Always' } });
  assert.deepEqual(decode({ kind: '', spec: { replicas: 0, policy: '', ports: [], labels: {}, data: '', at: null } }).object, {
    spec: { replicas: 0, policy: 'Always' },
  });
  assert.deepEqual(decodeObject(thing, {}, { defaults: false }).object, { spec: {} });
});

test('fields stand in the order of the schema', () => {
  const { object: decoded } = decode({ spec: { labels: { b: '1', a: '2' }, replicas: 2, ports: [{ name: 'x', number: 1 }] }, kind: 'Thing' });
  assert.equal(
    JSON.stringify(decoded),
    '{"kind":"Thing","spec":{"ports":[{"number":1,"name":"x"}],"replicas":2,"policy":"Always","labels":{"b":"1","a":"2"}}}',
  );
});

test('values are normalised as Go does', () => {
  const { object: decoded } = decode({ spec: { limit: '1024Mi', at: '2026-01-02T05:04:05.9+02:00', every: '90s', data: 'AA=\n=', port: 80 } });
  assert.deepEqual(decoded, {
    spec: { replicas: 1, policy: 'Always', data: 'AA==', limit: '1Gi', port: 80, at: '2026-01-02T03:04:05Z', every: '1m30s' },
  });
});

test('null items are zero values', () => {
  assert.deepEqual(decode({ spec: { ports: [null], labels: { a: null } } }).object, {
    spec: { ports: [{ number: 0 }], replicas: 1, policy: 'Always', labels: { a: '' } },
  });
});

test('unknown fields are named in the order of the body; names are case-sensitive', () => {
  const { object: decoded, strictErrors } = decode({ zz: 1, spec: { Ports: [], ports: [{ number: 1 }, { number: 2, extra: {} }] }, a: 2 });
  assert.deepEqual(strictErrors, ['unknown field "zz"', 'unknown field "spec.Ports"', 'unknown field "spec.ports[1].extra"', 'unknown field "a"']);
  assert.deepEqual(decoded, { spec: { ports: [{ number: 1 }, { number: 2 }], replicas: 1, policy: 'Always' } });
});

test('no more than 100 unknown fields are named', () => {
  const input = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, i]));
  assert.equal(decode(input).strictErrors.length, 100);
});

const mismatches: readonly (readonly [Json, string])[] = [
  [[], 'json: cannot unmarshal array into Go value of type v1.Thing'],
  [{ spec: 'x' }, 'json: cannot unmarshal string into Go struct field Thing.spec of type v1.Spec'],
  [{ spec: { ports: 'x' } }, 'json: cannot unmarshal string into Go struct field Spec.spec.ports of type []v1.Port'],
  [{ spec: { ports: [{ number: 'x' }] } }, 'json: cannot unmarshal string into Go struct field Port.spec.ports.number of type int32'],
  [{ spec: { ports: [{ number: 1.5 }] } }, 'json: cannot unmarshal number 1.5 into Go struct field Port.spec.ports.number of type int32'],
  [{ spec: { replicas: 2147483648 } }, 'json: cannot unmarshal number 2147483648 into Go struct field Spec.spec.replicas of type int32'],
  [{ spec: { policy: true } }, 'json: cannot unmarshal bool into Go struct field Spec.spec.policy of type string'],
  [{ spec: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field Spec.spec.labels of type string'],
  [{ spec: { labels: [] } }, 'json: cannot unmarshal array into Go struct field Spec.spec.labels of type map[string]string'],
  [{ spec: { data: 5 } }, 'json: cannot unmarshal number into Go struct field Spec.spec.data of type []uint8'],
  [{ spec: { data: '*' } }, 'illegal base64 data at input byte 0'],
  [{ spec: { port: {} } }, 'json: cannot unmarshal object into Go value of type int32'],
  [{ spec: { limit: 'x' } }, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  [{ spec: { at: 'soon' } }, 'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'],
  [{ spec: { at: 5 } }, 'json: cannot unmarshal number into Go value of type string'],
  [{ spec: { every: 'x' } }, 'time: invalid duration "x"'],
];
for (const [input, message] of mismatches) {
  test(`refused: ${JSON.stringify(input)}`, () => {
    assert.throws(() => decode(input), { name: 'DecodeError', message });
  });
}

test('keys of maps and of raw JSON may be __proto__ and constructor', () => {
  const input = JSON.parse('{"spec":{"labels":{"__proto__":"a","constructor":"b"},"raw":{"__proto__":{"x":1}}}}') as Json;
  const decoded = decode(input).object as { spec: { labels: object; raw: object } };
  assert.deepEqual(Object.entries(decoded.spec.labels), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  assert.deepEqual(Object.keys(decoded.spec.raw), ['__proto__']);
  assert.deepEqual(decode(JSON.parse('{"__proto__":{"spec":{}}}') as Json).strictErrors, ['unknown field "__proto__"']);
});

test('what is decoded shares nothing with the input', () => {
  const raw = { deep: [{}] };
  const decoded = decode({ spec: { raw } }).object as { spec: { raw: typeof raw } };
  assert.deepEqual(decoded.spec.raw, raw);
  assert.notEqual(decoded.spec.raw, raw);
  assert.notEqual(decoded.spec.raw.deep[0], raw.deep[0]);
});

test('undefined counts as absent', () => {
  const input = { spec: undefined, kind: 'Thing' } as unknown as Json;
  assert.deepEqual(decode(input).object, { kind: 'Thing', spec: { replicas: 1, policy: 'Always' } });
});

const inner = object('', { size: { schema: { kind: 'int64' }, required: false, default: 3 }, constructor: string });
const custom = object('', {
  kind: string,
  spec: object('', {
    inner,
    list: list(inner),
    open: object('', { known: string }, { preserveUnknownFields: true }),
    embedded: object('', {}, { embeddedResource: true }),
    none: { schema: { ...object('', {}), nullable: true }, required: false },
    gone: { schema: string, required: false, default: 'x' },
  }),
});

test('custom kinds are pruned and defaulted, nothing more', () => {
  const { object: decoded, strictErrors } = decodeObject<object>(custom, {
    spec: {
      inner: { extra: 1 },
      list: [{ size: 'wrong' }, 7],
      open: { known: 'a', more: { b: 1 } },
      embedded: { kind: 'K', apiVersion: 'v1', metadata: { name: 'n' }, spec: 1 },
      none: null,
      gone: null,
    },
  });
  assert.deepEqual(decoded, {
    spec: {
      inner: { size: 3 },
      list: [{ size: 'wrong' }, 7],
      open: { known: 'a', more: { b: 1 } },
      embedded: { kind: 'K', apiVersion: 'v1', metadata: { name: 'n' } },
      none: null,
      gone: 'x',
    },
  });
  assert.deepEqual(strictErrors, ['unknown field "spec.inner.extra"', 'unknown field "spec.embedded.spec"']);
  assert.deepEqual(decodeObject<object>(custom, {}).object, {});
  assert.deepEqual(decodeObject<object>(custom, { spec: { open: { z: 1 } } }), { object: { spec: { gone: 'x', open: { z: 1 } } }, strictErrors: [] });
});

test('times', () => {
  assert.equal(normalizeTime('2024-02-29T23:59:59-01:00'), '2024-03-01T00:59:59Z');
  assert.throws(() => normalizeTime('2023-02-29T00:00:00Z'), /parsing time "2023-02-29T00:00:00Z": day out of range/);
  assert.throws(() => normalizeTime('2023-13-01T00:00:00Z'), /month out of range/);
  assert.throws(() => normalizeTime('2023-01-01T00:00:00'), /cannot parse "" as "Z07:00"/);
  assert.equal(normalizeMicroTime('2023-01-01T00:00:00.000001Z'), '2023-01-01T00:00:00.000001Z');
  assert.throws(() => normalizeMicroTime('2023-01-01T00:00:00Z'), /cannot parse "Z" as ".000000"/);
  assert.deepEqual(timeParts('1970-01-01T00:00:01.5Z'), { seconds: 1, nanos: 500_000_000 });
});

test('seconds as text are what Date says', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62135596800, max: 253402300799 }), (seconds) => {
      assert.equal(timeText(seconds), `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`);
      assert.deepEqual(timeParts(timeText(seconds)), { seconds, nanos: 0 });
    }),
  );
});

test('durations', () => {
  for (const [text, shown] of [
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1.5s', '1.5s'],
    ['100ms', '100ms'],
    ['-5s', '-5s'],
    ['0', '0s'],
    ['1us', '1µs'],
    ['1m.5s', '1m0.5s'],
  ] as const) {
    assert.equal(formatDuration(parseDuration(text)), shown, text);
  }
  assert.throws(() => parseDuration('5'), /missing unit in duration "5"/);
  assert.throws(() => parseDuration('5d'), /unknown unit "d" in duration "5d"/);
});
