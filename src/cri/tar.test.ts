import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { paddingOf, type TarHeader, tarHeader } from './tar-format.ts';
import { readTar } from './tar-read.ts';

const owner = { mode: 0o755, uid: 1000, gid: 70_000_000 };
const long = `${'long/'.repeat(60)}name`;
const members: readonly (readonly [TarHeader, string])[] = [
  [{ path: 'etc', type: 'directory', ...owner, size: 0, target: '' }, ''],
  [{ path: 'etc/hosts', type: 'file', ...owner, size: 5, target: '' }, 'hello'],
  [{ path: long, type: 'file', ...owner, mode: 0o4755, size: 600, target: '' }, 'x'.repeat(600)],
  [{ path: 'ümlaut', type: 'symlink', ...owner, size: 0, target: `/${long}` }, ''],
  [{ path: 'hard', type: 'link', ...owner, size: 0, target: 'etc/hosts' }, ''],
];

function archive(list: typeof members): Buffer {
  const parts = list.flatMap(([header, content]) => [tarHeader(header), Buffer.from(content), Buffer.alloc(paddingOf(content.length))]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = 1000): Promise<[TarHeader, string][]> {
  const result: [TarHeader, string][] = [];
  for await (const { header, content } of readTar(chunks(bytes, size))) {
    result.push([header, Buffer.concat(await Array.fromAsync(content)).toString('utf8')]);
  }
  return result;
}

test('what is written is read again, whatever the chunks', async () => {
  const bytes = archive(members);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), async (size) => {
      assert.deepEqual(await read(bytes, size), members);
    }),
    { numRuns: 20 },
  );
});

test('unread content is skipped and offsets point at it', async () => {
  const bytes = archive(members);
  const seen: string[] = [];
  for await (const { header, offset } of readTar(chunks(bytes, 333))) {
    seen.push(header.path);
    if (header.path === 'etc/hosts') assert.equal(bytes.toString('utf8', offset, offset + 5), 'hello');
  }
  assert.equal(seen.length, members.length);
});

test('GNU tar lists the same members', () => {
  const listed = execFileSync('tar', ['-tf', '-'], { input: archive(members), encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  assert.deepEqual(
    listed
      .split('\n')
      .filter(Boolean)
      .map((l) => l.replace('\\303\\274', 'ü')),
    ['etc/', 'etc/hosts', long, 'ümlaut', 'hard'],
  );
});

test('archives that are cut off, damaged or lead outside are refused', async () => {
  const bytes = archive(members);
  await assert.rejects(read(bytes.subarray(0, 1700)), /cut off/);
  await assert.rejects(read(Buffer.from('no archive at all'.repeat(100))), /not a tar archive/);
  for (const path of ['../evil', 'a/../../b']) {
    await assert.rejects(read(archive([[{ path, type: 'file', ...owner, size: 0 }, '']])), /leads outside/);
  }
  const rooted = await read(archive([[{ path: '/etc/./x', type: 'file', ...owner, size: 0 }, '']]));
  assert.equal(rooted[0]![0].path, 'etc/x');
});
