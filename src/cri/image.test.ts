import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildImage, buildPauseImage, pauseImageName } from './build-image.ts';
import { readImageArchive, spool } from './image-archive.ts';
import { pauseElf } from './pause-elf.ts';
import { normalizeReference } from './reference.ts';
import { paddingOf, tarHeader } from './tar-format.ts';
import { readTar } from './tar-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubets-image-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const sha = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('references take their full form', () => {
  const table = [
    ['busybox', 'docker.io/library/busybox:latest'],
    ['a/b:1', 'docker.io/a/b:1'],
    ['localhost/zz', 'localhost/zz:latest'],
    ['localhost:5000/a/b', 'localhost:5000/a/b:latest'],
    ['index.docker.io/x', 'docker.io/library/x:latest'],
    ['[::1]:5000/x', '[::1]:5000/x:latest'],
    ['registry.k8s.io/pause:3.9', 'registry.k8s.io/pause:3.9'],
    [`r.io/x@sha256:${'a'.repeat(64)}`, `r.io/x@sha256:${'a'.repeat(64)}`],
  ] as const;
  for (const [given, full] of table) assert.equal(normalizeReference(given), full);
  for (const bad of ['', 'UPPER', 'a//b', 'a:', 'a@sha256:1', 'a b', '../x', 'r.io/']) assert.throws(() => normalizeReference(bad), bad);
});

test('an image of a folder and of files is deterministic and reads back', async () => {
  const dir = join(folder, 'root');
  mkdirSync(join(dir, 'bin'), { recursive: true });
  mkdirSync(join(dir, 'skipped'));
  writeFileSync(join(dir, 'skipped/x'), 'x');
  writeFileSync(join(dir, 'bin/tool'), 'tool');
  chmodSync(join(dir, 'bin/tool'), 0o4751);
  symlinkSync('tool', join(dir, 'bin/link'));
  const options = {
    name: 'demo',
    layers: [{ dir, exclude: ['skipped'] }, { files: { 'etc/conf/a': { content: 'A', mode: 0o600 } } }],
    config: { Cmd: ['/bin/tool'] },
    arch: 'amd64',
  } as const;
  const one = join(folder, 'one.tar');
  const two = join(folder, 'two.tar');
  const { name, digest } = await buildImage(options, one);
  await buildImage(options, two);
  assert.ok(readFileSync(one).equals(readFileSync(two)));
  const [image, ...more] = await readImageArchive(one, 'amd64');
  assert.equal(more.length, 0);
  assert.deepEqual(image!.names, ['docker.io/library/demo:latest']);
  assert.deepEqual([name, digest], [image!.names[0], image!.manifest.digest]);
  const contents: string[][] = [];
  for (const layer of image!.layers) {
    const bytes = Buffer.concat(await Array.fromAsync(layer.read()));
    assert.equal(sha(bytes), layer.digest);
    const list: string[] = [];
    for await (const { header } of readTar(layer.read())) list.push(`${header.path} ${header.mode.toString(8)} ${header.target}`);
    contents.push(list);
  }
  assert.deepEqual(contents, [
    ['bin 755 ', 'bin/link 777 tool', 'bin/tool 4751 '],
    ['etc 755 ', 'etc/conf 755 ', 'etc/conf/a 600 '],
  ]);
  assert.deepEqual(await readImageArchive(one, 'arm64'), []);
});

test('what docker save writes becomes an OCI manifest', async () => {
  const layer = gzipSync('a layer');
  const config = Buffer.from('{"architecture":"amd64","os":"linux"}');
  const manifest = Buffer.from(JSON.stringify([{ Config: 'c.json', RepoTags: ['demo:1'], Layers: ['l/layer.tar', 'again/layer.tar'] }]));
  const file = (path: string, bytes: Buffer) => {
    const header = tarHeader({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: bytes.length });
    return Buffer.concat([header, bytes, Buffer.alloc(paddingOf(bytes.length))]);
  };
  const link = tarHeader({ path: 'again/layer.tar', type: 'symlink', mode: 0o777, uid: 0, gid: 0, size: 0, target: '../l/layer.tar' });
  const tar = Buffer.concat([file('l/layer.tar', layer), link, file('c.json', config), file('manifest.json', manifest), Buffer.alloc(1024)]);
  const packed = join(folder, 'docker.tar.gz');
  writeFileSync(packed, gzipSync(tar));
  const plain = join(folder, 'docker.tar');
  await spool(createReadStream(packed), plain, 1_000_000);
  await assert.rejects(spool(createReadStream(packed), join(folder, 'more.tar'), 1000), /greater than 1000 bytes/);
  const [image] = await readImageArchive(plain, 'amd64');
  assert.deepEqual(image!.names, ['docker.io/library/demo:1']);
  const type = 'application/vnd.oci.image.layer.v1.tar+gzip';
  assert.deepEqual(
    image!.layers.map((l) => [l.digest, l.mediaType]),
    [
      [sha(layer), type],
      [sha(layer), type],
    ],
  );
  assert.equal(image!.config.digest, sha(config));
  assert.equal(sha(Buffer.concat(await Array.fromAsync(image!.manifest.read()))), image!.manifest.digest);
});

test('archives that hold no image say so', async () => {
  const empty = join(folder, 'empty.tar');
  writeFileSync(empty, Buffer.alloc(1024));
  await assert.rejects(readImageArchive(empty, 'amd64'), /no image archive/);
});

test('the pause program ends at once on SIGTERM and SIGINT with 0', { skip: process.arch !== 'x64' && 'not an x86 machine' }, async () => {
  const program = join(folder, 'pause');
  writeFileSync(program, pauseElf('amd64'), { mode: 0o755 });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const child = spawn(program);
    await once(child, 'spawn');
    // exec has succeeded; the handlers are there once it sleeps in pause.
    while (!/^34 /.test(readFileSync(`/proc/${child.pid}/syscall`, 'latin1'))) await new Promise((r) => setImmediate(r));
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  }
});

test('the arm64 program is made of the instructions meant', () => {
  const elf = pauseElf('arm64');
  assert.equal(elf.readUInt16LE(18), 183);
  const word = (i: number) => elf.readUInt32LE(120 + i * 4).toString(16);
  // mov x8, #134; mov x0, #2; …; svc #0
  assert.deepEqual([word(0), word(1), word(3), word(6)], ['d28010c8', 'd2800040', 'f2a00801', 'd4000001']);
  // b .-28, then mov x8, #94; mov x0, #0; svc #0
  assert.deepEqual([word(28), word(29), word(30), word(31)], ['17fffff9', 'd2800bc8', 'd2800000', 'd4000001']);
  const handler = elf.readBigUInt64LE(elf.length - 64);
  assert.equal(handler, BigInt(0x400000 + 120 + 29 * 4));
});

test('the sandbox image is a few KiB', async () => {
  const tar = join(folder, 'pause.tar');
  assert.equal((await buildPauseImage(tar, 'arm64')).name, pauseImageName);
  assert.ok(readFileSync(tar).length < 16_384);
});
