/** What README.md shows is what works: its TypeScript is compiled and run as written. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildPackage } from '../../tools/build.ts';
import { root } from '../../tools/source-files.ts';

const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((m) => m[1]!);

test('README.md has an example', () => assert.ok(examples.length > 0));

for (const [i, example] of examples.entries()) {
  test(`example ${i + 1} of README.md compiles and runs`, async () => {
    await buildPackage();
    const dir = mkdtempSync(join(tmpdir(), 'kubets-readme-'));
    try {
      mkdirSync(join(dir, 'node_modules'));
      symlinkSync(root, join(dir, 'node_modules/kubets'));
      writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
      writeFileSync(join(dir, 'example.ts'), example);
      const options = { target: 'es2024', lib: ['es2024', 'esnext.disposable'], module: 'nodenext', strict: true, noEmit: true, types: ['node'] };
      const typeRoots = [join(root, 'node_modules/@types')];
      writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, typeRoots }, files: ['example.ts'] }));
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', dir], { stdio: 'inherit' });
      execFileSync(process.execPath, ['example.ts'], { cwd: dir, timeout: 60_000, stdio: 'pipe' });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}
