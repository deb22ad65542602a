import { type Accepts, isWord, PatternError } from './character-class.ts';
import type { Assertion, Node } from './parser.ts';

/** What a pattern may become, in states: more are refused, since each character of the text may visit every state. */
const maxStates = 10_000;

/** States: a character to be read, an assertion, or a choice of two. The last state is the match. */
interface State {
  readonly accepts?: Accepts;
  readonly assertion?: Assertion;
  next: number;
  other: number;
}

export interface Program {
  readonly states: readonly State[];
  readonly start: number;
  readonly match: number;
}

/** Throws `PatternError` for what becomes too large. */
export function compile(root: Node): Program {
  const states: State[] = [{ next: -1, other: -1 }];
  const add = (state: State): number => {
    if (states.length >= maxStates) throw new PatternError('expression too large');
    return states.push(state) - 1;
  };
  /** The first state of `node`, which goes on to `next`. */
  const build = (node: Node, next: number): number => {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'character':
        return add({ accepts: node.accepts, next, other: -1 });
      case 'assertion':
        return add({ assertion: node.what, next, other: -1 });
      case 'sequence':
        return node.parts.reduceRight((after, part) => build(part, after), next);
      case 'choice':
        return node.parts.map((part) => build(part, next)).reduceRight((other, first) => add({ next: first, other }));
      case 'repeat':
        return repeat(node, next);
    }
  };
  const repeat = ({ of, min, max }: Extract<Node, { kind: 'repeat' }>, next: number): number => {
    let at = next;
    if (max === Infinity) {
      const loop = add({ next: -1, other: next });
      states[loop]!.next = build(of, loop);
      at = loop;
    } else for (let i = min; i < max; i++) at = add({ next: build(of, at), other: next });
    for (let i = 0; i < min; i++) at = build(of, at);
    return at;
  };
  const start = build(root, 0);
  return { states, start, match: 0 };
}

function holds(what: Assertion, before: number, after: number): boolean {
  switch (what) {
    case 'textStart':
      return before < 0;
    case 'textEnd':
      return after < 0;
    case 'lineStart':
      return before < 0 || before === 10;
    case 'lineEnd':
      return after < 0 || after === 10;
    case 'wordBoundary':
      return isWord(before) !== isWord(after);
    case 'noWordBoundary':
      return isWord(before) === isWord(after);
  }
}

/** All states at once, character by character (Thompson's way). Code points are -1 outside the text. */
export function run({ states, start, match }: Program, text: string): boolean {
  const seenAt = new Int32Array(states.length).fill(-1);
  let active: number[] = [];
  let at = 0;
  let step = 0;
  let before = -1;
  for (;;) {
    const after = at < text.length ? text.codePointAt(at)! : -1;
    const waiting: number[] = [];
    const open = [...active.toReversed()];
    open.unshift(start);
    while (open.length > 0) {
      const index = open.pop()!;
      if (index < 0 || seenAt[index] === step) continue;
      seenAt[index] = step;
      if (index === match) return true;
      const state = states[index]!;
      if (state.accepts) waiting.push(index);
      else if (state.assertion === undefined) open.push(state.next, state.other);
      else if (holds(state.assertion, before, after)) open.push(state.next);
    }
    if (after < 0) return false;
    active = [];
    for (const index of waiting) if (states[index]!.accepts!(after)) active.push(states[index]!.next);
    before = after;
    at += after > 0xffff ? 2 : 1;
    step++;
  }
}
