/**
 * Builds the published package into `dist`: one ESM bundle for each subpath and for the command, made in one run with code splitting (so
 * that a class exists once), dependencies left outside; declarations by tsc; descriptions of the API joined in. Does nothing when `dist`
 * is newer than every source file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './source-files.ts';

const stamp = join(root, 'dist/.built');

export async function buildPackage(): Promise<void> {
  if (isFresh()) return;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: {
      index: 'src/index.ts',
      'client/index': 'src/client/index.ts',
      'testing/index': 'src/testing/index.ts',
      'cli/main': 'src/cli/main.ts',
    },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  writeFileSync(stamp, '');
}

function isFresh(): boolean {
  if (!existsSync(stamp)) return false;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = [...globSync('src/**/*', { cwd: root }), 'tools/build.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  return sources.every((f) => statSync(join(root, f)).mtimeMs <= builtMs);
}

if (import.meta.main) await buildPackage();
