import { flushCompileCache } from 'node:module';
import { jsonLogger, type Logger, type LogLevel } from '../../base/index.ts';
import { startWatchdog } from '../keeper/watchdog.ts';

/** What a daemon process is given at its start. */
export interface Daemon {
  readonly logger: Logger;
  /** Tells the keeper that the part is usable. */
  ready(): void;
  /** Aborts when the keeper is gone, and with the signal that was given. */
  readonly signal: AbortSignal;
}

/**
 * Makes this process crash-only: an error nobody caught ends it (Node's own default), a hung loop is killed by the watchdog, and the end of
 * the keeper is its end too.
 */
export function becomeDaemon(options: { readonly component: string; readonly signal: AbortSignal; readonly level?: LogLevel }): Daemon {
  const logger = jsonLogger({
    write: (line) => void process.stderr.write(line),
    now: () => Date.now(),
    level: options.level ?? 'info',
    fields: { component: options.component },
  });
  startWatchdog();
  const orphaned = new AbortController();
  if (process.send) {
    process.once('disconnect', () => orphaned.abort(new Error('the keeper is gone')));
    // Listening would keep the process alive after its work has ended.
    process.channel?.unref();
  }
  // Listening for that end must not keep a process alive that has nothing more to do.
  process.channel?.unref();
  return {
    logger,
    ready() {
      process.send?.('ready');
      // Else it is written when a process ends by itself, which a daemon seldom does.
      flushCompileCache();
    },
    signal: AbortSignal.any([options.signal, orphaned.signal]),
  };
}
