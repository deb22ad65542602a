import { test } from 'node:test';

/** A test that needs something of the machine: fails in CI where it is missing, and is skipped elsewhere, saying what it needs. */
export function testNeeding(needs: Readonly<Record<string, boolean>>): typeof test {
  const missing = Object.entries(needs).flatMap(([what, there]) => (there ? [] : [what]));
  if (missing.length === 0) return test;
  const why = `needs ${missing.join(', ')}`;
  const refused = (name: string) =>
    test(name, process.env['CI'] ? {} : { skip: why }, () => {
      throw new Error(why);
    });
  return refused as unknown as typeof test;
}

export const isRoot = process.getuid?.() === 0;
