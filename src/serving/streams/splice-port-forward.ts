import { readAll } from './dial-remote-command.ts';
import type { ForwardedConnection, ForwardingConnection } from './port-forward.ts';
import { copy } from './splice-remote-command.ts';

const maxErrorBytes = 64 * 1024;

/** Joins a forwarded connection to the next hop's: data with half-close both ways, the text of a failure back. Resolves when it is over. */
export async function splicePortForward(server: ForwardedConnection, client: ForwardingConnection): Promise<void> {
  const gone = () => client.data.destroy();
  server.signal.addEventListener('abort', gone, { once: true });
  if (server.signal.aborted) gone();
  void copy(server.data, client.data).then(() => {
    if (!client.data.destroyed) client.data.end();
  });
  try {
    const told = readAll(client.error, maxErrorBytes).catch(() => Buffer.alloc(0));
    await copy(client.data, server.data);
    if (!server.data.destroyed) server.data.end();
    const text = await told;
    if (text.length > 0) server.fail(text.toString());
  } finally {
    server.signal.removeEventListener('abort', gone);
    client.data.destroy();
  }
}
