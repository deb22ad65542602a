import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Json,
  type ObjectSchema,
  type Schema,
  canonicalJson,
  decodeObject,
  decodeProtobuf,
  encodeProtobuf,
  encodeProtobufObject,
  readEnvelope,
  readJson,
  readWatchFrames,
  writeEnvelope,
  writeProtobufList,
  writeWatchFrame,
} from '../apimachinery/index.ts';
import { builtinGroupVersions, findSchema, schemaByName, schemaOf } from './builtin-schemas.ts';

/** A stream of choices from a seed, so that a failing object can be made again. */
function choices(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const texts = ['', 'a', 'nginx', '__proto__', 'constructor', 'ü€', '😀 "q" \\', '10', '9', 'line\nbreak', 'Always'];
const keys = ['a', 'app.kubernetes.io/name', '__proto__', 'constructor', '10', '9', 'é', '😀', '\uffff'];

/** A value as a client might send it: canonical scalars, zero values and empty lists among them. */
function valueFor(schema: Schema, pick: (below: number) => number, depth: number): Json {
  switch (schema.kind) {
    case 'object':
      return objectFor(schema, pick, depth + 1);
    case 'list':
      return Array.from({ length: pick(3) }, () => valueFor(schema.items, pick, depth + 1));
    case 'map':
      return Object.fromEntries(Array.from({ length: pick(3) }, () => [keys[pick(keys.length)]!, valueFor(schema.values, pick, depth + 1)]));
    case 'string':
      return texts[pick(texts.length)]!;
    case 'int32':
      return [0, 1, -1, 80, 2147483647, -2147483648][pick(6)]!;
    case 'int64':
      return [0, 1, -1, 300, 2 ** 40, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER][pick(7)]!;
    case 'double':
      return [0, 0.5, -1e10][pick(3)]!;
    case 'bool':
      return pick(2) === 1;
    case 'bytes':
      return ['', 'AA==', 'AAEC', '/+8='][pick(4)]!;
    case 'quantity':
      return ['0', '1', '500m', '1Gi', '100Mi', '1500m', '3k'][pick(7)]!;
    case 'intOrString':
      return [0, 80, '', 'http', '25%'][pick(5)]!;
    case 'time':
      return ['2026-01-02T03:04:05Z', '1969-12-31T23:59:59Z', '0001-01-02T00:00:00Z'][pick(3)]!;
    case 'microTime':
      return ['2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.123456Z'][pick(2)]!;
    case 'duration':
      return ['0s', '1m30s', '1.5s', '2h0m0s'][pick(4)]!;
    case 'any':
      return schema.union
        ? unionFor(schema.union.or, schema.union.schema, pick, depth)
        : [{ x: 1 }, [1, 'a'], 'text', { '10': 1, a: { b: [] } }][pick(4)]!;
  }
}

function unionFor(or: string, schema: ObjectSchema, pick: (below: number) => number, depth: number): Json {
  const object = () => objectFor(schema, pick, depth + 2);
  if (pick(2) === 0) return object();
  return or === 'bool' ? pick(2) === 0 : or === 'array' ? [object()] : ['a', 'b'];
}

function objectFor(schema: ObjectSchema, pick: (below: number) => number, depth: number): Json {
  const result: Record<string, Json> = {};
  for (const field of schema.fields.values()) {
    if (field.name === 'kind' || field.name === 'apiVersion' || pick(10) < Math.min(9, 2 + depth * 2)) continue;
    result[field.name] = valueFor(field.schema, pick, depth);
  }
  return result;
}

const types = builtinGroupVersions().flatMap((g) => g.types.map((type) => ({ group: g.group, version: g.version, type })));
const anyType = fc.constantFrom(...types);
const seeds = fc.integer({ min: 1, max: 0x7fffffff });

/** Decoded by the plain walk: an unknown field makes the generated code give up. */
function walked(schema: ObjectSchema, input: Json): unknown {
  const { object, strictErrors } = decodeObject(schema, { ...(input as object), surelyUnknown: 1 } as Json);
  assert.deepEqual(strictErrors, ['unknown field "surelyUnknown"']);
  return object;
}

test('every type can be decoded from nothing and from what it wrote', () => {
  for (const { group, version, type } of types) {
    const schema = schemaOf(group, version, type);
    const { object, strictErrors } = decodeObject(schema, {});
    assert.deepEqual(strictErrors, []);
    assert.deepEqual(decodeObject(schema, object as Json).object, object, type);
  }
});

test('generated code and the plain walk decode alike, in the same order', () => {
  fc.assert(
    fc.property(anyType, seeds, ({ group, version, type }, seed) => {
      const schema = schemaOf(group, version, type);
      const input = objectFor(schema, choices(seed), 0);
      const { object, strictErrors } = decodeObject(schema, input);
      assert.deepEqual(strictErrors, []);
      assert.equal(JSON.stringify(object), JSON.stringify(walked(schema, input)));
    }),
    { numRuns: 400 },
  );
});

test('canonical JSON reads back as the same object, and is the same for the same object', () => {
  fc.assert(
    fc.property(anyType, seeds, ({ group, version, type }, seed) => {
      const schema = schemaOf(group, version, type);
      const { object } = decodeObject(schema, objectFor(schema, choices(seed), 0));
      const text = canonicalJson(schema, object);
      const again = decodeObject(schema, readJson(Buffer.from(text)).value).object;
      assert.deepEqual(again, object);
      assert.equal(canonicalJson(schema, again), text);
    }),
    { numRuns: 400 },
  );
});

test('protobuf reads back as the same object', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types.filter((t) => !/^Table/.test(t.type))), seeds, ({ group, version, type }, seed) => {
      const schema = schemaOf(group, version, type);
      const { object } = decodeObject(schema, objectFor(schema, choices(seed), 0));
      const bytes = encodeProtobuf(schema, object);
      const again = decodeObject(schema, decodeProtobuf(schema, bytes)).object;
      assert.equal(canonicalJson(schema, again), canonicalJson(schema, object));
      assert.deepEqual(encodeProtobuf(schema, again), bytes);
    }),
    { numRuns: 600 },
  );
});

