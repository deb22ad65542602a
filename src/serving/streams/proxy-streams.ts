import { type HttpRequest, isWebSocketUpgrade, type RawReply, type UpgradeReply } from '../../http/index.ts';
import { acceptPortForward } from './accept-port-forward.ts';
import { acceptRemoteCommand } from './accept-remote-command.ts';
import type { PortForwardClient } from './port-forward.ts';
import type { AcceptOptions, CommandStreams, RemoteCommandClientSession } from './remote-command.ts';
import { splicePortForward } from './splice-port-forward.ts';
import { spliceRemoteCommand } from './splice-remote-command.ts';

/**
 * Answers an exec or attach by asking the next hop. A WebSocket is accepted first, so a failure to reach the next hop is told as its
 * status; a SPDY client gets a true HTTP error: this rejects with what `dial` threw.
 */
export async function proxyRemoteCommand(
  request: HttpRequest,
  options: AcceptOptions & CommandStreams & { readonly dial: (signal?: AbortSignal) => Promise<RemoteCommandClientSession> },
): Promise<UpgradeReply | RawReply> {
  const dialed = isWebSocketUpgrade(request) || !request.upgrade ? undefined : await options.dial();
  const reply = acceptRemoteCommand(request, {
    ...options,
    start: async (session) => spliceRemoteCommand(session, dialed ?? (await options.dial(session.signal))),
  });
  if (reply.kind !== 'upgrade') dialed?.close();
  return dialed ? closedIfUnused(reply, request, () => dialed.close()) : reply;
}

/** Answers a port-forward by asking the next hop, which must accept before the client is answered: rejects with what `dial` threw. */
export async function proxyPortForward(
  request: HttpRequest,
  options: AcceptOptions & { readonly dial: () => Promise<PortForwardClient>; readonly ports?: readonly number[] },
): Promise<UpgradeReply | RawReply> {
  const next = request.upgrade ? await options.dial() : undefined;
  try {
    const reply = acceptPortForward(request, {
      ...options,
      forward: (connection) => splicePortForward(connection, next!.open(connection.port)),
      onClose: () => next?.close(),
    });
    if (reply.kind !== 'upgrade') next?.close();
    return next ? closedIfUnused(reply, request, () => next.close()) : reply;
  } catch (error) {
    next?.close();
    throw error;
  }
}

/** The client may go between our asking and our answer: then nobody takes the socket, and the next hop must be let go. */
function closedIfUnused(reply: UpgradeReply | RawReply, request: HttpRequest, close: () => void): UpgradeReply | RawReply {
  if (reply.kind !== 'upgrade') return reply;
  if (request.signal.aborted) close();
  request.signal.addEventListener('abort', close, { once: true });
  return reply;
}
