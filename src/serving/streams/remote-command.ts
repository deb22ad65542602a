import type { Readable, Writable } from 'node:stream';
import type { Clock, Logger } from '../../base/index.ts';
import type { UpgradeTlsOptions } from '../../http/index.ts';
import type { CommandStatus } from './command-status.ts';
import type { TerminalSize } from './terminal-size.ts';

/** Which streams a command has. With a terminal there is no stderr of its own. */
export interface CommandStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** An exec or attach as its server sees it, whatever protocol the client speaks. Streams not asked for are absent. */
export interface RemoteCommandServerSession {
  readonly protocol: string;
  /** Ends when the client half-closes it or goes. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  /** The newest size each time; ends with the session. Present with a terminal. */
  readonly sizes: AsyncIterable<TerminalSize> | undefined;
  /** Aborts when the client goes. */
  readonly signal: AbortSignal;
  /** After the last output: ends the streams, tells the status, closes. Later calls do nothing. */
  finish(status: CommandStatus): Promise<void>;
}

/** An exec or attach as its client sees it. */
export interface RemoteCommandClientSession {
  readonly protocol: string;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  resize(size: TerminalSize): void;
  /** The last word; a failure if the connection ended without one. Never rejects. */
  readonly status: Promise<CommandStatus>;
  close(): void;
}

/** What time streams need, from upstream: 30 s for a client to make its streams, 4 h of idleness. */
export interface StreamTimes {
  readonly creationMs: number;
  readonly idleMs: number;
  readonly pingMs: number;
}

export const defaultStreamTimes: StreamTimes = { creationMs: 30_000, idleMs: 4 * 3_600_000, pingMs: 30_000 };

export interface AcceptOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly times?: Partial<StreamTimes>;
}

export interface AcceptRemoteCommandOptions extends AcceptOptions, CommandStreams {
  /** Runs the session, once the client has made its streams; what it throws becomes the status. */
  readonly start: (session: RemoteCommandServerSession) => Promise<void>;
}

export interface DialOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly tls?: UpgradeTlsOptions;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the other side has answered, and the session after it. */
  readonly signal?: AbortSignal;
  /** SPDY pings, to keep both hops from their idle limit; 5 s when absent, 0 for none. */
  readonly pingMs?: number;
}
