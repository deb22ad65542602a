import { assert } from '../base/index.ts';
import type { Selection } from './store.ts';
import type { Summary } from './types.ts';

/** The test a selection makes on a summary; undefined when it takes everything. `fieldNames` are the definition's selectable fields in order. */
export function compileSelection(selection: Selection, fieldNames: readonly string[]): ((summary: Summary) => boolean) | undefined {
  const { namespace, name, indexed, matches } = selection;
  const tests: ((summary: Summary) => boolean)[] = [];
  if (name) tests.push((s) => s.name === name);
  if (namespace) tests.push((s) => s.namespace === namespace);
  if (indexed) {
    const at = fieldNames.indexOf(indexed.field);
    assert(at >= 0, `${indexed.field} is a selectable field`);
    tests.push((s) => s.fields[at] === indexed.value);
  }
  if (matches) tests.push(matches);
  if (tests.length === 0) return undefined;
  const [only, second] = tests;
  if (tests.length === 1) return only;
  if (tests.length === 2) return (s) => only!(s) && second!(s);
  return (s) => tests.every((test) => test(s));
}

/** Whether more than a namespace is asked: upstream gives no remainingItemCount then. */
export function hasSelector(selection: Selection): boolean {
  return Boolean(selection.name) || selection.indexed !== undefined || selection.matches !== undefined;
}
