/** One `kubets` daemon as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../tools/source-files.ts';

const startDeadlineMs = 30_000;
const endDeadlineMs = 10_000;
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, '.tools/compile-cache') };

/** How a process ended: its exit code, or the name of the signal. */
export type Ended = number | NodeJS.Signals;

export class DaemonProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #log = '';

  constructor(words: readonly string[]) {
    const args = ['--disable-proto=delete', join(root, 'src/cli/main.ts'), ...words];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
    this.#child.stderr!.on('data', (part: Buffer) => (this.#log += part.toString()));
    this.#ended = once(this.#child, 'close').then(([code, signal]) => (code ?? signal) as Ended);
  }

  /** Starts it; resolves when it says that it is ready. Throws with its log when it ends before, or takes too long. */
  static async start(words: readonly string[]): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(words);
    const { promise, resolve } = Promise.withResolvers<string>();
    daemon.#child.on('message', (message) => message === 'ready' && resolve('ready'));
    const timer = setTimeout(resolve, startDeadlineMs, `is not ready after ${startDeadlineMs} ms`);
    const outcome = await Promise.race([promise, daemon.#ended.then((end) => `ended: ${end}`)]);
    clearTimeout(timer);
    if (outcome === 'ready') return daemon;
    await daemon.end('SIGKILL');
    throw new Error(`${words[0]} ${outcome}\n${daemon.log}`);
  }

  /** What it wrote to standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** Sends a signal; resolves when the process is gone. One that does not go in time is killed. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const lastResort = setTimeout(() => this.#child.kill('SIGKILL'), endDeadlineMs);
    this.#child.kill(signal);
    const end = await this.#ended;
    clearTimeout(lastResort);
    return end;
  }

  /** Resolves when it has ended by itself. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
