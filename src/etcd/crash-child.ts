import { writeSync } from 'node:fs';
import { realClock, silentLogger } from '../base/index.ts';
import { openDiskEtcd } from './disk.ts';

/**
 * Writes for ever, to be killed: each of ten writers counts up in a pair of keys by one transaction, and says on standard output what was
 * acknowledged (`writer counter`, a line each). Every seventh count deletes the pair instead.
 */
const [dir = '', start = '0'] = process.argv.slice(2);
const etcd = await openDiskEtcd({ dir, clock: realClock, logger: silentLogger, segmentBytes: 128 * 1024, backendDelayMs: 15, historyBytes: 200_000 });
process.stdout.write('open\n');

async function count(writer: number): Promise<void> {
  for (let i = Number(start) + 1; ; i++) {
    const value = new Uint8Array(Buffer.from(`${i} ${'x'.repeat((i * 37) % 3000)}`));
    const key = `w${writer}/`;
    const success =
      i % 7 === 0
        ? [
            { kind: 'deleteRange', request: { key, rangeEnd: `w${writer}0` } } as const,
            { kind: 'put', request: { key: `n${writer}`, value } } as const,
          ]
        : ['a', 'b'].map((half) => ({ kind: 'put', request: { key: key + half, value } }) as const);
    await etcd.txn({ compare: [], success, failure: [] });
    writeSync(1, `${writer} ${i}\n`);
  }
}
await Promise.all(Array.from({ length: 10 }, (_, writer) => count(writer)));
