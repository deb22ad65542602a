/** Crash-only: an uncaught error ends a process, a loop that hangs is killed, and the keeper starts both again; parts end with their keeper. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realClock, silentLogger } from '../../src/base/index.ts';
import { Keeper } from '../../src/cluster/keeper/keeper.ts';
import { keeperStatus, stopKeeper } from '../../src/cluster/keeper/keeper-client.ts';
import { root } from '../../tools/source-files.ts';
import { eventually } from '../support/e2e-cluster.ts';

const daemon = (body: string) => `
import { becomeDaemon } from '${join(root, 'src/cluster/daemons/daemon.ts')}';
import { startWatchdog } from '${join(root, 'src/cluster/keeper/watchdog.ts')}';
import { appendFileSync } from 'node:fs';
const daemon = becomeDaemon({ component: 'test', signal: new AbortController().signal });
appendFileSync(process.argv[2], process.pid + '\\n');
const keep = setInterval(() => {}, 1000);
daemon.signal.addEventListener('abort', () => { clearInterval(keep); process.exit(0); });
daemon.ready();
${body}
`;

async function withKeeper(body: string, use: (starts: () => number[], socket: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kubets-keeper-'));
  const script = join(dir, 'part.ts');
  const pids = join(dir, 'pids');
  writeFileSync(script, daemon(body));
  const socket = join(dir, 'keeper.sock');
  const keeper = new Keeper({
    parts: [{ name: 'part', command: [process.execPath, script, pids], logFile: join(dir, 'log') }],
    socketPath: socket,
    clock: realClock,
    logger: silentLogger,
  });
  try {
    await keeper.start();
    await use(() => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []), socket);
  } finally {
    await keeper.stop();
    rmSync(dir, { recursive: true });
  }
}

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);

test('a process that throws is started again, later each time', async () => {
  await withKeeper("setTimeout(() => { throw new Error('provoked'); }, 50);", async (starts, socket) => {
    await eventually('three starts', async () => starts().length >= 3, 20_000);
    const [part] = (await keeperStatus(socket))!;
    assert.ok(part!.restarts >= 2);
    assert.match(part!.lastExit!, /exit 1/);
  });
});

test('a process whose loop hangs is killed and started again', async () => {
  await withKeeper('startWatchdog({ deadAfterMs: 1000 }); setTimeout(() => { for (;;); }, 200);', async (starts, socket) => {
    await eventually('a second start', async () => starts().length >= 2, 20_000);
    assert.equal((await keeperStatus(socket))![0]!.lastExit, 'SIGKILL');
  });
});

test('a part that is killed comes back, and `stop` ends it', async () => {
  await withKeeper('', async (starts, socket) => {
    await eventually('ready', async () => (await keeperStatus(socket))?.[0]?.ready);
    process.kill(starts()[0]!, 'SIGKILL');
    await eventually('a second start', async () => starts().length === 2, 20_000);
    assert.equal(await stopKeeper(socket), true);
    assert.equal(alive(starts()[1]!), false);
    assert.equal(await keeperStatus(socket), undefined);
  });
});

test('parts end when their keeper is killed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubets-keeper-'));
  writeFileSync(join(dir, 'part.ts'), daemon(''));
  writeFileSync(
    join(dir, 'keeper.ts'),
    `import { Keeper } from '${join(root, 'src/cluster/keeper/keeper.ts')}';
import { realClock, silentLogger } from '${join(root, 'src/base/index.ts')}';
await new Keeper({ parts: [{ name: 'part', command: [process.execPath, '${join(dir, 'part.ts')}', '${join(dir, 'pids')}'], logFile: '${join(dir, 'log')}' }], socketPath: '${join(dir, 's')}', clock: realClock, logger: silentLogger }).start();`,
  );
  const keeper = spawn(process.execPath, [join(dir, 'keeper.ts')], { stdio: 'inherit' });
  const pid = Number(await eventually('a part', async () => existsSync(join(dir, 'pids')) && readFileSync(join(dir, 'pids'), 'utf8').trim()));
  keeper.kill('SIGKILL');
  await eventually('its end', async () => !alive(pid), 10_000);
  rmSync(dir, { recursive: true });
});
