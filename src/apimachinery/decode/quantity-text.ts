import type { Json } from '../meta.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';

/** Most quantities are canonical as they come. */
const canonical = /^(?:0|[1-9]\d{0,2}(?:m|Mi|Gi|k|M|G)?)$/;

/** The canonical text of a quantity given as text or number (resource.Quantity's round trip): `1000m` is `1`, `1024Mi` is `1Gi`. */
export function canonicalQuantity(input: Json): string {
  if (typeof input === 'string' && canonical.test(input)) return input;
  // Anything else than text or a number fails as text that is no quantity.
  return formatQuantity(parseQuantity(typeof input === 'number' ? input : typeof input === 'string' ? input.trim() : ''));
}
