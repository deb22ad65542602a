import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff, goMilliseconds, goSeconds } from './restart-backoff.ts';

test('waits double from 10 s to 5 min', () => {
  const backoff = new Backoff();
  let now = 0;
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    backoff.next('a', now);
    const endedMs = now + 1_000;
    waits.push(backoff.remaining('a', endedMs, endedMs));
    now = endedMs + waits.at(-1)!;
  }
  assert.deepEqual(waits, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
});

test('a run of more than ten minutes starts the row over', () => {
  const backoff = new Backoff();
  for (const at of [0, 20_000, 50_000]) backoff.next('a', at);
  const endedMs = 50_000 + 601_000;
  assert.equal(backoff.remaining('a', endedMs, endedMs), 0);
  backoff.next('a', endedMs + 100_000);
  assert.equal(backoff.delayOf('a'), 10_000);
});

test('keys are forgotten by prefix', () => {
  const backoff = new Backoff();
  backoff.next('u1_a', 0);
  backoff.next('u2_a', 0);
  backoff.forget('u1_');
  assert.deepEqual([backoff.delayOf('u1_a'), backoff.delayOf('u2_a')], [0, 10_000]);
});

test('seconds as Go prints them', () => {
  assert.deepEqual([10_000, 80_000, 300_000].map(goSeconds), ['10s', '1m20s', '5m0s']);
});

test('milliseconds as Go prints them', () => {
  assert.deepEqual([0, 532.9, 1_000, 1_532, 61_250, 3_723_004].map(goMilliseconds), ['0ms', '532ms', '1s', '1.532s', '1m1.25s', '1h2m3.004s']);
});
