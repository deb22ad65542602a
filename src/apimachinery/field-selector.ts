import { SelectorError } from './label-selector.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A field selector: all requirements must hold. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  /** `read` gives a field's text, '' when unset. */
  matches(read: (field: string) => string): boolean;
  /** The value that `field` must have, when the selector fixes it. */
  exactMatch(field: string): string | undefined;
  toString(): string;
}

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function splitTerm(term: string): readonly [string, '=' | '!=', string] | undefined {
  for (let i = 0; i < term.length; i++) {
    if (term[i] === '\\') i++;
    else if (term.startsWith('!=', i)) return [term.slice(0, i), '!=', term.slice(i + 2)];
    else if (term[i] === '=') return [term.slice(0, i), '=', term.slice(i + (term[i + 1] === '=' ? 2 : 1))];
  }
  return undefined;
}

function unescape(value: string): string {
  if (!/[\\,=]/.test(value)) return value;
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!;
    if (c === '\\') {
      const next = value[++i];
      if (next !== '\\' && next !== ',' && next !== '=') throw new SelectorError(`invalid field selector: invalid escape sequence: \\${next ?? ''}`);
      out += next;
    } else if (c === ',' || c === '=') throw new SelectorError(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    else out += c;
  }
  return out;
}

function escape(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

/** A selector of these requirements. */
export function fieldSelectorOf(requirements: readonly FieldRequirement[]): FieldSelector {
  return {
    requirements,
    matches: (read) => requirements.every((r) => (read(r.field) === r.value) === (r.operator === '=')),
    exactMatch: (field) => requirements.find((r) => r.field === field && r.operator === '=')?.value,
    toString: () => requirements.map((r) => `${r.field}${r.operator}${escape(r.value)}`).join(','),
  };
}

export const everyField: FieldSelector = fieldSelectorOf([]);

/** Reads `metadata.name=a,spec.nodeName!=b`. Throws `SelectorError` with upstream's text. Which fields exist is for the caller to say. */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === '') return everyField;
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const parts = splitTerm(term);
    if (!parts) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    requirements.push({ field: parts[0], operator: parts[1], value: unescape(parts[2]) });
  }
  return requirements.length === 0 ? everyField : fieldSelectorOf(requirements);
}
