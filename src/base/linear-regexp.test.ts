import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linearRegExp, PatternError } from './linear-regexp.ts';

const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ['abc', ['abc', 'xabcx'], ['ab', 'ABC', '']],
  ['^a$', ['a'], ['a\n', 'ba']],
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', ['a', 'a-b.c9'], ['-a', 'a-', 'a..b', 'A']],
  ['^(a|bc){2,3}$', ['abc', 'aaa', 'bcbcbc'], ['a', 'aaaa']],
  ['^a{2}b{0,1}c{1,}$', ['aac', 'aabccc'], ['ac', 'aabb']],
  ['^x{,2}$', ['x{,2}'], ['x', 'xx']],
  ['(?i)^straße$', ['STRAßE'], ['strasse']],
  ['(?i:a)b', ['Ab', 'ab'], ['aB']],
  ['(?m)^b$', ['a\nb\nc'], ['ab']],
  ['a.b', ['a-b', 'a😀b'], ['a\nb', 'ab']],
  ['(?s)a.b', ['a\nb'], []],
  ['^[^a-c\\d]+$', ['xyz', '-'], ['a', '1', '']],
  ['^[]a-]+$', [']', 'a-'], ['b']],
  ['^[[:alpha:]_]\\w*\\z', ['_a1'], ['1a']],
  ['^\\p{Greek}\\pL\\P{Lu}$', ['αbc'], ['abc', 'αbC']],
  ['\\bfoo\\b', ['a foo b', 'foo'], ['afoo']],
  ['^\\Qa.b*\\E+$', ['a.b*', 'a.b**'], ['a.b', 'aabb']],
  ['^\\x41\\x{1F600}\\101\\.$', ['A😀A.'], ['A']],
  ['^(?P<n>a)(?<m>b)$', ['ab'], ['a']],
  ['', ['', 'x'], []],
  ['a*?b+?', ['b'], ['a']],
];

for (const [pattern, yes, no] of cases) {
  test(`/${pattern}/`, () => {
    const expression = linearRegExp(pattern);
    for (const text of yes) assert.equal(expression.test(text), true, JSON.stringify(text));
    for (const text of no) assert.equal(expression.test(text), false, JSON.stringify(text));
  });
}

test('what Go refuses is refused', () => {
  const deep = '('.repeat(1000);
  for (const pattern of [
    '(',
    ')',
    '[',
    'a**',
    '*',
    '(?=a)',
    '(?<!a)',
    '\\1',
    '\\y',
    '[b-a]',
    'a{1001}',
    '((a{1000}){1000}){1000}',
    '\\p{Nosuch}',
    '\\',
    deep,
  ]) {
    assert.throws(() => linearRegExp(pattern), PatternError, pattern.slice(0, 20));
  }
});

test('no pattern takes longer than its size times the text', () => {
  const text = `${'a'.repeat(20_000)}!`;
  const started = performance.now();
  for (const pattern of ['^(a+)+$', '^(a|aa)+$', '^(a*)*b', 'a*a*a*a*a*c', '(x+x+)+y', '(.*)*=.*'])
    assert.equal(linearRegExp(pattern).test(text), false, pattern);
  assert.ok(performance.now() - started < 5_000);
});

test("it agrees with JavaScript's engine where both have the syntax", () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '^', '$', '\\b', '-');
  const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
    pattern: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
    part: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.tuple(fc.constantFrom('a', 'b', '.', '[ab-]'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?')).map((t) => t.join('')),
      fc.tuple(tie('pattern'), tie('pattern'), fc.constantFrom('', '*', '?', '{1,2}')).map(([x, y, q]) => `(?:${x}|${y})${q}`),
    ),
  }));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '\n', '0'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (p, t) => assert.equal(linearRegExp(p).test(t), new RegExp(p).test(t), `/${p}/ on ${JSON.stringify(t)}`)),
    { numRuns: 2000 },
  );
});