/** Any JSON, but its keys are often those of the type. */
function anyJson(schema: ObjectSchema): fc.Arbitrary<Json> {
  const names = [...schema.fields.keys(), 'spec', 'metadata', '__proto__'];
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)) as fc.Arbitrary<Json>,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
    ),
  }));
  return value;
}

test('any JSON is decoded or refused with a DecodeError, and what was decoded is sound', () => {
  for (const type of ['Pod', 'Service', 'PersistentVolumeClaim', 'Event']) {
    const schema = schemaOf('', 'v1', type);
    fc.assert(
      fc.property(anyJson(schema), (input) => {
        let object: object;
        try {
          object = decodeObject(schema, input).object;
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'DecodeError');
          return;
        }
        assert.deepEqual(decodeObject(schema, object as Json).strictErrors, []);
        assert.equal(Object.getPrototypeOf(object), Object.prototype);
      }),
    );
  }
});

test('protobuf of garbage is an error, never a hang or a crash', () => {
  const schema = schemaOf('', 'v1', 'Pod');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeProtobuf(schema, bytes);
      } catch (error) {
        assert.ok(error instanceof Error && ['DecodeError', 'ReadError'].includes(error.name), String(error));
      }
    }),
  );
});

const configMapBytes = Buffer.from(
  '6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a0171120' + '01a0022002a00320038004200' + '12060a01611201621a002200',
  'hex',
);

test('the ConfigMap that kubectl create configmap sends', () => {
  const schema = schemaOf('', 'v1', 'ConfigMap');
  const envelope = readEnvelope(configMapBytes);
  assert.equal(envelope.apiVersion, 'v1');
  assert.equal(envelope.kind, 'ConfigMap');
  const { object } = decodeObject(schema, decodeProtobuf(schema, envelope.raw));
  assert.deepEqual(object, { metadata: { name: 'q' }, data: { a: 'b' } });
  assert.deepEqual(Buffer.from(encodeProtobufObject(schema, object, envelope)), configMapBytes);
});

test('the empty DeleteOptions that client-go sends', () => {
  const bytes = Buffer.from('6b3873000a130a027631120d44656c6574654f7074696f6e7312001a002200', 'hex');
  const envelope = readEnvelope(bytes);
  assert.equal(envelope.kind, 'DeleteOptions');
  assert.deepEqual(decodeProtobuf(schemaOf('', 'v1', 'DeleteOptions'), envelope.raw), {});
  assert.deepEqual(Buffer.from(writeEnvelope(envelope, envelope.raw)), bytes);
});

