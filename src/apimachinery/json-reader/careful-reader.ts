import type { Json } from '../meta.ts';
import { ReadError } from './read-error.ts';

const maxStrictErrors = 100;
const numberForm = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;

/** A character as Go quotes it in its errors. */
function quoted(c: string): string {
  if (c === "'") return "'\\''";
  return c === '"' ? `'"'` : `'${JSON.stringify(c).slice(1, -1)}'`;
}

/** Stands in a string as it is: no quote, backslash or control character; nor the NaN behind the text's end. */
function isPlain(code: number): boolean {
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}

/** A JSON reader that keeps track of where it is: it names duplicate keys, refuses numbers it cannot keep and words errors as Go does. */
export class CarefulReader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #strictErrors: string[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  read(): { readonly value: Json; readonly strictErrors: readonly string[] } {
    this.#space();
    const value = this.#value('');
    this.#space();
    if (this.#at < this.#text.length) throw this.#invalid('after top-level value');
    return { value, strictErrors: this.#strictErrors };
  }

  #space(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at++;
    }
  }

  #invalid(where: string): ReadError {
    const point = this.#text.codePointAt(this.#at);
    return new ReadError(point === undefined ? 'unexpected end of JSON input' : `invalid character ${quoted(String.fromCodePoint(point))} ${where}`);
  }

  #value(path: string): Json {
    const c = this.#text[this.#at];
    switch (c) {
      case '{':
        return this.#nested(() => this.#object(path));
      case '[':
        return this.#nested(() => this.#list(path));
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        if (c !== undefined && (c === '-' || (c >= '0' && c <= '9'))) return this.#number(path);
        throw this.#invalid('looking for beginning of value');
    }
  }

  #nested(read: () => Json): Json {
    if (++this.#depth > this.#maxDepth) throw new ReadError('exceeded max depth');
    const value = read();
    this.#depth--;
    return value;
  }

  #literal<T extends Json>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text[this.#at] !== word[i]) throw this.#invalid(`in literal ${word} (expecting ${quoted(word[i]!)})`);
    }
    return value;
  }

  #object(path: string): Json {
    const result: Record<string, Json> = {};
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return result;
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#invalid('looking for beginning of object key string');
      const key = this.#string();
      const at = path === '' ? key : `${path}.${key}`;
      if (Object.hasOwn(result, key) && this.#strictErrors.length < maxStrictErrors) this.#strictErrors.push(`duplicate field "${at}"`);
      this.#space();
      if (this.#text[this.#at] !== ':') throw this.#invalid('after object key');
      this.#at++;
      this.#space();
      const value = this.#value(at);
      Object.defineProperty(result, key, { value, writable: true, enumerable: true, configurable: true });
      this.#space();
      const c = this.#text[this.#at];
      if (c !== ',' && c !== '}') throw this.#invalid('after object key:value pair');
      this.#at++;
      if (c === '}') return result;
    }
  }

  #list(path: string): Json {
    const result: Json[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return result;
    }
    for (;;) {
      this.#space();
      result.push(this.#value(`${path}[${result.length}]`));
      this.#space();
      const c = this.#text[this.#at];
      if (c !== ',' && c !== ']') throw this.#invalid('after array element');
      this.#at++;
      if (c === ']') return result;
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at++;
    for (;;) {
      while (isPlain(this.#text.charCodeAt(this.#at))) this.#at++;
      const c = this.#text[this.#at];
      if (c === '"') break;
      if (c !== '\\') throw this.#invalid('in string literal');
      this.#escape();
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #escape(): void {
    this.#at++;
    const c = this.#text[this.#at];
    if (c === undefined || !'"\\/bfnrtu'.includes(c)) throw this.#invalid('in string escape code');
    this.#at++;
    if (c !== 'u') return;
    for (let i = 0; i < 4; i++, this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) throw this.#invalid('in \\u hexadecimal character escape');
    }
  }

  #number(path: string): number {
    numberForm.lastIndex = this.#at;
    const m = numberForm.exec(this.#text);
    if (!m) {
      this.#at++;
      throw this.#invalid('in numeric literal');
    }
    this.#at += m[0].length;
    const next = this.#text[this.#at];
    if (next === '.' && m[1] === undefined && m[2] === undefined) {
      this.#at++;
      throw this.#invalid('after decimal point in numeric literal');
    }
    if ((next === 'e' || next === 'E') && m[2] === undefined) {
      this.#at += /[-+]/.test(this.#text[this.#at + 1] ?? '') ? 2 : 1;
      throw this.#invalid('in exponent of numeric literal');
    }
    const value = Number(m[0]);
    if (!Number.isFinite(value)) throw new ReadError(`json: cannot unmarshal number ${m[0]} into Go value of type float64`);
    if (m[1] === undefined && m[2] === undefined && !Number.isSafeInteger(value)) {
      throw new ReadError(`number ${m[0]}${path === '' ? '' : ` in ${path}`} is too large: integers are kept exactly up to 9007199254740991 only`);
    }
    return value;
  }
}
