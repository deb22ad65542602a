/** Texts longer than this are not matched: a pattern's author is no friend of the server's. */
const maxTextLength = 65_536;
/** With a repetition inside a repetition matching may take exponential time, so only short texts are tried. */
const maxRiskyLength = 256;
const maxRemembered = 1024;

const compiled = new Map<string, RegExp | undefined>();

/** Go's syntax where JavaScript has it otherwise. */
function translate(pattern: string): string {
  return pattern
    .replace(/^\(\?([is]+)\)/, '')
    .replaceAll('\\z', '$')
    .replaceAll('\\A', '^')
    .replaceAll('(?P<', '(?<');
}

/** A pattern of a schema as a regular expression; undefined when it is none. Look-around and back-references, which Go has not, are none. */
export function compilePattern(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  let made: RegExp | undefined;
  if (!/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(pattern)) {
    const flags = /^\(\?([is]+)\)/.exec(pattern)?.[1] ?? '';
    try {
      made = new RegExp(translate(pattern), flags);
    } catch {
      made = undefined;
    }
  }
  if (compiled.size >= maxRemembered) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function isRisky(pattern: string): boolean {
  return /[+*}]\??\)[+*{]/.test(pattern) || /\|[^)]*\)[+*{]/.test(pattern);
}

/** Whether a text matches. A pattern that cannot be read, or a text too long to be tried, matches nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = compilePattern(pattern);
  if (!expression || text.length > (isRisky(pattern) ? maxRiskyLength : maxTextLength)) return false;
  return expression.test(text);
}
