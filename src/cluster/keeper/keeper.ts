import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { Clock, Logger, Timer } from '../../base/index.ts';
import { restartDelayMs } from './backoff.ts';

/** A process to be kept alive. */
export interface Part {
  readonly name: string;
  readonly command: readonly string[];
  readonly logFile: string;
  /** Called with each new pid before the process can have started anything, to move it into its cgroup. */
  readonly started?: (pid: number) => void;
}

export interface PartStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly restarts: number;
  /** The part has said that it is ready since its last start. */
  readonly ready: boolean;
  readonly lastExit?: string;
}

/** A log that has grown past this is moved to `.old` when its part starts. */
const maxLogBytes = 10 * 1024 * 1024;
const gracePeriodMs = 10_000;

/**
 * Starts the parts, starts again with back-off what ends, and answers on a unix socket: `status` (a JSON array of `PartStatus`) and `stop`.
 * Parts are tied to it by their IPC channel: when the keeper is gone they end themselves, so that nothing runs unkept.
 */
export class Keeper {
  readonly #parts: KeptPart[];
  readonly #server: Server;
  readonly #socketPath: string;
  #stopping: Promise<void> | undefined;

  constructor(options: { readonly parts: readonly Part[]; readonly socketPath: string; readonly clock: Clock; readonly logger: Logger }) {
    this.#parts = options.parts.map((part) => new KeptPart(part, options.clock, options.logger));
    this.#socketPath = options.socketPath;
    this.#server = createServer((socket) => {
      socket.setTimeout(30_000, () => socket.destroy());
      socket.on('error', () => {});
      socket.once('data', (data) => {
        const word = data.toString().trim();
        if (word === 'status') socket.end(JSON.stringify(this.#parts.map((p) => p.status())));
        else if (word === 'stop') void this.stop().then(() => socket.end('stopped'));
        else socket.end();
      });
    });
  }

  /** Resolves when the socket listens and every part was started once. */
  async start(): Promise<void> {
    rmSync(this.#socketPath, { force: true });
    mkdirSync(dirname(this.#socketPath), { recursive: true, mode: 0o700 });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#socketPath, resolve);
    });
    for (const part of this.#parts) part.start();
  }

  /** Ends all parts, the last started first: SIGTERM, and after 10 s SIGKILL. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await Promise.all(this.#parts.toReversed().map((p) => p.stop()));
      this.#server.close();
      rmSync(this.#socketPath, { force: true });
    })();
    return this.#stopping;
  }

  /** Resolves when `stop` was asked for, by call or by socket, and is done. */
  async stopped(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.once('close', resolve));
    await this.#stopping;
  }
}

class KeptPart {
  readonly #part: Part;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #log: WriteStream | undefined;
  #timer: Timer | undefined;
  #startedMs = 0;
  #failures = 0;
  #restarts = 0;
  #ready = false;
  #lastExit: string | undefined;
  #stopping = false;

  constructor(part: Part, clock: Clock, logger: Logger) {
    this.#part = part;
    this.#clock = clock;
    this.#logger = logger;
  }

  status(): PartStatus {
    return {
      name: this.#part.name,
      pid: this.#child?.pid,
      restarts: this.#restarts,
      ready: this.#ready,
      ...(this.#lastExit === undefined ? {} : { lastExit: this.#lastExit }),
    };
  }

  start(): void {
    const { name, command, logFile, started } = this.#part;
    this.#log?.end();
    this.#log = openLog(logFile);
    this.#startedMs = this.#clock.monotonicMs();
    this.#ready = false;
    const [program, ...args] = command;
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    child.on('message', (message) => {
      if (message === 'ready') this.#ready = true;
    });
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('exit', (code, signal) => this.#ended(child, signal ?? `exit ${code}`));
    if (child.pid !== undefined) {
      this.#logger.info('started', { part: name, pid: child.pid });
      started?.(child.pid);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = this.#clock.after(gracePeriodMs, () => child.kill('SIGKILL'));
      child.once('exit', () => {
        kill.cancel();
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#ready = false;
    this.#lastExit = how;
    if (this.#stopping) return;
    const next = restartDelayMs({ failures: this.#failures, ranForMs: this.#clock.monotonicMs() - this.#startedMs });
    this.#failures = next.failures;
    this.#logger.warn('ended; it will be started again', { part: this.#part.name, how, inMs: next.delayMs });
    this.#timer = this.#clock.after(next.delayMs, () => {
      this.#restarts++;
      this.start();
    });
  }
}

function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(path, `${path}.old`);
  return createWriteStream(path, { flags: 'a', mode: 0o600 });
}
