import type { Readable, Writable } from 'node:stream';
import type { RemoteCommandClientSession, RemoteCommandServerSession } from './remote-command.ts';

/** Copies under back-pressure until the source ends; the target is left open. Once the target is gone the rest is dropped. */
export function copy(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (!from) return Promise.resolve();
  return new Promise((resolve) => {
    if (from.destroyed || from.readableEnded) return resolve();
    from.once('end', resolve).once('close', resolve);
    if (!to || to.destroyed) return void from.resume();
    to.once('close', () => {
      from.unpipe(to);
      from.resume();
    });
    from.pipe(to, { end: false });
  });
}

async function copySizes(server: RemoteCommandServerSession, client: RemoteCommandClientSession): Promise<void> {
  if (!server.sizes) return;
  for await (const size of server.sizes) client.resize(size);
}

/**
 * Joins who asked for a command (`server`: our end towards it) to who runs it (`client`: our end towards that). Resolves when the command
 * has ended and its status has been handed on, or the asking side has gone. Each side's end of input, sizes and status pass unchanged.
 */
export async function spliceRemoteCommand(server: RemoteCommandServerSession, client: RemoteCommandClientSession): Promise<void> {
  const gone = () => client.close();
  server.signal.addEventListener('abort', gone, { once: true });
  if (server.signal.aborted) gone();
  void copy(server.stdin, client.stdin).then(() => client.stdin?.end());
  void copySizes(server, client);
  try {
    await Promise.all([copy(client.stdout, server.stdout), copy(client.stderr, server.stderr)]);
    await server.finish(await client.status);
  } finally {
    server.signal.removeEventListener('abort', gone);
    client.close();
  }
}
