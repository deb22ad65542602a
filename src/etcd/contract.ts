import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FakeClock } from '../base/index.ts';
import { type Etcd, EtcdError, type EtcdErrorCode, type KeyValue, type RequestOp, type TxnRequest } from './types.ts';

export interface ContractStore {
  readonly etcd: Etcd;
  /** Undefined where leases follow real time: those cases are skipped then. */
  readonly clock: FakeClock | undefined;
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (kv: KeyValue | undefined) => kv && Buffer.from(kv.value).toString();
const shown = (kvs: readonly KeyValue[]) => kvs.map((kv) => `${kv.key}=${text(kv)}@${kv.createRevision}/${kv.modRevision}/v${kv.version}`);
const put = (key: string, value = 'x', more: { lease?: number } = {}): RequestOp => ({ kind: 'put', request: { key, value: bytes(value), ...more } });
const del = (key: string, rangeEnd?: string): RequestOp => ({ kind: 'deleteRange', request: rangeEnd === undefined ? { key } : { key, rangeEnd } });
const always = (success: readonly RequestOp[]): TxnRequest => ({ compare: [], success, failure: [] });
const refuses = (code: EtcdErrorCode) => (e: unknown) => e instanceof EtcdError && e.code === code;

/** What every `Etcd` must do, as etcd does it. `open` gives an empty store; it is disposed of after each case. */
export function etcdContract(name: string, open: () => Promise<ContractStore>): void {
  const it = (title: string, run: (store: ContractStore) => Promise<void>) =>
    test(title, async () => {
      const store = await open();
      try {
        await run(store);
      } finally {
        await store.etcd[Symbol.asyncDispose]();
      }
    });
  describe(`${name}: etcd contract`, () => {
    keyValueCases(it);
    txnCases(it);
    refusalCases(it);
    historyCases(it);
    watchCases(it);
    readerCases(it);
    leaseCases(it);
  });
}

type It = (title: string, run: (store: ContractStore) => Promise<void>) => void;

function keyValueCases(it: It): void {
  it('an empty store is at revision 1', async ({ etcd }) => {
    assert.deepEqual(await etcd.range({ key: '\0', rangeEnd: '\0' }), { revision: 1, kvs: [], more: false, count: 0 });
  });
  it('put counts revisions and versions; a deleted key starts anew', async ({ etcd }) => {
    assert.equal((await etcd.put({ key: 'a', value: bytes('1') })).revision, 2);
    assert.equal((await etcd.put({ key: 'a', value: bytes('2') })).revision, 3);
    assert.deepEqual(shown((await etcd.range({ key: 'a' })).kvs), ['a=2@2/3/v2']);
    assert.deepEqual(await etcd.deleteRange({ key: 'a' }), { revision: 4, deleted: 1, prevKvs: [] });
    await etcd.put({ key: 'a', value: bytes('3') });
    assert.deepEqual(shown((await etcd.range({ key: 'a' })).kvs), ['a=3@5/5/v1']);
  });
  it('deleting nothing makes no revision', async ({ etcd }) => {
    assert.deepEqual(await etcd.deleteRange({ key: 'a', rangeEnd: 'z' }), { revision: 1, deleted: 0, prevKvs: [] });
  });
  it('previous values are given when asked for', async ({ etcd }) => {
    assert.equal((await etcd.put({ key: 'a', value: bytes('1'), prevKv: true })).prevKv, undefined);
    assert.equal(text((await etcd.put({ key: 'a', value: bytes('2'), prevKv: true })).prevKv), '1');
    assert.deepEqual(shown((await etcd.deleteRange({ key: 'a', prevKv: true })).prevKvs), ['a=2@2/3/v2']);
  });
  it('ranges are in order of bytes, end before rangeEnd, and count beyond the limit', async ({ etcd }) => {
    for (const key of ['b', 'a/', 'a-', 'a', 'a\xff', 'c']) await etcd.put({ key, value: bytes(key) });
    const keys = async (key: string, rangeEnd: string, limit = 0) => (await etcd.range({ key, rangeEnd, limit })).kvs.map((kv) => kv.key);
    assert.deepEqual(await keys('a', 'b'), ['a', 'a-', 'a/', 'a\xff']);
    assert.deepEqual(await keys('b', '\0'), ['b', 'c']);
    assert.deepEqual(await keys('b', 'a'), []);
    const page = await etcd.range({ key: '\0', rangeEnd: '\0', limit: 2 });
    assert.deepEqual([page.kvs.length, page.more, page.count], [2, true, 6]);
    const counted = await etcd.range({ key: 'a', rangeEnd: 'b', countOnly: true });
    assert.deepEqual([counted.kvs.length, counted.more, counted.count], [0, false, 4]);
    assert.equal((await etcd.range({ key: 'a', keysOnly: true })).kvs[0]!.value.length, 0);
  });
  it('keys must not be empty, requests not too large', async ({ etcd }) => {
    await assert.rejects(etcd.put({ key: '', value: bytes('') }), refuses('key-not-provided'));
    await assert.rejects(etcd.range({ key: '', rangeEnd: '\0' }), refuses('key-not-provided'));
    await assert.rejects(etcd.put({ key: 'a', value: new Uint8Array(2 * 1024 * 1024) }), refuses('too-large'));
  });
}

function txnCases(it: It): void {
  it('one branch runs, at one revision, and sees its own writes', async ({ etcd }) => {
    const request: TxnRequest = {
      compare: [{ key: 'a', target: 'MOD', result: 'EQUAL', operand: 0 }],
      success: [put('a', '1'), put('b', '2'), { kind: 'range', request: { key: 'a', rangeEnd: 'z' } }],
      failure: [{ kind: 'range', request: { key: 'a' } }],
    };
    const first = await etcd.txn(request);
    assert.deepEqual([first.succeeded, first.revision], [true, 2]);
    const seen = first.responses[2]!;
    assert.ok(seen.kind === 'range');
    assert.deepEqual(shown(seen.response.kvs), ['a=1@2/2/v1', 'b=2@2/2/v1']);
    const second = await etcd.txn(request);
    assert.deepEqual([second.succeeded, second.revision, second.responses[0]?.kind], [false, 2, 'range']);
  });
  it('compares every target, over ranges too', async ({ etcd }) => {
    await etcd.put({ key: 'a', value: bytes('m') });
    await etcd.put({ key: 'a', value: bytes('m') });
    const cases = [
      [{ key: 'a', target: 'VERSION', result: 'EQUAL', operand: 2 }, true],
      [{ key: 'a', target: 'CREATE', result: 'LESS', operand: 3 }, true],
      [{ key: 'a', target: 'MOD', result: 'GREATER', operand: 3 }, false],
      [{ key: 'a', target: 'LEASE', result: 'EQUAL', operand: 0 }, true],
      [{ key: 'a', target: 'VALUE', result: 'GREATER', operand: bytes('a') }, true],
      [{ key: 'a', target: 'VALUE', result: 'NOT_EQUAL', operand: bytes('m') }, false],
      [{ key: 'none', target: 'VERSION', result: 'EQUAL', operand: 0 }, true],
      [{ key: 'none', target: 'VALUE', result: 'EQUAL', operand: bytes('') }, false],
      [{ key: 'a', rangeEnd: 'b', target: 'VERSION', result: 'EQUAL', operand: 2 }, true],
      [{ key: 'x', rangeEnd: 'z', target: 'CREATE', result: 'EQUAL', operand: 0 }, true],
    ] as const;
    for (const [compare, expected] of cases) {
      const { succeeded } = await etcd.txn({ compare: [compare], success: [], failure: [] });
      assert.equal(succeeded, expected, JSON.stringify(compare));
    }
  });
  it('nested transactions compare against the state before the whole', async ({ etcd }) => {
    const nested: TxnRequest = {
      compare: [{ key: 'a', target: 'VERSION', result: 'EQUAL', operand: 0 }],
      success: [put('b', 'then')],
      failure: [put('b', 'else')],
    };
    const result = await etcd.txn(always([put('a'), { kind: 'txn', request: nested }]));
    assert.equal(result.revision, 2);
    assert.equal(text((await etcd.range({ key: 'b' })).kvs[0]), 'then');
  });
}

function refusalCases(it: It): void {
  it('refuses duplicate keys, puts into deleted ranges and too many operations, and changes nothing', async ({ etcd }) => {
    const either: TxnRequest = { compare: [], success: [put('a')], failure: [put('a')] };
    const refused: [TxnRequest, EtcdErrorCode][] = [
      [always([put('a'), put('a')]), 'duplicate-key'],
      [always([del('a', 'z'), put('b')]), 'duplicate-key'],
      [always([put('a'), { kind: 'txn', request: either }]), 'duplicate-key'],
      [{ compare: [], success: [], failure: [put('a'), put('a')] }, 'duplicate-key'],
      [always(Array.from({ length: 129 }, (_, i) => put(`k${i}`))), 'too-many-ops'],
      [
        always([
          ...Array.from({ length: 100 }, (_, i) => put(`k${i}`)),
          { kind: 'txn', request: always(Array.from({ length: 28 }, (_, i) => put(`n${i}`))) },
        ]),
        'too-many-ops',
      ],
      [always([put('')]), 'key-not-provided'],
      [always([put('a', 'x', { lease: 99 })]), 'lease-not-found'],
      [always([put('a'), { kind: 'range', request: { key: 'a', revision: 50 } }]), 'future-revision'],
    ];
    for (const [request, code] of refused) await assert.rejects(etcd.txn(request), refuses(code), code);
    assert.equal((await etcd.status()).revision, 1);
    await etcd.txn(always([del('a', 'c'), del('a', 'b'), put('d')]));
    await etcd.txn(always([{ kind: 'txn', request: either }]));
    await etcd.txn(always(Array.from({ length: 128 }, (_, i) => put(`k${i}`))));
  });
}

function historyCases(it: It): void {
  it('the past can be read until it is compacted', async ({ etcd }) => {
    await etcd.put({ key: 'a', value: bytes('1') });
    await etcd.put({ key: 'b', value: bytes('2') });
    await etcd.put({ key: 'a', value: bytes('3') });
    await etcd.deleteRange({ key: 'b' });
    const at = async (revision: number) => shown((await etcd.range({ key: 'a', rangeEnd: 'z', revision })).kvs);
    assert.deepEqual(await at(2), ['a=1@2/2/v1']);
    assert.deepEqual(await at(3), ['a=1@2/2/v1', 'b=2@3/3/v1']);
    assert.deepEqual(await at(5), ['a=3@2/4/v2']);
    await assert.rejects(at(6), refuses('future-revision'));
    await etcd.compact(4);
    await assert.rejects(at(3), (e) => e instanceof EtcdError && e.code === 'compacted' && e.compactRevision === 4);
    assert.deepEqual(await at(4), ['a=3@2/4/v2', 'b=2@3/3/v1']);
    assert.deepEqual(await at(0), ['a=3@2/4/v2']);
    await assert.rejects(etcd.compact(4), refuses('compacted'));
    await assert.rejects(etcd.compact(9), refuses('future-revision'));
    await etcd.compact(5);
    assert.deepEqual(await at(5), ['a=3@2/4/v2']);
  });
}

function watchCases(it: It): void {
  it('delivers what comes, whole revisions in order, in its range only', async ({ etcd }) => {
    const watcher = etcd.watch({ key: 'a', rangeEnd: 'b', prevKv: true });
    const first = watcher.read();
    await etcd.put({ key: 'z', value: bytes('no') });
    await etcd.txn(always([put('a1', '1'), put('z'), put('a2', '2')]));
    const batch = await first;
    assert.deepEqual(
      batch?.events.map((e) => `${e.type} ${e.kv.key}@${e.kv.modRevision}`),
      ['PUT a1@3', 'PUT a2@3'],
    );
    await etcd.put({ key: 'a1', value: bytes('3') });
    await etcd.deleteRange({ key: 'a', rangeEnd: 'b' });
    const events = [];
    while (events.length < 3) events.push(...(await watcher.read())!.events);
    assert.deepEqual(
      events.map((e) => `${e.type} ${e.kv.key} ${text(e.prevKv)}`),
      ['PUT a1 1', 'DELETE a1 3', 'DELETE a2 2'],
    );
    watcher.cancel();
    assert.equal(await watcher.read(), undefined);
  });
  it('starts in history, and says when it is gone', async ({ etcd }) => {
    for (const v of ['1', '2', '3']) await etcd.put({ key: 'a', value: bytes(v) });
    const watcher = etcd.watch({ key: 'a', startRevision: 3 });
    const batch = await watcher.read();
    assert.deepEqual(
      batch!.events.map((e) => text(e.kv)),
      ['2', '3'],
    );
    assert.equal(batch!.events[0]!.prevKv, undefined);
    watcher.cancel();
    await etcd.compact(4);
    const late = etcd.watch({ key: 'a', startRevision: 3 });
    await assert.rejects(late.read(), (e) => e instanceof EtcdError && e.code === 'compacted' && e.compactRevision === 4);
    const fine = etcd.watch({ key: 'a', startRevision: 4 });
    assert.deepEqual(
      (await fine.read())!.events.map((e) => text(e.kv)),
      ['3'],
    );
    fine.cancel();
  });
  it('starts in the future', async ({ etcd }) => {
    const watcher = etcd.watch({ key: 'a', startRevision: 4 });
    const read = watcher.read();
    for (const v of ['2', '3', '4']) await etcd.put({ key: 'a', value: bytes(v) });
    assert.deepEqual(
      (await read)!.events.map((e) => text(e.kv)),
      ['4'],
    );
    watcher.cancel();
  });
}

function readerCases(it: It): void {
  it('progress tells that all before it has been delivered', async ({ etcd }) => {
    const watcher = etcd.watch({ key: 'a' });
    await etcd.put({ key: 'other', value: bytes('') });
    const read = watcher.read();
    watcher.requestProgress();
    assert.deepEqual(await read, { revision: 2, events: [] });
    watcher.cancel();
  });
  it('a read that waits ends with the watch', async ({ etcd }) => {
    const watcher = etcd.watch({ key: 'a' });
    const read = watcher.read();
    watcher.cancel();
    assert.equal(await read, undefined);
  });
  it('a slow reader gets all events in batches that never split a revision', async ({ etcd }) => {
    const watcher = etcd.watch({ key: 'k', rangeEnd: 'l' });
    for (let i = 0; i < 30; i++) await etcd.txn(always(Array.from({ length: 100 }, (_, k) => put(`k${k}`, String(i)))));
    let seen = 0;
    let last = 0;
    while (seen < 3000) {
      const { events } = (await watcher.read())!;
      assert.ok(events[0]!.kv.modRevision > last, 'a revision is in one batch');
      last = events.at(-1)!.kv.modRevision;
      seen += events.length;
    }
    assert.equal(seen, 3000);
    watcher.cancel();
  });
}

function leaseCases(it: It): void {
  it('a revoked lease takes its keys along, in one revision', async ({ etcd }) => {
    const { id } = await etcd.leaseGrant(60);
    await etcd.put({ key: 'b', value: bytes(''), lease: id });
    await etcd.put({ key: 'a', value: bytes(''), lease: id });
    await etcd.put({ key: 'kept', value: bytes(''), lease: id });
    await etcd.put({ key: 'kept', value: bytes('') });
    assert.deepEqual((await etcd.leaseTimeToLive(id)).keys, ['a', 'b']);
    const watcher = etcd.watch({ key: 'a', rangeEnd: 'z' });
    await etcd.leaseRevoke(id);
    assert.deepEqual(
      (await watcher.read())!.events.map((e) => `${e.type} ${e.kv.key}@${e.kv.modRevision}`),
      ['DELETE a@6', 'DELETE b@6'],
    );
    watcher.cancel();
    await assert.rejects(etcd.leaseRevoke(id), refuses('lease-not-found'));
    await assert.rejects(etcd.leaseKeepAlive(id), refuses('lease-not-found'));
    await assert.rejects(etcd.put({ key: 'a', value: bytes(''), lease: id }), refuses('lease-not-found'));
    assert.equal((await etcd.leaseTimeToLive(id)).ttlSeconds, -1);
  });
  it("lease ids are the caller's or chosen, and unique", async ({ etcd }) => {
    assert.equal((await etcd.leaseGrant(60, 7)).id, 7);
    await assert.rejects(etcd.leaseGrant(60, 7), refuses('lease-exists'));
    await assert.rejects(etcd.leaseGrant(9_000_000_001), refuses('lease-ttl-too-large'));
    assert.notEqual((await etcd.leaseGrant(60)).id, (await etcd.leaseGrant(60)).id);
  });
  it('a lease ends when its time is over, and lives on when it is kept alive', async ({ etcd, clock }) => {
    if (!clock) return;
    const a = await etcd.leaseGrant(10);
    const b = await etcd.leaseGrant(10);
    await etcd.put({ key: 'a', value: bytes(''), lease: a.id });
    await etcd.put({ key: 'b', value: bytes(''), lease: b.id });
    await clock.advance(6000);
    assert.equal(await etcd.leaseKeepAlive(b.id), 10);
    assert.equal((await etcd.leaseTimeToLive(a.id)).ttlSeconds, 4);
    const gone = etcd.watch({ key: 'a', startRevision: 4 }).read();
    await clock.advance(5000);
    assert.equal((await gone)!.events[0]!.type, 'DELETE');
    assert.deepEqual(
      (await etcd.range({ key: 'a', rangeEnd: 'z' })).kvs.map((kv) => kv.key),
      ['b'],
    );
  });
}
