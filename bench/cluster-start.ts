/** In a process of its own, as a test would be: how long `startCluster()` of the built package takes, first and later. Prints JSON: milliseconds. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { startCluster as Start } from '../src/testing/index.ts';
import { root } from '../tools/source-files.ts';

const startedMs = performance.now();
const { startCluster } = (await import(pathToFileURL(join(root, 'dist/testing/index.js')).href)) as { readonly startCluster: typeof Start };
const importMs = performance.now() - startedMs;
const startMs: number[] = [];
for (let i = 0; i < 3; i++) {
  const started = performance.now();
  const cluster = await startCluster();
  startMs.push(performance.now() - started);
  await cluster[Symbol.asyncDispose]();
}
process.stdout.write(JSON.stringify({ importMs, startMs }));
