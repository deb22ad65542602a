import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import { etcdContract } from './contract.ts';
import { openDiskEtcd } from './disk.ts';
import type { Etcd } from './types.ts';

const made: string[] = [];
async function freshDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kubets-etcd-'));
  made.push(dir);
  return join(dir, 'data');
}
after(async () => {
  for (const dir of made) await rm(dir, { recursive: true, force: true });
});

const segmentBytes = 64 * 1024;
const openAt = (dir: string) => openDiskEtcd({ dir, clock: new FakeClock(), logger: silentLogger, segmentBytes });
const value = (text: string) => new Uint8Array(Buffer.from(text));
const all = async (etcd: Etcd) =>
  (await etcd.range({ key: '\0', rangeEnd: '\0' })).kvs.map(
    (kv) => `${kv.key}=${Buffer.from(kv.value).toString()}@${kv.modRevision}/v${kv.version}/l${kv.lease}`,
  );

etcdContract('disk', async () => {
  const clock = new FakeClock();
  return { etcd: await openDiskEtcd({ dir: await freshDir(), clock, logger: silentLogger, segmentBytes }), clock };
});

/** Leaves the directory as a killed process would: the log is there, the backend has seen nothing of it. */
async function killedAfter(writes: (etcd: Etcd) => Promise<void>): Promise<{ readonly dir: string; readonly wal: string }> {
  const dir = await freshDir();
  const etcd = await openAt(dir);
  await writes(etcd);
  const copy = await freshDir();
  await (await import('node:fs/promises')).cp(dir, copy, { recursive: true });
  await etcd[Symbol.asyncDispose]();
  await rm(join(copy, 'lock'));
  const names = (await readdir(join(copy, 'wal'))).filter((n) => n.endsWith('.wal')).sort();
  return { dir: copy, wal: join(copy, 'wal', names.at(-1)!) };
}

const threeWrites = async (etcd: Etcd) => {
  for (const key of ['a', 'b', 'c']) await etcd.put({ key, value: value(key.repeat(2000)) });
};

