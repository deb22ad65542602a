import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../base/index.ts';
import { createWorkQueue } from './work-queue.ts';

test('a key added twice is handled once, in the order of the first add', async () => {
  const queue = createWorkQueue(new FakeClock());
  for (const key of ['a', 'b', 'a']) queue.add(key);
  assert.equal(queue.length, 2);
  assert.deepEqual([await queue.take(), await queue.take()], ['a', 'b']);
});

test('a key in work is not given out again until it is done', async () => {
  const queue = createWorkQueue(new FakeClock());
  queue.add('a');
  assert.equal(await queue.take(), 'a');
  queue.add('a');
  assert.equal(queue.length, 0);
  const next = queue.take();
  queue.done('a');
  assert.equal(await next, 'a');
});

test('delays keep the soonest, and run on the clock', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue(clock);
  queue.addAfter('a', 5000);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 9000);
  await clock.advance(999);
  assert.equal(queue.length, 0);
  await clock.advance(1);
  assert.equal(queue.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('failures wait 5, 10, 20 ms and start over after forget', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue(clock);
  for (const wait of [5, 10, 20]) {
    queue.addRateLimited('a');
    await clock.advance(wait - 1);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(await queue.take(), 'a');
    queue.done('a');
  }
  assert.equal(queue.requeues('a'), 3);
  queue.forget('a');
  queue.addRateLimited('a');
  await clock.advance(5);
  assert.equal(queue.length, 1);
});

test('more than the burst of failures is held to the rate', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue(clock, { baseDelayMs: 1, maxDelayMs: 1000, perSecond: 10, burst: 2 });
  for (const key of ['a', 'b', 'c', 'd']) queue.addRateLimited(key);
  await clock.advance(50);
  assert.equal(queue.length, 2);
  await clock.advance(150);
  assert.equal(queue.length, 4);
});

test('draining gives out what waits, waits for what is in work, and takes nothing more', async () => {
  const queue = createWorkQueue(new FakeClock());
  queue.add('a');
  queue.add('b');
  const a = await queue.take();
  let drained = false;
  const drain = queue.drain().then(() => (drained = true));
  queue.add('c');
  assert.equal(await queue.take(), 'b');
  assert.equal(await queue.take(), undefined);
  queue.done('b');
  await Promise.resolve();
  assert.equal(drained, false);
  queue.done(a ?? '');
  await drain;
});

test('whatever the order of calls, no key is in work twice and none is lost', async () => {
  const step = fc.oneof(fc.record({ add: fc.constantFrom('a', 'b', 'c') }), fc.constant('take' as const), fc.constant('done' as const));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const queue = createWorkQueue(new FakeClock());
      const owed = new Set<string>();
      const working: string[] = [];
      const take = async () => {
        const key = (await queue.take()) ?? '';
        assert.ok(!working.includes(key));
        working.push(key);
        owed.delete(key);
      };
      for (const s of steps) {
        if (typeof s === 'object') {
          queue.add(s.add);
          owed.add(s.add);
        } else if (s === 'take') {
          if (queue.length > 0) await take();
        } else {
          const key = working.shift();
          if (key !== undefined) queue.done(key);
        }
      }
      while (working.length > 0) queue.done(working.shift()!);
      while (queue.length > 0) {
        await take();
        queue.done(working.shift()!);
      }
      assert.equal(owed.size, 0);
    }),
    { numRuns: 200 },
  );
});
