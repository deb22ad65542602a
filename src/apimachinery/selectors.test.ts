import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseFieldSelector } from './field-selector.ts';
import { everything, nothing, selectorFromObject, selectorFromSet } from './label-selector.ts';
import { parseLabelSelector } from './label-selector-parser.ts';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', n: '7' };
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['app', true],
    ['!app', false],
    ['app=web', true],
    ['app==web,tier in (front, back)', true],
    ['app!=web', false],
    ['other!=web', true],
    ['app notin (a,b)', true],
    ['other notin (a)', true],
    ['n>6,n<8', true],
    ['n>7', false],
    ['x>1', false],
    ['in', false],
    ['app in (,web)', true],
    ['x=', false],
    ['constructor', false],
    ['!constructor', true],
    ['constructor!=a', true],
  ];
  for (const [text, expected] of cases) test(`'${text}' is ${expected}`, () => assert.equal(parseLabelSelector(text).matches(labels), expected));

  const errors: readonly (readonly [string, string])[] = [
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in ()', "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
  ];
  for (const [text, message] of errors) test(`'${text}' is refused`, () => assert.throws(() => parseLabelSelector(text), { message }));

  test('bad keys and values name the rule', () => {
    assert.throws(
      () => parseLabelSelector('-a'),
      /^SelectorError: unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric/,
    );
    assert.throws(() => parseLabelSelector('a=-b'), /unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label must be/);
  });

  test('prints what it reads back', () => {
    const requirement = fc
      .tuple(fc.constantFrom('a', 'b', 'x.io/c'), fc.constantFrom('=', '!=', 'in', 'notin', '', '!'), fc.constantFrom('1', 'two'))
      .map(([k, op, v]) => (op === '' ? k : op === '!' ? `!${k}` : op.length > 2 || op === 'in' ? `${k} ${op} (${v})` : `${k}${op}${v}`));
    fc.assert(
      fc.property(
        fc.array(requirement, { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'x.io/c'), fc.constantFrom('1', 'two')),
        (parts, set) => {
          const selector = parseLabelSelector(parts.join(','));
          const again = parseLabelSelector(selector.toString());
          assert.equal(again.toString(), selector.toString());
          assert.equal(again.matches(set), selector.matches(set));
          assert.equal(
            selector.matches(set),
            parts.every((p) => parseLabelSelector(p).matches(set)),
          );
        },
      ),
    );
  });

  test('objects: absent selects nothing, empty everything', () => {
    assert.equal(selectorFromObject(undefined), nothing);
    assert.equal(selectorFromObject({}), everything);
    assert.equal(nothing.matches({}), false);
    const selector = selectorFromObject({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] });
    assert.equal(selector.matches(labels), true);
    assert.equal(selector.toString(), 'app=web,tier notin (back)');
    assert.throws(() => selectorFromObject({ matchExpressions: [{ key: 'a', operator: 'Like' }] }), {
      message: '"Like" is not a valid label selector operator',
    });
    assert.equal(selectorFromSet({ app: 'web' }).matches(undefined), false);
  });
});

describe('field selectors', () => {
  const read = (field: string) => (field === 'metadata.name' ? 'a,b' : field === 'spec.nodeName' ? 'n1' : '');
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['metadata.name=a\\,b', true],
    ['metadata.name==a\\,b,spec.nodeName!=n2', true],
    ['spec.nodeName!=n1', false],
    ['status.phase=', true],
  ];
  for (const [text, expected] of cases) test(`'${text}' is ${expected}`, () => assert.equal(parseFieldSelector(text).matches(read), expected));

  test('refusals and exact matches', () => {
    assert.throws(() => parseFieldSelector('a'), { message: "invalid selector: 'a'; can't understand 'a'" });
    assert.throws(() => parseFieldSelector('a=\\x'), { message: 'invalid field selector: invalid escape sequence: \\x' });
    assert.equal(parseFieldSelector('metadata.name=x').exactMatch('metadata.name'), 'x');
    assert.equal(parseFieldSelector('metadata.name!=x').exactMatch('metadata.name'), undefined);
  });
});