describe('disk', () => {
  test('everything is there again after a restart: values, versions, leases, history, compaction', async () => {
    const dir = await freshDir();
    let etcd = await openAt(dir);
    const lease = await etcd.leaseGrant(100);
    for (let i = 0; i < 5; i++) await etcd.put({ key: 'a', value: value(String(i)) });
    await etcd.put({ key: 'b', value: value('b'), lease: lease.id });
    await etcd.deleteRange({ key: 'a' });
    await etcd.compact(4);
    const before = await all(etcd);
    const status = await etcd.status();
    await etcd[Symbol.asyncDispose]();
    etcd = await openAt(dir);
    assert.deepEqual(await all(etcd), before);
    assert.deepEqual(await etcd.status(), status);
    assert.equal(Buffer.from((await etcd.range({ key: 'a', revision: 5 })).kvs[0]!.value).toString(), '3');
    await assert.rejects(etcd.range({ key: 'a', revision: 3 }), /compacted/);
    assert.deepEqual((await etcd.leaseTimeToLive(lease.id)).keys, ['b']);
    const watcher = etcd.watch({ key: 'a', startRevision: 6 });
    assert.deepEqual(
      (await watcher.read())!.events.map((e) => e.type),
      ['PUT', 'DELETE'],
    );
    await etcd[Symbol.asyncDispose]();
  });

  test('a log without its backend is replayed', async () => {
    const { dir } = await killedAfter(async (etcd) => {
      await threeWrites(etcd);
      await assert.rejects(etcd.put({ key: 'x', value: value(''), lease: 5 }));
      await etcd.txn({
        compare: [],
        success: [
          { kind: 'deleteRange', request: { key: 'b' } },
          { kind: 'put', request: { key: 'd', value: value('d') } },
        ],
        failure: [],
      });
    });
    await using etcd = await openAt(dir);
    assert.deepEqual(
      (await all(etcd)).map((line) => line.replace(/=.*@/, '@')),
      ['a@2/v1/l0', 'c@4/v1/l0', 'd@5/v1/l0'],
    );
  });

  test('segments that the backend covers are removed, and many segments replay', async () => {
    const big = async (etcd: Etcd) => {
      for (let i = 0; i < 100; i++) await etcd.put({ key: `k${i}`, value: new Uint8Array(5000).fill(i) });
    };
    const { dir } = await killedAfter(big);
    assert.ok((await readdir(join(dir, 'wal'))).length > 5);
    const etcd = await openAt(dir);
    assert.equal((await etcd.range({ key: 'k', rangeEnd: 'l', countOnly: true })).count, 100);
    await etcd[Symbol.asyncDispose]();
    assert.equal((await readdir(join(dir, 'wal'))).length, 1);
  });

  test('files are for their owner alone', async () => {
    const dir = await freshDir();
    await using etcd = await openAt(dir);
    await etcd.put({ key: 'a', value: value('secret') });
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
    for (const name of await readdir(dir, { recursive: true })) {
      const { mode } = await stat(join(dir, name));
      assert.equal(mode & 0o077, 0, name);
    }
  });

  test("a second opener is refused, a dead owner's lock is taken over", async () => {
    const dir = await freshDir();
    const etcd = await openAt(dir);
    await assert.rejects(openAt(dir), /is in use by process/);
    await etcd[Symbol.asyncDispose]();
    await writeFile(join(dir, 'lock'), '1 123@another-boot');
    await (await openAt(dir))[Symbol.asyncDispose]();
  });

  test('a torn write at the end is cut off and the log goes on', async () => {
    const { dir, wal } = await killedAfter(threeWrites);
    const bytes = await readFile(wal);
    const third = bytes.lastIndexOf(Buffer.from('KBWL'));
    assert.ok(third > 0);
    bytes.fill(0, third + 600, third + 1600);
    await writeFile(wal, bytes);
    let etcd = await openAt(dir);
    assert.deepEqual(
      (await all(etcd)).map((line) => line[0]),
      ['a', 'b'],
    );
    await etcd.put({ key: 'd', value: value('d') });
    await etcd[Symbol.asyncDispose]();
    etcd = await openAt(dir);
    assert.deepEqual(
      (await all(etcd)).map((line) => line[0]),
      ['a', 'b', 'd'],
    );
    await etcd[Symbol.asyncDispose]();
  });

  test('damage before the end is refused with its place', async () => {
    const { dir, wal } = await killedAfter(threeWrites);
    const file = await open(wal, 'r+');
    await file.write(Buffer.from([0xee]), 0, 1, 2500);
    await file.close();
    await assert.rejects(openAt(dir), (e: Error) => e.name === 'WalCorruptError' && /damaged record at offset 2\d\d\d, index 2/.test(e.message));
  });

  test('a flipped bit in the last record is damage, not a torn write', async () => {
    const { dir, wal } = await killedAfter(threeWrites);
    const bytes = await readFile(wal);
    const third = bytes.lastIndexOf(Buffer.from('KBWL'));
    bytes[third + 1000]! ^= 1;
    await writeFile(wal, bytes);
    await assert.rejects(openAt(dir), /damaged record/);
  });

  test('a missing segment is refused', async () => {
    const { dir, wal } = await killedAfter(async (etcd) => {
      for (let i = 0; i < 40; i++) await etcd.put({ key: `k${i}`, value: new Uint8Array(5000).fill(1) });
    });
    const names = (await readdir(join(dir, 'wal'))).filter((n) => n.endsWith('.wal')).sort();
    assert.ok(names.length > 2);
    await rm(join(dir, 'wal', names[1]!));
    await assert.rejects(openAt(dir), /starts at \d+, expected \d+/);
    await truncate(wal, 0);
  });
});
