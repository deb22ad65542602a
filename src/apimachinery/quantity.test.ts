import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { humanDuration } from './human-duration.ts';
import { scaledIntOrPercent } from './int-or-string.ts';
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  milliValueOfQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  subQuantity,
  valueOfQuantity,
} from './quantity.ts';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

const canonical: readonly (readonly [string | number, string])[] = [
  ['0', '0'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1000Ki', '1000Ki'],
  ['512', '512'],
  ['0.1Ki', '102400m'],
  ['1e3', '1e3'],
  ['1000k', '1M'],
  ['-2000', '-2k'],
  ['0.0000000001', '1n'],
  ['100n', '100n'],
  [2.5, '2500m'],
  ['+3', '3'],
  ['.5Gi', '512Mi'],
];
for (const [input, expected] of canonical)
  test(`quantity ${input} prints ${expected}`, () => assert.equal(formatQuantity(parseQuantity(input)), expected));

test('what is no quantity is refused', () => {
  for (const text of ['', 'x', '1 Gi', '--1']) assert.throws(() => parseQuantity(text), /quantities must match the regular expression/);
  for (const text of ['1Mm', '1e', '1i']) assert.throws(() => parseQuantity(text), /unable to parse quantity's suffix/);
});

test('arithmetic is exact and keeps the format', () => {
  const add = (a: string, b: string) => formatQuantity(addQuantity(parseQuantity(a), parseQuantity(b)));
  assert.equal(add('100m', '900m'), '1');
  assert.equal(add('1Gi', '512Mi'), '1536Mi');
  assert.equal(add('0', '1Gi'), '1Gi');
  assert.equal(formatQuantity(subQuantity(parseQuantity('1'), parseQuantity('1100m'))), '-100m');
  assert.equal(compareQuantity(parseQuantity('1Ki'), parseQuantity('1k')), 1);
  assert.equal(quantityValue(parseQuantity('1001m')), 2);
});

test('the quick readers agree with the exact ones, and text with its value', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'n', 'u', 'e2');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999 }), suffix, (n, s) => {
      const q = parseQuantity(`${n}${s}`);
      assert.equal(valueOfQuantity(`${n}${s}`), quantityValue(q));
      assert.equal(milliValueOfQuantity(`${n}${s}`), quantityMilliValue(q));
      assert.equal(parseQuantity(formatQuantity(q)).nanos, q.nanos);
    }),
  );
});

const s = 1000;
const ages: readonly (readonly [number, string])[] = [
  [-5 * s, '<invalid>'],
  [0, '0s'],
  [119 * s, '119s'],
  [300 * s, '5m'],
  [310 * s, '5m10s'],
  [3600 * s, '60m'],
  [(3 * 60 + 12) * 60 * s, '3h12m'],
  [9 * 3600 * s, '9h'],
  [52 * 3600 * s, '2d4h'],
  [20 * 86400 * s, '20d'],
  [(2 * 365 + 20) * 86400 * s, '2y20d'],
  [9 * 365 * 86400 * s, '9y'],
];
for (const [ms, expected] of ages) test(`an age of ${ms} ms is ${expected}`, () => assert.equal(humanDuration(ms), expected));

test('times', () => {
  assert.equal(formatTime(1_767_225_600_999), '2026-01-01T00:00:00Z');
  assert.equal(formatMicroTime(1_767_225_600_250), '2026-01-01T00:00:00.250000Z');
  assert.equal(parseTime('2026-01-01T00:00:00.250000Z'), 1_767_225_600_250);
  assert.equal(parseTime(null), undefined);
});

test('percentages round as told', () => {
  assert.equal(scaledIntOrPercent(3, 10, { roundUp: true }), 3);
  assert.equal(scaledIntOrPercent('25%', 10, { roundUp: true }), 3);
  assert.equal(scaledIntOrPercent('25%', 10, { roundUp: false }), 2);
  assert.throws(() => scaledIntOrPercent('x', 10, { roundUp: true }), /not a percentage/);
});
