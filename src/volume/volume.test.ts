import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Pod } from '../api/index.ts';
import {
  fieldValue,
  type MountHost,
  resolveSubPath,
  resourceFieldValue,
  setUpVolumes,
  tearDownVolumes,
  type VolumeContext,
  writeAtomically,
} from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'kubets-volume-'));
after(() => rmSync(dir, { recursive: true, force: true }));
let next = 0;
const fresh = () => join(dir, String(next++));
const text = (t: string, mode = 0o644) => ({ content: Buffer.from(t), mode });
const host = (mounted = new Set<string>()): MountHost => ({
  mountTmpfs: (d) => Promise.resolve(void mounted.add(d)),
  isMountPoint: (d) => Promise.resolve(mounted.has(d)),
  unmount: (d) => Promise.resolve(void mounted.delete(d)),
});
type Volumes = NonNullable<NonNullable<Pod['spec']>['volumes']>;
const context = (volumes: Volumes, more: Partial<VolumeContext> = {}): VolumeContext => ({
  pod: {
    metadata: { name: 'p', namespace: 'default', uid: 'u', labels: { b: '2', a: 'x"y' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', resources: { limits: { cpu: '1500m' } } }], volumes },
  },
  podDir: fresh(),
  sources: {
    configMap: (_ns, name) =>
      Promise.resolve(name === 'conf' ? { data: { 'a.txt': 'A' }, binaryData: { b: Buffer.from([0, 255]).toString('base64') } } : undefined),
    secret: (_ns, name) => Promise.resolve(name === 's' ? { data: { key: Buffer.from('hidden').toString('base64') } } : undefined),
    serviceAccountToken: () => Promise.resolve('token'),
  },
  host: host(),
  nodeAllocatable: new Map([
    ['cpu', 2000],
    ['memory', 4096],
  ]),
  ...more,
});

test('files appear by one rename, change together, and go with their key', async () => {
  const d = fresh();
  await writeAtomically(
    d,
    new Map([
      ['a', text('1')],
      ['sub/b', text('2', 0o600)],
    ]),
  );
  assert.equal(readFileSync(join(d, 'a'), 'utf8'), '1');
  assert.equal(readFileSync(join(d, 'sub/b'), 'utf8'), '2');
  assert.equal(readlinkSync(join(d, 'a')), '..data/a');
  const before = readlinkSync(join(d, '..data'));
  await writeAtomically(
    d,
    new Map([
      ['a', text('1')],
      ['sub/b', text('2', 0o600)],
    ]),
  );
  assert.equal(readlinkSync(join(d, '..data')), before, 'nothing changed, nothing written');
  await writeAtomically(d, new Map([['a', text('3')]]));
  assert.equal(readFileSync(join(d, 'a'), 'utf8'), '3');
  assert.deepEqual(
    readdirSync(d).filter((n) => !n.startsWith('..')),
    ['a'],
  );
  assert.equal(readdirSync(d).filter((n) => n.startsWith('..')).length, 2, 'the old folder is gone');
});

for (const path of ['../x', '/x', 'a/../../x', '', '..data']) {
  test(`a path ${JSON.stringify(path)} is refused`, async () => {
    await assert.rejects(writeAtomically(fresh(), new Map([[path, text('x')]])), /invalid path/);
  });
}

test('a ConfigMap: all keys, chosen keys, a key that is missing, an object that is missing', async () => {
  const all = await setUpVolumes(context([{ name: 'v', configMap: { name: 'conf' } }]));
  assert.deepEqual([...readFileSync(join(all.get('v')!, 'b'))], [0, 255]);
  const chosen = await setUpVolumes(context([{ name: 'v', configMap: { name: 'conf', items: [{ key: 'a.txt', path: 'x/y', mode: 0o400 }] } }]));
  assert.equal(statSync(join(chosen.get('v')!, 'x/y')).mode & 0o777, 0o400);
  await assert.rejects(setUpVolumes(context([{ name: 'v', configMap: { name: 'conf', items: [{ key: 'none', path: 'x' }] } }])), {
    message: 'MountVolume.SetUp failed for volume "v" : references non-existent config key: none',
  });
  await assert.rejects(setUpVolumes(context([{ name: 'v', configMap: { name: 'other' } }])), {
    message: 'MountVolume.SetUp failed for volume "v" : configmap "other" not found',
  });
  await setUpVolumes(context([{ name: 'v', configMap: { name: 'other', optional: true } }]));
});

test('secrets and projected volumes are kept in memory', async () => {
  const mounted = new Set<string>();
  const sources = [
    { serviceAccountToken: { path: 'token' } },
    { configMap: { name: 'conf', items: [{ key: 'a.txt', path: 'ca' }] } },
    { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ];
  const c = context(
    [
      { name: 's', secret: { secretName: 's' } },
      { name: 'p', projected: { sources } },
    ],
    { host: host(mounted) },
  );
  const paths = await setUpVolumes(c);
  assert.equal(mounted.size, 2);
  assert.equal(readFileSync(join(paths.get('s')!, 'key'), 'utf8'), 'hidden');
  assert.deepEqual(
    ['token', 'ca', 'ns'].map((f) => readFileSync(join(paths.get('p')!, f), 'utf8')),
    ['token', 'A', 'default'],
  );
  await tearDownVolumes(c.podDir, c.host);
  assert.equal(mounted.size, 0);
  await tearDownVolumes(c.podDir, c.host);
});

test('an emptyDir is open to all, and to its group with fsGroup', async () => {
  const c = context([{ name: 'e', emptyDir: {} }]);
  assert.equal(statSync((await setUpVolumes(c)).get('e')!).mode & 0o7777, 0o777);
});

test('hostPath types are checked before the runtime could make a folder', async () => {
  const missing = fresh();
  await assert.rejects(
    setUpVolumes(context([{ name: 'h', hostPath: { path: missing, type: 'Directory' } }])),
    /hostPath type check failed: .* is not a directory/,
  );
  await setUpVolumes(context([{ name: 'h', hostPath: { path: missing, type: 'DirectoryOrCreate' } }]));
  await assert.rejects(setUpVolumes(context([{ name: 'h', hostPath: { path: missing, type: 'File' } }])), /is not a file/);
});

test('a volume nobody serves is said so', async () => {
  await assert.rejects(setUpVolumes(context([{ name: 'n', nfs: { server: 's', path: '/' } }])), /no volume plugin matched/);
});

test('downward fields', () => {
  const { pod } = context([]);
  assert.equal(fieldValue(pod, 'metadata.labels'), 'a="x\\"y"\nb="2"');
  assert.equal(fieldValue(pod, "metadata.labels['b']"), '2');
  assert.equal(fieldValue(pod, "metadata.labels['constructor']"), '');
  assert.equal(fieldValue(pod, 'spec.containers'), undefined);
  const container = pod.spec!.containers[0]!;
  const allocatable = new Map([['memory', 4096]]);
  assert.equal(resourceFieldValue(container, { resource: 'limits.cpu' }, allocatable), '2');
  assert.equal(resourceFieldValue(container, { resource: 'limits.cpu', divisor: '1m' }, allocatable), '1500');
  assert.equal(resourceFieldValue(container, { resource: 'limits.memory', divisor: '1Ki' }, allocatable), '4');
  assert.equal(resourceFieldValue(container, { resource: 'limits.fans' }, allocatable), undefined);
});

test('a subPath never leaves its volume, by name or by link', async () => {
  const volume = fresh();
  mkdirSync(join(volume, 'in'), { recursive: true });
  symlinkSync('/etc', join(volume, 'out'));
  symlinkSync('in', join(volume, 'link'));
  assert.equal(await resolveSubPath(volume, 'link/deep'), join(volume, 'in/deep'));
  await assert.rejects(resolveSubPath(volume, 'out/passwd'), /leads outside/);
  await assert.rejects(resolveSubPath(volume, '../x'), /invalid path/);
});

test('a claim is the path its volume has on this node', async () => {
  const path = fresh();
  mkdirSync(path);
  const sources = (spec: object) => ({ ...context([]).sources, persistentVolume: () => Promise.resolve({ metadata: { name: 'pv' }, spec }) });
  const claim: Volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }];
  for (const spec of [{ hostPath: { path } }, { local: { path } }]) {
    assert.equal((await setUpVolumes(context(claim, { sources: sources(spec) }))).get('data'), path);
  }
  await assert.rejects(
    setUpVolumes(context(claim, { sources: sources({ local: { path: `${path}/none` } }) })),
    /MountVolume\.SetUp failed for volume "data" : path ".*" does not exist/,
  );
  await assert.rejects(setUpVolumes(context(claim, { sources: sources({ nfs: {} }) })), /no volume plugin matched/);
  await assert.rejects(setUpVolumes(context(claim)), /claims are not served here/);
});
