import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, type Rng, silentLogger } from '../base/index.ts';
import { openDiskEtcd } from './disk.ts';
import type { Etcd } from './types.ts';

/** Starts a writing process on one directory again and again and kills it (SIGKILL) at random moments; after each, all it was told must be there. Returns how many writes were acknowledged. */
export async function crashRounds(rounds: number, rng: Rng): Promise<number> {
  const parent = await mkdtemp(join(tmpdir(), 'kubets-crash-'));
  const dir = join(parent, 'data');
  let total = 0;
  let start = 0;
  /** The last acknowledged count of each writer, of whichever round. */
  const expected = new Map<number, number>();
  try {
    for (let round = 0; round < rounds; round++) {
      const acknowledged = await writeAndKill(dir, start, rng.int(round % 3 === 0 ? 30 : 250));
      for (const [writer, counter] of acknowledged) {
        total += counter - start;
        expected.set(writer, counter);
      }
      const etcd = await openDiskEtcd({ dir, clock: new FakeClock(), logger: silentLogger });
      for (let writer = 0; writer < 10; writer++) await check(etcd, writer, expected.get(writer) ?? 0);
      await etcd[Symbol.asyncDispose]();
      start = Math.max(start, ...acknowledged.values()) + 1;
    }
    return total;
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function writeAndKill(dir: string, start: number, afterMs: number): Promise<Map<number, number>> {
  const child = spawn(process.execPath, [new URL('./crash-child.ts', import.meta.url).pathname, dir, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('open')) resolve();
    });
    child.on('exit', () => resolve());
  });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await exited;
  const acknowledged = new Map<number, number>();
  // A line that was cut by the kill says nothing.
  for (const line of output
    .slice(output.indexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)) {
    const [writer, counter] = line.split(' ').map(Number);
    acknowledged.set(writer!, counter!);
  }
  return acknowledged;
}

/** A writer's last write, acknowledged or one more, is there as a whole. */
async function check(etcd: Etcd, writer: number, acknowledged: number): Promise<void> {
  const counterAt = async (key: string) => {
    const kv = (await etcd.range({ key })).kvs[0];
    return kv ? Number(Buffer.from(kv.value).toString().split(' ')[0]) : 0;
  };
  const [a, b, deleted] = [await counterAt(`w${writer}/a`), await counterAt(`w${writer}/b`), await counterAt(`n${writer}`)];
  assert.equal(a, b, `writer ${writer}: a transaction is there as a whole`);
  const found = Math.max(a, deleted);
  assert.ok(found >= acknowledged, `writer ${writer}: ${acknowledged} was acknowledged, ${found} is there`);
  if (found === deleted && found > 0) assert.equal(a, 0, `writer ${writer}: the deletion at ${deleted} is there as a whole`);
}
