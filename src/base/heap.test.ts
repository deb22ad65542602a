import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedHeap } from './heap.ts';
import { seededRng } from './rng.ts';

test('a heap agrees with a sorted list under random changes', () => {
  const rng = seededRng(7);
  const heap = new KeyedHeap<{ key: string; rank: number }>((a, b) => a.rank - b.rank);
  const model = new Map<string, { key: string; rank: number }>();
  for (let i = 0; i < 5000; i++) {
    const key = `k${rng.int(60)}`;
    const action = rng.int(4);
    if (action < 2) {
      const value = { key, rank: rng.int(1000) };
      heap.set(key, value);
      model.set(key, value);
    } else if (action === 2) {
      assert.equal(heap.delete(key), model.delete(key));
    } else {
      const least = Math.min(...[...model.values()].map((v) => v.rank));
      const popped = heap.pop();
      assert.equal(popped?.rank, model.size === 0 ? undefined : least);
      if (popped) model.delete(popped.key);
    }
    assert.equal(heap.size, model.size);
    assert.equal(heap.get(key)?.rank, model.get(key)?.rank);
  }
});
