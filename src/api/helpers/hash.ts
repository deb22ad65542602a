import { sortedJson } from '../../apimachinery/index.ts';
import type { PodTemplateSpec } from '../types.gen.ts';

/** Letters and digits that make no words (rand.SafeEncodeString upstream). */
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a, 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

export function safeEncode(text: string): string {
  return Array.from(text, (c) => safeAlphabet[c.charCodeAt(0) % safeAlphabet.length]).join('');
}

/** The hash that names what is made from a template; `collisionCount` gives another when a name is taken. At most ten characters. */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  return safeEncode(String(fnv32a(sortedJson(template) + (collisionCount === undefined ? '' : `/${collisionCount}`))));
}
