import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedMap } from './sorted-map.ts';

test('SortedMap agrees with a sorted array, and a clone does not see later changes', () => {
  const key = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '-', '/') });
  const step = fc.record({ key, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), key, key, (steps, low, high) => {
      const map = new SortedMap<number>();
      const model = new Map<string, number>();
      let snapshot: { readonly map: SortedMap<number>; readonly keys: string[] } | undefined;
      steps.forEach((s, i) => {
        if (i === steps.length >> 1) snapshot = { map: map.clone(), keys: [...model.keys()].sort() };
        if (s.remove) assert.equal(map.delete(s.key), model.delete(s.key));
        else {
          map.set(s.key, i);
          model.set(s.key, i);
        }
      });
      const seen: string[] = [];
      map.forRange(low, high, (_v, k) => void seen.push(k));
      const expected = [...model.keys()].sort().filter((k) => k >= low && k < high);
      assert.deepEqual(seen, expected);
      assert.equal(map.countRange(low, high), expected.length);
      assert.equal(map.size, model.size);
      if (snapshot)
        assert.deepEqual(
          [...snapshot.map.entries()].map(([k]) => k),
          snapshot.keys,
        );
    }),
    { seed: 7, numRuns: 100 },
  );
});

test('forRange stops when told', () => {
  const map = new SortedMap<string>();
  for (const k of ['a', 'b', 'c']) map.set(k, k);
  const seen: string[] = [];
  map.forRange('', undefined, (v) => {
    seen.push(v);
    return v !== 'b';
  });
  assert.deepEqual(seen, ['a', 'b']);
});
