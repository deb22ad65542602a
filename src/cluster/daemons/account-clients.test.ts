import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/index.ts';
import { keepToken } from './account-clients.ts';

const lifeMs = 3_600_000;

test('a token is asked for once, and again when four fifths of its life are over', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const token = keepToken(() => Promise.resolve({ text: `t${++asked}`, expiresMs: clock.now() + lifeMs }), clock);
  assert.deepEqual(await Promise.all([token(), token()]), ['t1', 't1']);
  await clock.advance(lifeMs * 0.79);
  assert.equal(await token(), 't1');
  await clock.advance(lifeMs * 0.02);
  assert.equal(await token(), 't2');
});

test('a token that was refused is asked for again by the next call', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const token = keepToken(
    () => (++asked === 1 ? Promise.reject(new Error('not now')) : Promise.resolve({ text: 'late', expiresMs: clock.now() + lifeMs })),
    clock,
  );
  await assert.rejects(token(), /not now/);
  assert.equal(await token(), 'late');
});
