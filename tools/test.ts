/**
 * Runs the checks and the tests: `node tools/test.ts [check|unit|integration|e2e] [FILTER]`; without a word all of them. Unit tests share one
 * process; what starts daemons gets a process each, one after the other.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { root } from './source-files.ts';

const phases: Readonly<Record<string, () => boolean>> = {
  check: () =>
    run('tsc', ['node_modules/typescript/bin/tsc', '-p', '.']) &&
    run('oxlint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--quiet']) &&
    run('oxfmt', ['node_modules/oxfmt/bin/oxfmt', '--check', 'src', 'tools', 'test', 'bench']),
  unit: () => tests('unit', ['--test-isolation=none', '--test-timeout=60000'], ['src/**/*.test.ts', 'tools/**/*.test.ts']),
  integration: () =>
    tests('integration', ['--test-concurrency=1', '--test-timeout=600000'], ['test/integration/**/*.test.ts', 'test/simulation/**/*.test.ts']),
  e2e: () => run('build', ['tools/build.ts']) && tests('e2e', ['--test-concurrency=1', '--test-timeout=1200000'], ['test/e2e/**/*.test.ts']),
};

function tests(name: string, flags: readonly string[], patterns: readonly string[]): boolean {
  const files = globSync(patterns, { cwd: root }).filter((f) => filter === undefined || f.includes(filter));
  return files.length === 0 || run(name, ['--test', ...flags, ...files.toSorted()]);
}

function run(name: string, args: readonly string[]): boolean {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: `${root}/.tools/compile-cache` },
  });
  process.stdout.write(`# ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return status === 0;
}

const words = process.argv.slice(2);
const chosen = words.filter((w) => Object.hasOwn(phases, w));
const filter = words.find((w) => !Object.hasOwn(phases, w));
const results = (chosen.length > 0 ? chosen : Object.keys(phases)).map((name) => phases[name]!());
process.exitCode = results.every(Boolean) ? 0 : 1;
