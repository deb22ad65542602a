import type { Clock, Logger, Timer } from '../../base/index.ts';
import type { Committer, Engine } from '../engine.ts';
import { etcdErrors } from '../errors.ts';
import type { ProposalResponse } from '../mvcc/mvcc-store.ts';
import { encodeProposal, type Proposal } from '../mvcc/proposal.ts';
import type { LmdbBackend } from './lmdb-backend.ts';
import type { Wal } from './wal.ts';
import { FrameWriter } from './wal-frame.ts';

/** Most bytes in one write. */
const maxFrameBytes = 4 * 1024 * 1024;
/** Proposals waiting for the disk; more are refused, as etcd does ("too many requests"). */
const maxWaiting = 20_000;
const flushAtBytes = 16 * 1024 * 1024;

interface Waiting {
  readonly proposal: Proposal;
  readonly resolve: (response: ProposalResponse) => void;
  readonly reject: (error: unknown) => void;
}

export interface WalCommitterOptions {
  readonly engine: Engine;
  readonly wal: Wal;
  readonly backend: LmdbBackend;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The index of the next proposal. */
  readonly nextIndex: number;
  /** How long the backend may lag behind, unless much gathers. */
  readonly flushAfterMs: number;
}

/**
 * Commits by a local log with group commit: while one write is on its way to the disk, proposals gather for the next. Applied and answered
 * only when on disk. The backend follows behind; segments of the log that it covers are removed.
 */
export class WalCommitter implements Committer {
  readonly #options: WalCommitterOptions;
  readonly #frame = new FrameWriter();
  #waiting: Waiting[] = [];
  #nextIndex: number;
  #running: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #timer: Timer | undefined;
  #failure: Error | undefined;
  #closed = false;

  constructor(options: WalCommitterOptions) {
    this.#options = options;
    this.#nextIndex = options.nextIndex;
  }

  propose(proposal: Proposal): Promise<ProposalResponse> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#waiting.length >= maxWaiting) return Promise.reject(etcdErrors.unavailable('too many requests'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ proposal, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Writes what waits, brings the backend up to date and closes both. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#flushing;
    if (!this.#failure) await this.#flush();
    await this.#options.wal.close();
    await this.#options.backend.close();
  }

  async #run(): Promise<void> {
    // What is proposed in this turn of the loop goes into one write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#options.wal.append(this.#frame.finish(this.#nextIndex), this.#nextIndex);
      } catch (error) {
        return this.#fail(error, batch);
      }
      for (const waiting of batch) this.#commit(waiting);
      this.#flushLater();
    }
    this.#running = undefined;
  }

  #nextBatch(): Waiting[] {
    this.#frame.begin();
    let taken = 0;
    while (taken < this.#waiting.length && this.#frame.bytes < maxFrameBytes) {
      const { proposal } = this.#waiting[taken++]!;
      this.#frame.add((w) => encodeProposal(w, proposal));
    }
    const batch = this.#waiting.slice(0, taken);
    this.#waiting = this.#waiting.slice(taken);
    return batch;
  }

  #commit(waiting: Waiting): void {
    const { engine, backend } = this.#options;
    this.#nextIndex++;
    try {
      const applied = engine.apply(waiting.proposal);
      backend.note(waiting.proposal, applied);
      waiting.resolve(applied.response);
    } catch (error) {
      waiting.reject(error);
    }
  }

  /** A write that failed may be on disk or not: nothing after it can be promised, so the store stops. */
  #fail(error: unknown, batch: readonly Waiting[]): void {
    this.#options.logger.error('the write-ahead log cannot be written; the store stops', { error });
    this.#failure = etcdErrors.unavailable('the write-ahead log cannot be written');
    for (const waiting of [...batch, ...this.#waiting]) waiting.reject(this.#failure);
    this.#waiting = [];
    this.#running = undefined;
  }

  #flushLater(): void {
    if (this.#closed || this.#flushing) return;
    if (this.#options.backend.pendingBytes >= flushAtBytes) return this.#startFlush();
    this.#timer ??= this.#options.clock.after(this.#options.flushAfterMs, () => this.#startFlush());
  }

  #startFlush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#closed || this.#flushing || this.#failure) return;
    this.#flushing = this.#flush()
      .catch((error: unknown) => {
        // The log holds everything; without the backend it would grow for ever, so this is as fatal as a failing log.
        this.#options.logger.error('the backend cannot be written; the store stops', { error });
        this.#failure = etcdErrors.unavailable('the backend cannot be written');
      })
      .finally(() => (this.#flushing = undefined));
  }

  async #flush(): Promise<void> {
    const { backend, engine, wal } = this.#options;
    const index = this.#nextIndex;
    await backend.flush(engine.store, index - 1);
    await wal.removeBelow(index);
  }
}
