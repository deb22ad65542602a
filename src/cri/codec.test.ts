import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../apimachinery/code-point.fixture.ts';
import { makeCodec } from './codec.ts';
import { containerdTable } from './containerd-table.ts';
import { criTable } from './cri-table.ts';

const codec = makeCodec(criTable, containerdTable);

test('bytes are those of protobuf', () => {
  const table: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['runtime.v1.VersionRequest', { version: 'v1' }, '0a027631'],
    ['runtime.v1.ImageSpec', { image: 'a', userSpecifiedImage: 'b' }, '0a016192010162'],
    ['runtime.v1.Int64Value', { value: -1 }, '08ffffffffffffffffff01'],
    ['runtime.v1.Int64Value', { value: 0 }, ''],
    ['runtime.v1.LinuxContainerSecurityContext', { runAsUser: { value: 0 } }, '2a00'],
    ['runtime.v1.PodSandboxStateValue', { state: 'SANDBOX_NOTREADY' }, '0801'],
    ['runtime.v1.PodSandboxFilter', { labelSelector: { a: 'b' } }, '1a060a0161120162'],
    ['runtime.v1.PortForwardRequest', { podSandboxId: 'x', port: [80, 443] }, '0a0178105010bb03'],
    ['containerd.types.Descriptor', { size: 300 }, '18ac02'],
  ];
  for (const [name, value, hex] of table) assert.equal(Buffer.from(codec.encode(name, value)).toString('hex'), hex, name);
});

test('what is absent holds its zero value, and messages are undefined', () => {
  assert.deepEqual(codec.decode('runtime.v1.PodSandbox', new Uint8Array(0)), {
    id: '',
    state: 'SANDBOX_READY',
    createdAt: 0n,
    labels: {},
    annotations: {},
    runtimeHandler: '',
  });
});

test('unknown fields are skipped, packed lists are read, unknown enum numbers are kept as text', () => {
  const unknown = Buffer.from('0a0178' + 'fa3f03616263' + 'f83f05' + '120350bb03', 'hex');
  assert.deepEqual(codec.decode('runtime.v1.PortForwardRequest', unknown), { podSandboxId: 'x', port: [80, 443] });
  assert.deepEqual(codec.decode('runtime.v1.PodSandboxStateValue', Buffer.from('0807', 'hex')), { state: '7' });
});

test('any configuration comes back as it was', () => {
  const labels = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), fc.string(), { noNullPrototype: true });
  const container = fc.record({
    id: fc.string({ unit: codePoint }),
    createdAt: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    exitCode: fc.integer(),
    state: fc.constantFrom('CONTAINER_CREATED', 'CONTAINER_RUNNING', 'CONTAINER_UNKNOWN'),
    labels,
    mounts: fc.array(fc.record({ containerPath: fc.string(), readonly: fc.boolean() }, { noNullPrototype: true }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(container, (value) => {
      const back = codec.decode('runtime.v1.ContainerStatus', codec.encode('runtime.v1.ContainerStatus', value)) as typeof value;
      for (const key of ['id', 'createdAt', 'exitCode', 'state'] as const) assert.equal(back[key], value[key]);
      assert.deepEqual(Object.entries(back.labels), Object.entries(value.labels));
      const mounts = back.mounts.map((m) => ({ containerPath: m.containerPath, readonly: m.readonly }));
      assert.deepEqual(mounts, value.mounts);
    }),
    { numRuns: 30 },
  );
});

test('truncated and random bytes throw or decode, and never hang', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        codec.decode('runtime.v1.ContainerStatusResponse', bytes);
      } catch (e) {
        assert.ok(e instanceof Error);
      }
    }),
  );
  const bytes = codec.encode('runtime.v1.ListContainersResponse', { containers: [{ id: 'abcdef' }] });
  assert.throws(() => codec.decode('runtime.v1.ListContainersResponse', bytes.subarray(0, -2)));
});
