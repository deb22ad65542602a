import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { FakeClock, realClock, silentLogger } from '../base/index.ts';
import { LogLines, maxLineBytes } from './pod-logs/log-line.ts';
import { type ContainerLogOptions, openContainerLog, rotateLogs, runLogRotation } from './pod-logs.ts';

let directory: string;
before(async () => void (directory = await mkdtemp(join(tmpdir(), 'pod-logs-'))));
after(() => rm(directory, { recursive: true, force: true }));

const time = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.5Z`;
const line = (second: number, text: string, tag = 'F') => `${time(second)} stdout ${tag} ${text}\n`;

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

function options(more: Partial<ContainerLogOptions> = {}): ContainerLogOptions {
  return { follow: false, timestamps: false, signal: new AbortController().signal, isRunning: () => false, clock: realClock, pollMs: 5, ...more };
}

async function read(path: string, more: Partial<ContainerLogOptions> = {}): Promise<string> {
  let text = '';
  for await (const chunk of openContainerLog(path, options(more))) text += Buffer.from(chunk).toString();
  return text;
}

describe('openContainerLog', () => {
  const content = line(1, 'one') + line(2, 'half ', 'P') + line(3, 'whole') + `${time(4)} stderr F \n` + 'not a line\n' + line(5, 'five');
  const cases: { readonly name: string; readonly options: Partial<ContainerLogOptions>; readonly expected: string }[] = [
    { name: 'all of it', options: {}, expected: 'one\nhalf whole\n\nfive\n' },
    {
      name: 'with times of nine digits, once a line',
      options: { timestamps: true },
      expected: `${['01', '02'].map((s, i) => `2026-01-01T00:00:${s}.500000000Z ${['one', 'half whole'][i]}\n`).join('')}2026-01-01T00:00:04.500000000Z \n2026-01-01T00:00:05.500000000Z five\n`,
    },
    { name: 'the last lines', options: { tailLines: 1 }, expected: 'five\n' },
    { name: 'no line', options: { tailLines: 0 }, expected: '' },
    { name: 'more lines than there are', options: { tailLines: 100 }, expected: 'one\nhalf whole\n\nfive\n' },
    { name: 'since a moment', options: { sinceMs: Date.parse(time(4)) }, expected: '\nfive\n' },
    { name: 'at most so many bytes', options: { limitBytes: 7 }, expected: 'one\nhal' },
  ];
  for (const c of cases)
    it(`reads ${c.name}`, async () => {
      assert.equal(await read(await fileOf('plain.log', content), c.options), c.expected);
    });

  it('rejects where there is no file', async () => {
    await assert.rejects(read(join(directory, 'absent.log')), { code: 'ENOENT' });
  });

  it('finds the last lines as reading all of them would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9000), { maxLength: 12 }), fc.nat(14), async (sizes, tailLines) => {
        const lines = sizes.map((size, i) => `${i}${'x'.repeat(size)}`);
        const path = await fileOf('tail.log', lines.map((l, i) => line(i, l)).join(''));
        const expected = tailLines === 0 ? [] : lines.slice(-tailLines);
        assert.equal(await read(path, { tailLines }), expected.map((l) => `${l}\n`).join(''));
      }),
      { numRuns: 25 },
    );
  });

  it('follows through a rotation until the container has ended', async () => {
    const path = await fileOf('follow.log', line(1, 'one'));
    let running = true;
    let text = '';
    const reading = (async () => {
      for await (const chunk of openContainerLog(path, options({ follow: true, isRunning: () => running }))) text += Buffer.from(chunk).toString();
    })();
    const until = async (wanted: string) => {
      for (let i = 0; i < 400 && text !== wanted; i++) await realClock.sleep(5);
      assert.equal(text, wanted);
    };
    await until('one\n');
    await appendFile(path, line(2, 'two').slice(0, -3));
    await realClock.sleep(20);
    await appendFile(path, 'wo\n');
    await until('one\ntwo\n');
    await rename(path, `${path}.old`);
    await appendFile(`${path}.old`, line(3, 'three'));
    await realClock.sleep(20);
    await writeFile(path, line(4, 'four'));
    await until('one\ntwo\nthree\nfour\n');
    await appendFile(path, line(5, 'last'));
    running = false;
    await reading;
    assert.equal(text, 'one\ntwo\nthree\nfour\nlast\n');
  });

  it('ends quietly when its reader goes', async () => {
    const path = await fileOf('gone.log', line(1, 'one'));
    const gone = new AbortController();
    const seen: string[] = [];
    for await (const chunk of openContainerLog(path, options({ follow: true, isRunning: () => true, signal: gone.signal }))) {
      seen.push(Buffer.from(chunk).toString());
      gone.abort();
    }
    assert.deepEqual(seen, ['one\n']);
  });
});

describe('LogLines', () => {
  it('tells the same however the bytes are cut', () => {
    const bytes = Buffer.from(line(1, 'é one') + line(2, 'two ', 'P') + line(3, 'three'));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), (cuts) => {
        const lines = new LogLines({ timestamps: true });
        const out: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) out.push(lines.push(bytes.subarray(at, (at += cut))));
        out.push(lines.push(bytes.subarray(at)));
        assert.equal(Buffer.concat(out).toString(), '2026-01-01T00:00:01.500000000Z é one\n2026-01-01T00:00:02.500000000Z two three\n');
      }),
    );
  });

  it('drops a line longer than any runtime writes', () => {
    const lines = new LogLines({ timestamps: false });
    const out = [lines.push(Buffer.alloc(maxLineBytes + 1, 'x')), lines.push(Buffer.from(`x\n${line(1, 'next')}`))];
    assert.equal(Buffer.concat(out).toString(), 'next\n');
  });
});

describe('rotateLogs', () => {
  it('keeps so many files, the older ones compressed', async () => {
    const path = join(directory, '0.log');
    const clock = new FakeClock();
    const reopened: string[] = [];
    const runtime = {
      listContainers: async () => [{ id: 'c1' } as never],
      containerStatus: async () => ({ status: { logPath: path } as never, info: {} }),
      async reopenContainerLog(id: string) {
        reopened.push(id);
        await writeFile(path, '');
      },
    };
    for (let i = 0; i < 5; i++) {
      await writeFile(path, 'x'.repeat(100 + i));
      await rotateLogs({ runtime, clock, logger: silentLogger, maxSizeBytes: 100, maxFiles: 3 });
      await clock.advance(1000);
    }
    await rotateLogs({ runtime, clock, logger: silentLogger, maxSizeBytes: 100, maxFiles: 3 });
    const names = (await readdir(directory)).filter((n) => n.startsWith('0.log')).sort();
    assert.deepEqual(names, ['0.log', '0.log.20260101-000003.gz', '0.log.20260101-000004']);
    assert.equal(reopened.length, 5);
  });

  it('gives a log its name back where the runtime does not open it anew', async () => {
    const path = await fileOf('9.log', 'x'.repeat(100));
    const runtime = {
      listContainers: async () => [{ id: 'c1' } as never],
      containerStatus: async () => ({ status: { logPath: path } as never, info: {} }),
      reopenContainerLog: () => Promise.reject(new Error('no')),
    };
    await rotateLogs({ runtime, clock: new FakeClock(), logger: silentLogger, maxSizeBytes: 100 });
    assert.deepEqual(
      (await readdir(directory)).filter((n) => n.startsWith('9.log')),
      ['9.log'],
    );
  });

  it('goes on after the runtime could not be asked, until told to end', async () => {
    const clock = new FakeClock();
    const end = new AbortController();
    let asked = 0;
    const runtime = {
      listContainers: () => (asked++ === 0 ? Promise.reject(new Error('down')) : Promise.resolve([])),
      containerStatus: () => Promise.reject(new Error('unused')),
      reopenContainerLog: () => Promise.reject(new Error('unused')),
    };
    const done = runLogRotation({ runtime, clock, logger: silentLogger, signal: end.signal });
    await clock.advance(35_000);
    end.abort();
    await done;
    assert.equal(asked, 3);
    assert.equal(clock.pendingTimers, 0);
  });
});
