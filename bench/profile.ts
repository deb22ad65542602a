/**
 * `node bench/profile.ts [--profile] WORD...`: only the rows of the API whose names contain a word (those they need must be among them), on
 * an API server; with `--profile` under `--cpu-prof`, whose file goes to the working directory.
 */
import { apiRows } from './api-rows.ts';
import { startServer } from './server-under-test.ts';

const words = process.argv.slice(2).filter((word) => word !== '--profile');
const nodeFlags = process.argv.includes('--profile') ? ['--cpu-prof', '--cpu-prof-interval=500'] : [];
const server = await startServer({ what: 'API server', nodeFlags });
try {
  await apiRows(
    server,
    ({ name, rate, cpu, stall, gc, note }) => process.stdout.write(`${[name, rate, cpu, `stall ${stall}`, `GC ${gc}`, note].join('  ')}\n`),
    words,
  );
} finally {
  await server.stop();
}
