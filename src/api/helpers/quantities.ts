import { formatQuantity, parseQuantity } from '../../apimachinery/index.ts';

const million = 1_000_000n;

/** Rounds amounts finer than a thousandth up, in place. */
export function roundUpToMilli(quantities: Record<string, string> | undefined): void {
  if (!quantities) return;
  for (const name of Object.keys(quantities)) {
    const text = quantities[name]!;
    const last = text.charCodeAt(text.length - 1);
    // Only these can be finer: a suffix n or u, a fraction, an exponent.
    if (last !== 110 && last !== 117 && !text.includes('.') && !text.includes('e')) continue;
    const { nanos, format } = parseQuantity(text);
    const rest = nanos % million;
    if (rest === 0n) continue;
    quantities[name] = formatQuantity({ nanos: rest > 0n ? nanos - rest + million : nanos - rest, format });
  }
}
