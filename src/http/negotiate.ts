import type { MediaType } from './reply.ts';

/** A media type that a client accepts, with its weight from 0 to 1. */
export interface AcceptedType extends MediaType {
  readonly quality: number;
}

const maxAcceptClauses = 64;
const noParameters: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

/** Splits at `separator` outside of quoted strings. */
function split(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && quoted) i++;
    else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** Reads `type/subtype;name=value`: type and parameter names in lower case. Undefined where there is no type and subtype. */
export function parseMediaType(text: string): MediaType | undefined {
  const [head = '', ...rest] = split(text, ';');
  const type = head.trim().toLowerCase();
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return undefined;
  if (rest.length === 0) return { type, parameters: noParameters };
  const parameters = Object.create(null) as Record<string, string>;
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    if (equals < 0) continue;
    const value = parameter.slice(equals + 1).trim();
    const unquoted = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
    parameters[parameter.slice(0, equals).trim().toLowerCase()] = unquoted;
  }
  return { type, parameters };
}

/** The other way: parameters in order of their names. */
export function formatMediaType(mediaType: MediaType): string {
  const names = Object.keys(mediaType.parameters).sort();
  return [mediaType.type, ...names.map((n) => `${n}=${mediaType.parameters[n]}`)].join(';');
}

function parseAcceptHeader(header: string): readonly AcceptedType[] {
  const accepted: AcceptedType[] = [];
  for (const clause of split(header, ',').slice(0, maxAcceptClauses)) {
    const mediaType = parseMediaType(clause);
    if (!mediaType) continue;
    const { q, ...parameters } = mediaType.parameters;
    const quality = q === undefined ? 1 : Number(q);
    accepted.push({ type: mediaType.type, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 });
  }
  // Array.prototype.sort is stable: clauses of one weight keep the client's order, a more exact type before a wild one.
  return accepted.sort((a, b) => b.quality - a.quality || wildness(a.type) - wildness(b.type));
}

function wildness(type: string): number {
  return type === '*/*' ? 2 : type.endsWith('/*') ? 1 : 0;
}

/**
 * What an Accept header asks for, best first: by weight, exact before wild, then in the client's order. No header or an empty one accepts
 * anything. At most 64 clauses are read; what cannot be read is left out.
 */
export function parseAccept(header: string | undefined): readonly AcceptedType[] {
  if (header === undefined || header.trim() === '') return [{ type: '*/*', parameters: noParameters, quality: 1 }];
  return parseAcceptHeader(header);
}

/** Whether `pattern` (perhaps `*`+`/*` or `application/*`) covers `type`. */
export function coversType(pattern: string, type: string): boolean {
  return pattern === type || pattern === '*/*' || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)));
}

/**
 * The first of the client's wishes that `offers` (media types without parameters, the server's favourite first) can fulfil: the offered
 * type with the client's parameters. `accepts` refuses combinations (a Table of what has none) so that the next wish is tried.
 */
export function negotiate(
  accept: string | undefined,
  offers: readonly string[],
  accepts: (mediaType: MediaType) => boolean = () => true,
): MediaType | undefined {
  for (const wish of parseAccept(accept)) {
    if (wish.quality === 0) continue;
    for (const type of offers) {
      if (!coversType(wish.type, type)) continue;
      const mediaType = { type, parameters: wish.parameters };
      if (accepts(mediaType)) return mediaType;
    }
  }
  return undefined;
}

/** Whether an Accept-Encoding header allows gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined || !header.includes('gzip')) return false;
  return header.split(',').some((clause) => {
    const [coding = '', ...parameters] = clause.split(';');
    const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/i.exec(p)?.[1]).find((v) => v !== undefined);
    return coding.trim().toLowerCase() === 'gzip' && (q === undefined || Number(q) > 0);
  });
}
