import fc from 'fast-check';

/** Any code point but halves of pairs, as the unit of random strings. (fast-check's own `binary` takes a second to set up.) */
export const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((c) => String.fromCodePoint(c));
