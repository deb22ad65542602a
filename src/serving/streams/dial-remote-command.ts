import type { Readable } from 'node:stream';
import { silentLogger } from '../../base/index.ts';
import { SpdyConnection, type SpdyStream, upgradeTo } from '../../http/index.ts';
import { type CommandStatus, commandSuccess, decodeStatus, failureStatus } from './command-status.ts';
import { every } from './idle-limit.ts';
import type { CommandStreams, DialOptions, RemoteCommandClientSession } from './remote-command.ts';
import { carriesStatus, remoteCommandProtocols } from './subprotocols.ts';
import { encodeTerminalSize } from './terminal-size.ts';

const maxStatusBytes = 64 * 1024;

/** Upgrades a connection to SPDY/3.1, offering protocols. What is rejected with is told by `upgradeTo`. */
export async function dialSpdy(
  url: string,
  protocols: readonly string[],
  options: DialOptions,
): Promise<{ connection: SpdyConnection; protocol: string; closed: Promise<void> }> {
  const { socket, headers } = await upgradeTo(url, {
    protocol: 'SPDY/3.1',
    headers: { ...options.headers, 'X-Stream-Protocol-Version': protocols },
    ...(options.tls ? { tls: options.tls } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const { signal, clock, pingMs = 5000 } = options;
  const over = Promise.withResolvers<void>();
  const abort = () => connection.destroy();
  const connection: SpdyConnection = new SpdyConnection({
    role: 'client',
    socket,
    logger: options.logger ?? silentLogger,
    onClose: () => {
      pings?.cancel();
      signal?.removeEventListener('abort', abort);
      over.resolve();
    },
  });
  const pings = pingMs > 0 ? every(clock, pingMs, () => connection.ping()) : undefined;
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  return { connection, protocol: headers['x-stream-protocol-version'] ?? '', closed: over.promise };
}

/** All of a short stream. */
export async function readAll(stream: Readable, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let gathered = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    gathered += part.length;
    if (gathered <= limitBytes) parts.push(part);
  }
  return Buffer.concat(parts);
}

async function statusOf(error: SpdyStream, protocol: string): Promise<CommandStatus> {
  const words = await readAll(error, maxStatusBytes).catch(() => Buffer.alloc(0));
  if (words.length > 0) return decodeStatus(words);
  // The older protocols say nothing on success, and end the stream; silence in the newer ones is a connection that broke.
  if (error.remoteEnd === 'fin' || (!carriesStatus(protocol) && error.remoteEnd === 'reset')) return commandSuccess;
  return failureStatus('error reading from error stream: the connection ended before the command');
}

/** Starts an exec or attach at a kubelet or a container runtime (`url` as its CRI call gave it), by SPDY. Rejects with `UpgradeRefused` and others. */
export async function dialRemoteCommand(url: string, options: DialOptions & CommandStreams): Promise<RemoteCommandClientSession> {
  const { connection, protocol } = await dialSpdy(url, remoteCommandProtocols, options);
  const open = (type: string) => connection.open(new Map([['streamtype', [type]]]));
  const error = open('error');
  const stdin = options.stdin ? open('stdin') : undefined;
  const stdout = options.stdout ? open('stdout') : undefined;
  const stderr = options.stderr && !options.tty ? open('stderr') : undefined;
  const resize = options.tty ? open('resize') : undefined;
  stdin?.resume();
  resize?.resume();
  return {
    protocol,
    stdin,
    stdout,
    stderr,
    resize(size) {
      if (resize?.writable === true) resize.write(encodeTerminalSize(size));
    },
    status: statusOf(error, protocol),
    close: () => connection.close(),
  };
}
