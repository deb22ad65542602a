import type { Duplex } from 'node:stream';
import { statusErrors } from '../../apimachinery/index.ts';
import { errorText, silentLogger, type Timer } from '../../base/index.ts';
import {
  handshakeHeaders,
  type HttpRequest,
  isWebSocketUpgrade,
  offeredSubprotocols,
  protocolErrorStatus,
  type RawReply,
  SpdyConnection,
  type SpdyStream,
  type UpgradeReply,
  WebSocketTunnel,
} from '../../http/index.ts';
import { every, IdleLimit } from './idle-limit.ts';
import { type AcceptPortForwardOptions, type ForwardedConnection, parsePort } from './port-forward.ts';
import { defaultStreamTimes, type StreamTimes } from './remote-command.ts';
import {
  chooseProtocol,
  isSpdyUpgrade,
  noCommonProtocol,
  offeredStreamProtocols,
  portForwardProtocol,
  spdyUpgradeHeaders,
  tunnelProtocol,
} from './subprotocols.ts';
import { WebSocketChannels } from './web-socket-channels.ts';

/** v5 is never chosen here: its half-close is not served for ports. */
const webSocketProtocols = [tunnelProtocol, 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', ''];
/** Ports of one legacy WebSocket: channels are one byte, two a port. */
const maxLegacyPorts = 127;
/** Pairs whose second stream has not come. */
const maxPendingPairs = 1024;

type Options = AcceptPortForwardOptions & { readonly times: StreamTimes };

/**
 * Answers a port-forward: SPDY/3.1, SPDY through WebSocket messages (kubectl), or the legacy WebSocket channels (Python and Node clients,
 * `options.ports`). Throws a 400 StatusError for a request that is no upgrade; replies 403 where no protocol is common.
 */
export function acceptPortForward(request: HttpRequest, options: AcceptPortForwardOptions): UpgradeReply | RawReply {
  const full = { ...options, times: { ...defaultStreamTimes, ...options.times } };
  if (isSpdyUpgrade(request)) {
    const offered = offeredStreamProtocols(request);
    const protocol = chooseProtocol(offered, [portForwardProtocol]);
    if (protocol === undefined) return noCommonProtocol(offered, [portForwardProtocol]);
    return { kind: 'upgrade', status: 101, headers: spdyUpgradeHeaders(protocol), accept: (socket) => servePairs(socket, full) };
  }
  if (!isWebSocketUpgrade(request)) throw statusErrors.badRequest('Upgrade request required');
  const protocol = chooseProtocol(offeredSubprotocols(request), webSocketProtocols);
  if (protocol === undefined) return { kind: 'raw', status: 403, contentType: 'text/plain; charset=utf-8', body: new Uint8Array(0) };
  const headers = handshakeHeaders(request, protocol);
  if (!headers) throw statusErrors.badRequest('the request is no proper WebSocket handshake');
  if (protocol === tunnelProtocol) {
    const accept = (socket: Duplex) => servePairs(new WebSocketTunnel(socket, { clock: full.clock, logger: full.logger ?? silentLogger }), full);
    return { kind: 'upgrade', status: 101, headers, accept };
  }
  const ports = options.ports ?? [];
  if (ports.length === 0) throw statusErrors.badRequest('query parameter "ports" is required');
  if (ports.length > maxLegacyPorts) throw statusErrors.badRequest(`at most ${maxLegacyPorts} ports can be forwarded over one WebSocket`);
  return {
    kind: 'upgrade',
    status: 101,
    headers,
    accept: (socket) => serveChannels(socket, { ...full, ports, base64: protocol.includes('base64') }),
  };
}

interface Pair {
  error?: SpdyStream;
  data?: SpdyStream;
  readonly timer: Timer;
}

function servePairs(socket: Duplex, options: Options): void {
  const { clock, times } = options;
  const gone = new AbortController();
  const pending = new Map<string, Pair>();
  const idle = new IdleLimit(clock, times.idleMs, () => connection.destroy());
  const expire = (id: string) => {
    const pair = pending.get(id);
    pending.delete(id);
    pair?.error?.end(`error: timed out waiting for the streams of request ${id}`);
    pair?.data?.destroy();
  };
  const onStream = (stream: SpdyStream) => {
    const type = stream.header('streamtype');
    const port = parsePort(stream.header('port'));
    if (port === undefined || (type !== 'error' && type !== 'data')) return stream.reset(protocolErrorStatus);
    // Old clients send no request id: the data stream comes right after its error stream.
    const id = stream.header('requestid') ?? String(type === 'error' ? stream.id : stream.id - 2);
    let pair = pending.get(id);
    if (pair?.[type] !== undefined || (!pair && pending.size >= maxPendingPairs)) return stream.reset(protocolErrorStatus);
    if (!pair) {
      pair = { timer: clock.after(times.creationMs, () => expire(id)) };
      pending.set(id, pair);
    }
    pair[type] = stream;
    stream.reply();
    // The client writes nothing on it; a stream left unread would hold the connection.
    if (type === 'error') stream.resume();
    if (!pair.error || !pair.data) return;
    pair.timer.cancel();
    pending.delete(id);
    void forwardPair({ port, error: pair.error, data: pair.data }, gone.signal, options);
  };
  const connection: SpdyConnection = new SpdyConnection({
    role: 'server',
    socket,
    onStream,
    logger: options.logger ?? silentLogger,
    onActivity: () => idle.touch(),
    onClose: () => {
      idle.cancel();
      pings.cancel();
      for (const pair of pending.values()) pair.timer.cancel();
      pending.clear();
      gone.abort(new Error('the client has gone'));
      options.onClose?.();
    },
  });
  const pings = every(clock, times.pingMs, () => connection.ping());
}

async function forwardPair(
  pair: { readonly port: number; readonly error: SpdyStream; readonly data: SpdyStream },
  signal: AbortSignal,
  options: Options,
): Promise<void> {
  const { port, error, data } = pair;
  let told = false;
  const fail = (message: string) => {
    if (!told && error.writable) error.write(message);
    told = true;
  };
  await forward({ port, data, fail, signal }, options);
  // In this order, as runtimes do.
  if (!data.writableEnded) data.end();
  data.resume();
  error.end();
}

async function forward(connection: ForwardedConnection, options: Options): Promise<void> {
  try {
    await options.forward(connection);
  } catch (error) {
    options.logger?.debug('port-forward failed', { port: connection.port, error });
    connection.fail(errorText(error));
  }
}

function serveChannels(socket: Duplex, options: Options & { readonly ports: readonly number[]; readonly base64: boolean }): void {
  const { clock, ports, times } = options;
  const gone = new AbortController();
  const idle = new IdleLimit(clock, times.idleMs, () => channels.destroy());
  const channels: WebSocketChannels = new WebSocketChannels({
    socket,
    clock,
    logger: options.logger ?? silentLogger,
    base64: options.base64,
    halfClose: false,
    inputs: ports.map((_, i) => 2 * i),
    onActivity: () => idle.touch(),
    onClose: () => {
      idle.cancel();
      pings.cancel();
      gone.abort(new Error('the client has gone'));
      options.onClose?.();
    },
  });
  const pings = every(clock, times.pingMs, () => channels.ping());
  const all = ports.map(async (port, i) => {
    const number = Uint8Array.of(port & 0xff, port >> 8);
    channels.send(2 * i, number);
    channels.send(2 * i + 1, number);
    const data = channels.input(2 * i)!;
    await forward({ port, data, fail: (message) => channels.send(2 * i + 1, Buffer.from(message)), signal: gone.signal }, options);
    data.resume();
    if (!data.writableFinished && !data.destroyed) await new Promise<void>((resolve) => data.once('close', resolve).end(() => resolve()));
  });
  void Promise.all(all).then(() => channels.close(1000));
}
