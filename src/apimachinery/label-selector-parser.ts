import { labelKeyErrors } from './label-rules.ts';
import { type Requirement, type Selector, SelectorError, type SelectorOperator, newRequirement, selectorOf } from './label-selector.ts';

type TokenKind = 'identifier' | 'end' | 'error' | 'in' | 'notin' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const special = '=!(),><';
const specialTokens: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<']);
const operators: ReadonlyMap<TokenKind, SelectorOperator> = new Map<TokenKind, SelectorOperator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

function readSpecial(text: string, at: number): Token {
  let end = at;
  let best = '';
  while (end < text.length && special.includes(text[end]!)) {
    const longer = text.slice(at, end + 1);
    if (specialTokens.has(longer)) best = longer;
    else if (best !== '') break;
    end++;
  }
  return best === '' ? { kind: 'error', text: `error expected: keyword found '${text.slice(at, end)}'` } : { kind: best as TokenKind, text: best };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === ' ' || c === '\t' || c === '\r' || c === '\n') at++;
    else if (special.includes(c)) {
      const token = readSpecial(text, at);
      tokens.push(token);
      at += token.kind === 'error' ? 1 : token.text.length;
    } else {
      const word = /^[^=!(),><\s]+/.exec(text.slice(at))?.[0] ?? c;
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
      at += word.length;
    }
  }
  return tokens;
}

const end: Token = { kind: 'end', text: '' };

/** Reads the query string form as labels.Parse does: one token of look-ahead, keywords are identifiers where a value may stand. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  requirements(): Requirement[] {
    const out: Requirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return out;
      if (token.kind !== 'identifier' && token.kind !== '!') {
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      out.push(this.#wrapped());
      const next = this.#take();
      if (next.kind === 'end') return out;
      if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!') throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #peek(): Token {
    const token = this.#tokens[this.#at] ?? end;
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #wrapped(): Requirement {
    try {
      return this.#requirement();
    } catch (e) {
      if (e instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${e.message}`);
      throw e;
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek().kind === '!';
    if (negated) this.#take();
    const key = this.#take();
    if (key.kind !== 'identifier') throw new SelectorError(`found '${key.text}', expected: identifier`);
    const errors = labelKeyErrors(key.text);
    if (errors.length > 0) throw new SelectorError(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${errors.join('; ')}`);
    if (negated) return newRequirement(key.text, '!', []);
    const next = this.#peek().kind;
    if (next === 'end' || next === ',') return newRequirement(key.text, 'exists', []);
    const token = this.#tokens[this.#at++] ?? end;
    const operator = operators.get(token.kind);
    if (!operator) throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return newRequirement(key.text, operator, values);
  }

  #exactValue(): string {
    const next = this.#peek().kind;
    if (next === 'end' || next === ',') return '';
    const token = this.#take();
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return [];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.#list();
    this.#take();
    return values;
  }

  /** Up to the closing parenthesis, which is left for the caller. Between two commas stands the empty value. */
  #list(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (token.kind === 'identifier') {
        values.push(token.text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#take();
          values.push('');
        }
      } else throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

/** Reads a label selector from its query string form: `a=b,c in (x,y),!d`. Throws `SelectorError` with upstream's text. */
export function parseLabelSelector(text: string): Selector {
  return selectorOf(new Parser(text).requirements());
}