test('a list of encoded items is the list encoded', () => {
  const pod = schemaOf('', 'v1', 'Pod');
  const list = schemaOf('', 'v1', 'PodList');
  const items = ['a', 'b'].map((name) => decodeObject(pod, { metadata: { name } }).object);
  const metadata = { resourceVersion: '7' };
  const type = { apiVersion: 'v1', kind: 'PodList' };
  const joined = writeProtobufList(
    type,
    encodeProtobuf(schemaOf('meta.k8s.io', 'v1', 'ListMeta'), metadata),
    items.map((item) => encodeProtobuf(pod, item)),
  );
  assert.deepEqual(joined, encodeProtobufObject(list, { metadata, items }, type));
});

test('every list has its metadata in field 1 and its items in field 2', () => {
  for (const { group, version, type } of types) {
    const fields = schemaOf(group, version, type).fields;
    if (!type.endsWith('List') || !fields.has('items') || !fields.has('metadata') || group === 'apidiscovery.k8s.io') continue;
    assert.deepEqual([fields.get('metadata')?.number, fields.get('items')?.number], [1, 2], type);
  }
});

test('watch frames: what was written is read, however it is cut', () => {
  const frames = Buffer.concat(['ADDED', 'BOOKMARK'].map((type) => writeWatchFrame(type, configMapBytes)));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: frames.length }), (cut) => {
      const first = readWatchFrames(frames.subarray(0, cut), 1 << 20);
      const second = readWatchFrames(frames.subarray(first.taken), 1 << 20);
      const all = [...first.events, ...second.events];
      assert.deepEqual(
        all.map((e) => e.type),
        ['ADDED', 'BOOKMARK'],
      );
      assert.ok(all.every((e) => configMapBytes.equals(e.object)));
    }),
  );
  assert.throws(() => readWatchFrames(frames, 10), /more than 10/);
});

test('types are found by kind and by OpenAPI name', () => {
  assert.equal(schemaOf('apps', 'v1', 'Deployment').name, 'io.k8s.api.apps.v1.Deployment');
  assert.equal(findSchema('', 'v1', 'Status')?.name, 'io.k8s.apimachinery.pkg.apis.meta.v1.Status');
  assert.equal(findSchema('apps', 'v1', 'Nothing'), undefined);
  assert.equal(findSchema('nogroup', 'v1', 'Pod'), undefined);
  assert.equal(findSchema('stable.example.com', 'v2', 'DeleteOptions'), findSchema('', 'v1', 'DeleteOptions'));
  assert.equal(schemaByName('io.k8s.api.core.v1.Container')?.fields.get('ports')?.patchMergeKey, 'containerPort');
  assert.throws(() => schemaOf('', 'v1', 'Nothing'), /no built-in type Nothing in v1/);
});

test('optional counts that Go shows even when zero', () => {
  const { object } = decodeObject<object>(schemaOf('policy', 'v1', 'PodDisruptionBudget'), {});
  assert.deepEqual(object, { metadata: {}, spec: {}, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } });
});

test('topology of lists, maps and structs is what the facts say', () => {
  const podSpec = schemaByName('io.k8s.api.core.v1.PodSpec')!;
  const containers = podSpec.fields.get('containers')!;
  assert.equal(containers.patchStrategy, 'merge');
  assert.ok(containers.schema.kind === 'list' && containers.schema.listType === 'map');
  const ports = schemaByName('io.k8s.api.core.v1.Container')!.fields.get('ports')!.schema;
  assert.deepEqual(ports.kind === 'list' && ports.listMapKeys, ['containerPort', 'protocol']);
  const selector = podSpec.fields.get('nodeSelector')!.schema;
  assert.ok(selector.kind === 'map' && selector.atomic);
  const reference = schemaByName('io.k8s.api.core.v1.ObjectReference')!;
  const claimRef = schemaByName('io.k8s.api.core.v1.PersistentVolumeSpec')!.fields.get('claimRef')!.schema;
  assert.equal(reference.atomic, true);
  assert.ok(claimRef.kind === 'object' && claimRef.atomic === false && claimRef.name === reference.name);
});
