#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Below a folder that nobody else may write to: what is in there is run. */
function compileCacheDir(): string {
  if (process.getuid?.() === 0) return '/var/cache/kubets/compile';
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubets', 'compile');
}

// Before the program is loaded, so that it comes from the cache: three times cheaper. NODE_COMPILE_CACHE goes first where it is set.
enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? compileCacheDir());
const { runProgram } = await import('./program.ts');
await runProgram(process.argv);
