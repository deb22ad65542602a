import { ReadError, readJson, statusErrors } from '../apimachinery/index.ts';

/** Where a list goes on: the first key of the next page, relative to the list's prefix, and the revision of the first page (-1: whatever is current). */
export interface ContinuePoint {
  readonly start: string;
  readonly revision: number;
}

/** Upstream's format: base64url, without padding, of `{"v":"meta.k8s.io/v1","rv":N,"start":KEY}`. */
export function encodeContinue(point: ContinuePoint): string {
  const start = Buffer.from(point.start, 'latin1').toString('utf8');
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: point.revision, start })).toString('base64url');
}

/** Throws BadRequest with upstream's texts. */
export function decodeContinue(token: string): ContinuePoint {
  const bad = (why: string) => statusErrors.badRequest(`invalid continue token: continue key is not valid: ${why}`);
  if (!/^[A-Za-z0-9_-]*$/.test(token) || token.length % 4 === 1) {
    const at = token.search(/[^A-Za-z0-9_-]/);
    throw bad(`illegal base64 data at input byte ${at < 0 ? token.length : at}`);
  }
  const text = Buffer.from(token, 'base64url');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.toString('utf8'));
  } catch {
    throw bad(whyNoJson(text));
  }
  if (typeof parsed !== 'object' || parsed === null) throw bad('not an object');
  const { v, rv, start } = parsed as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== 'meta.k8s.io/v1') throw bad(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)');
  // A token comes from a client: it must not lead out of the list's prefix.
  if (start.split('/').some((part) => part === '' || part === '.' || part === '..')) throw bad(start);
  return { start: Buffer.from(start, 'utf8').toString('latin1'), revision: rv };
}

/** In Go's words, which take each byte for a character. */
function whyNoJson(bytes: Buffer): string {
  try {
    readJson(Buffer.from(bytes.toString('latin1'), 'utf8'));
    return 'not JSON';
  } catch (error) {
    if (error instanceof ReadError) return error.message;
    throw error;
  }
}
