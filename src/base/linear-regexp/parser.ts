import { type Accepts, anyCase, anyOf, code, controls, inRange, not, only, PatternError, perl, posix, unicodeClass } from './character-class.ts';

/** Go's own limit. */
const maxRepeat = 1000;
const maxNesting = 250;

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** A pattern as read. */
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly accepts: Accepts }
  | { readonly kind: 'assertion'; readonly what: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/** Reads one pattern in Go's syntax. */
export class Parser {
  readonly #text: readonly string[];
  #at = 0;
  #flags: Flags = { i: false, m: false, s: false };
  #nesting = 0;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new PatternError('unexpected )');
    return node;
  }

  /** `text` is ASCII. */
  #peek(text: string): boolean {
    return Array.from(text).every((character, i) => this.#text[this.#at + i] === character);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new PatternError('the pattern ends too early');
    return character;
  }

  #until(end: string): string {
    let taken = '';
    while (!this.#take(end)) taken += this.#next();
    return taken;
  }

  #choice(): Node {
    if (++this.#nesting > maxNesting) throw new PatternError('expression nests too deeply');
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#nesting--;
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length && !this.#peek('|') && !this.#peek(')')) {
      if (this.#take('\\Q')) {
        for (const character of this.#quoted()) parts.push(this.#literal(character));
        const last = parts.pop();
        if (last) parts.push(this.#quantified(last));
      } else parts.push(this.#quantified(this.#atom()));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #quoted(): string {
    let taken = '';
    while (this.#at < this.#text.length && !this.#take('\\E')) taken += this.#next();
    return taken;
  }

  #quantified(atom: Node): Node {
    let node = atom;
    let times = 0;
    for (;;) {
      const range = this.#quantifier();
      if (range === undefined) return node;
      if (++times > 1) throw new PatternError('invalid nested repetition operator');
      this.#take('?');
      node = { kind: 'repeat', of: node, min: range[0], max: range[1] };
    }
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#peek('{')) return undefined;
    const end = this.#text.indexOf('}', this.#at);
    const found = /^\{(\d{1,9})(,?)(\d{0,9})\}$/.exec(this.#text.slice(this.#at, Math.min(end + 1, this.#at + 22)).join(''));
    if (!found) return undefined;
    this.#at = end + 1;
    const min = Number(found[1]);
    const max = found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3]);
    if (min > maxRepeat || (max !== Infinity && max > maxRepeat) || max < min) throw new PatternError('invalid repeat count');
    return [min, max];
  }

  #atom(): Node {
    const character = this.#next();
    switch (character) {
      case '.': {
        const all = this.#flags.s;
        return { kind: 'character', accepts: (c) => all || c !== 10 };
      }
      case '^':
        return { kind: 'assertion', what: this.#flags.m ? 'lineStart' : 'textStart' };
      case '$':
        return { kind: 'assertion', what: this.#flags.m ? 'lineEnd' : 'textEnd' };
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new PatternError('missing argument to repetition operator');
      default:
        return this.#literal(character);
    }
  }

  #literal(character: string): Node {
    return this.#character(only(code(character)));
  }

  #character(accepts: Accepts): Node {
    return { kind: 'character', accepts: this.#flags.i ? anyCase(accepts) : accepts };
  }

  #group(): Node {
    const before = this.#flags;
    if (this.#take('?')) {
      if (this.#take('P<') || (this.#peek('<') && !this.#peek('<=') && !this.#peek('<!') && this.#take('<'))) {
        if (!/^\w+$/.test(this.#until('>'))) throw new PatternError('invalid named capture');
      } else if (this.#readFlags()) return { kind: 'empty' };
    }
    const node = this.#choice();
    if (!this.#take(')')) throw new PatternError('missing closing )');
    this.#flags = before;
    return node;
  }

  /** `(?i)` or the head of `(?i:…)`; true when the group ends with it, and its flags hold from here on. */
  #readFlags(): boolean {
    let on = true;
    for (;;) {
      const flag = this.#next();
      if (flag === ')' || flag === ':') return flag === ')';
      if (flag === '-' && on) on = false;
      else if (flag === 'i' || flag === 'm' || flag === 's') this.#flags = { ...this.#flags, [flag]: on };
      else if (flag !== 'U') throw new PatternError('invalid or unsupported Perl syntax');
    }
  }

  #escape(): Node {
    const character = this.#next();
    switch (character) {
      case 'A':
        return { kind: 'assertion', what: 'textStart' };
      case 'z':
        return { kind: 'assertion', what: 'textEnd' };
      case 'b':
        return { kind: 'assertion', what: 'wordBoundary' };
      case 'B':
        return { kind: 'assertion', what: 'noWordBoundary' };
      default:
        this.#at--;
        return this.#character(this.#escapedClass() ?? only(this.#escapedCode()));
    }
  }

  /** After a backslash: `d`, `W`, `pL`, `P{Greek}`. */
  #escapedClass(): Accepts | undefined {
    const character = this.#text[this.#at] ?? '';
    if (Object.hasOwn(perl, character)) {
      this.#at++;
      return perl[character];
    }
    if (character !== 'p' && character !== 'P') return undefined;
    this.#at++;
    const name = this.#take('{') ? this.#until('}') : this.#next();
    const negated = name.startsWith('^');
    const accepts = unicodeClass(negated ? name.slice(1) : name);
    return negated === (character === 'P') ? accepts : not(accepts);
  }

  /** After a backslash: one character by whatever name. */
  #escapedCode(): number {
    const character = this.#next();
    if (Object.hasOwn(controls, character)) return controls[character]!;
    if (character === 'x') {
      const digits = this.#take('{') ? this.#until('}') : this.#next() + this.#next();
      const value = /^[0-9A-Fa-f]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : Infinity;
      if (value > 0x10ffff) throw new PatternError('invalid escape sequence');
      return value;
    }
    if (/[0-7]/.test(character)) {
      let digits = character;
      while (digits.length < 3 && /[0-7]/.test(this.#text[this.#at] ?? '')) digits += this.#next();
      // One digit is a back-reference, which there is none of.
      if (character !== '0' && digits.length < 2) throw new PatternError('invalid escape sequence');
      return Number.parseInt(digits, 8);
    }
    if (/[A-Za-z0-9]/.test(character)) throw new PatternError(`invalid escape sequence: \`\\${character}\``);
    return code(character);
  }

  #class(): Node {
    const negated = this.#take('^');
    const accepts: Accepts[] = [];
    for (let first = true; first || !this.#peek(']'); first = false) accepts.push(this.#classItem());
    this.#at++;
    const all = this.#flags.i ? anyCase(anyOf(accepts)) : anyOf(accepts);
    return { kind: 'character', accepts: negated ? not(all) : all };
  }

  #classItem(): Accepts {
    if (this.#take('[:')) {
      const name = this.#until(':]');
      const plain = name.startsWith('^') ? name.slice(1) : name;
      if (!Object.hasOwn(posix, plain)) throw new PatternError('invalid character class range');
      return plain === name ? posix[plain]! : not(posix[plain]!);
    }
    if (this.#take('\\')) {
      const named = this.#escapedClass();
      if (named) return named;
      this.#at--;
    }
    const from = this.#classCode();
    if (!this.#peek('-') || this.#text[this.#at + 1] === ']' || this.#text[this.#at + 1] === undefined) return only(from);
    this.#at++;
    const to = this.#classCode();
    if (to < from) throw new PatternError('invalid character class range');
    return inRange(from, to);
  }

  #classCode(): number {
    return this.#take('\\') ? this.#escapedCode() : code(this.#next());
  }
}
