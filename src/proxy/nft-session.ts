import { type ChildProcess, execFile, spawn } from 'node:child_process';
import type { Clock } from '../base/index.ts';

/** nft grows with each command it has read: a new one is started after so many. */
const commandsPerProcess = 5_000;
const timeoutMs = 10_000;

/** Runs nft: a whole file in a process of its own, small changes in one that is kept open (0.4 ms instead of 15). */
export interface Nft {
  /** Applies a file in one transaction. */
  load(text: string): Promise<void>;
  /** Applies commands in one transaction. */
  change(commands: readonly string[]): Promise<void>;
  close(): void;
}

export class NftFailed extends Error {
  override readonly name = 'NftFailed';
}

/** Changes are run one after the other; nothing is started before the first. `command` is nft with the words to be put before it. */
export function openNft(options: { readonly clock: Clock; readonly command?: readonly string[] }): Nft {
  const command = options.command ?? ['nft'];
  let session: Session | undefined;
  let queue: Promise<void> = Promise.resolve();
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const done = queue.then(run);
    queue = done.catch(() => {});
    return done;
  };
  return {
    load: (text) => inTurn(() => loadFile(command, text)),
    change: (commands) =>
      inTurn(async () => {
        if (commands.length === 0) return;
        if (!session || session.ended || session.commands >= commandsPerProcess) {
          session?.close();
          session = new Session(command, options.clock);
        }
        await session.run(commands.join('; '));
      }),
    close() {
      session?.close();
    },
  };
}

function loadFile([program, ...words]: readonly string[], text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(program!, [...words, '-f', '-'], { timeout: 60_000, maxBuffer: 1024 * 1024 }, (error, _out, stderr) => {
      if (error) reject(new NftFailed(`nft -f: ${stderr.slice(0, 2000) || error.message}`, { cause: error }));
      else resolve();
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(text);
  });
}

/** One `nft -i`. Success is silent, so a marker that is a syntax error follows each line: its message on stderr says the line is done. */
class Session {
  commands = 0;
  ended = false;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  #stderr = '';
  #waiting: { readonly marker: string; readonly settle: (error?: Error) => void } | undefined;

  constructor([program, ...words]: readonly string[], clock: Clock) {
    this.#clock = clock;
    // A home that cannot be written: nft would keep a history of all commands there.
    this.#child = spawn(program!, [...words, '-i'], { stdio: ['pipe', 'ignore', 'pipe'], env: { ...process.env, HOME: '/nonexistent' } });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#onStderr(text));
    this.#child.stdin!.on('error', () => {});
    this.#child.on('error', (e) => this.#onEnd(e));
    this.#child.on('exit', () => this.#onEnd(new NftFailed('nft -i ended')));
  }

  run(line: string): Promise<void> {
    this.commands++;
    const marker = `done-${this.commands}`;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.close();
        this.#waiting?.settle(new NftFailed(`nft -i did not answer within ${timeoutMs} ms`));
      });
      this.#waiting = {
        marker,
        settle: (error) => {
          timer.cancel();
          this.#waiting = undefined;
          if (error) reject(error);
          else resolve();
        },
      };
      this.#stderr = '';
      this.#child.stdin!.write(`${line}\n${marker}\n`);
    });
  }

  close(): void {
    this.ended = true;
    this.#child.stdin!.end('quit\n');
    this.#child.kill();
  }

  #onStderr(text: string): void {
    this.#stderr += text;
    const waiting = this.#waiting;
    if (!waiting) return;
    // The message ends by pointing at the marker.
    const at = this.#stderr.indexOf(`\n${waiting.marker}\n`);
    if (at < 0) return;
    const before = this.#stderr.slice(0, at);
    const errors = before.split('\n').slice(0, -1).join('\n').trim();
    waiting.settle(errors === '' ? undefined : new NftFailed(errors.slice(0, 2000)));
  }

  #onEnd(error: Error): void {
    this.ended = true;
    this.#waiting?.settle(error);
  }
}
