import type { Duplex, Writable } from 'node:stream';
import { statusErrors } from '../../apimachinery/index.ts';
import { silentLogger } from '../../base/index.ts';
import {
  cancelStatus,
  handshakeHeaders,
  type HttpRequest,
  isWebSocketUpgrade,
  offeredSubprotocols,
  type RawReply,
  SpdyConnection,
  type SpdyStream,
  type UpgradeReply,
} from '../../http/index.ts';
import { type CommandStatus, encodeStatus, failureStatus } from './command-status.ts';
import { every, IdleLimit } from './idle-limit.ts';
import { type AcceptRemoteCommandOptions, defaultStreamTimes, type RemoteCommandServerSession, type StreamTimes } from './remote-command.ts';
import {
  carriesStatus,
  chooseProtocol,
  isSpdyUpgrade,
  noCommonProtocol,
  offeredStreamProtocols,
  remoteCommandProtocols,
  spdyUpgradeHeaders,
} from './subprotocols.ts';
import { TerminalSizeReader, TerminalSizes } from './terminal-size.ts';
import { WebSocketChannels } from './web-socket-channels.ts';

/** As WebSocket subprotocols; v2 and v3 exist over SPDY alone. */
const webSocketProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'base64.channel.k8s.io', 'channel.k8s.io', ''];

const stdinChannel = 0;
const stdoutChannel = 1;
const stderrChannel = 2;
const errorChannel = 3;
const resizeChannel = 4;

/** How long the other side has to read the last words and go. */
const lingerMs = 10_000;
const endOf = (stream: Writable | undefined) =>
  new Promise<void>((resolve) => {
    if (!stream || stream.destroyed || stream.writableFinished) return resolve();
    stream.once('close', resolve);
    stream.end(() => resolve());
  });

/** What goes over the error stream, if anything. */
function lastWords(protocol: string, status: CommandStatus): Buffer | undefined {
  if (carriesStatus(protocol)) return encodeStatus(status);
  return status.status === 'Success' ? undefined : Buffer.from(status.message ?? 'failed');
}

function run(session: RemoteCommandServerSession, options: AcceptRemoteCommandOptions): void {
  const ended = (error: unknown) => {
    if (session.signal.aborted) return;
    session.finish(failureStatus(error)).catch((cause: unknown) => options.logger?.warn('a session could not be finished', { error: cause }));
  };
  options.start(session).catch(ended);
}

/**
 * Answers an exec or attach: WebSocket (v5, v4, their base64 forms, the nameless first) or SPDY/3.1 (v5 to v1), the client's first choice
 * that is known. Throws a 400 StatusError for a request that is no upgrade; replies 403 where no protocol is common.
 */
export function acceptRemoteCommand(request: HttpRequest, options: AcceptRemoteCommandOptions): UpgradeReply | RawReply {
  const times = { ...defaultStreamTimes, ...options.times };
  if (isSpdyUpgrade(request)) {
    const offered = offeredStreamProtocols(request);
    const protocol = chooseProtocol(offered, remoteCommandProtocols);
    if (protocol === undefined) return noCommonProtocol(offered, remoteCommandProtocols);
    const accept = (socket: Duplex) => acceptSpdy(socket, protocol, { ...options, times });
    return { kind: 'upgrade', status: 101, headers: spdyUpgradeHeaders(protocol), accept };
  }
  if (!isWebSocketUpgrade(request)) throw statusErrors.badRequest('Upgrade request required');
  const protocol = chooseProtocol(offeredSubprotocols(request), webSocketProtocols);
  if (protocol === undefined) return { kind: 'raw', status: 403, contentType: 'text/plain; charset=utf-8', body: new Uint8Array(0) };
  const headers = handshakeHeaders(request, protocol);
  if (!headers) throw statusErrors.badRequest('the request is no proper WebSocket handshake');
  return { kind: 'upgrade', status: 101, headers, accept: (socket) => acceptWebSocket(socket, protocol, { ...options, times }) };
}

type Options = AcceptRemoteCommandOptions & { readonly times: StreamTimes };

function acceptWebSocket(socket: Duplex, protocol: string, options: Options): void {
  const { clock, times } = options;
  const gone = new AbortController();
  const sizes = options.tty ? new TerminalSizes() : undefined;
  const idle = new IdleLimit(clock, times.idleMs, () => channels.destroy());
  const channels: WebSocketChannels = new WebSocketChannels({
    socket,
    clock,
    logger: options.logger ?? silentLogger,
    base64: protocol.includes('base64'),
    halfClose: protocol.startsWith('v5.'),
    inputs: [...(options.stdin ? [stdinChannel] : []), ...(options.tty ? [resizeChannel] : [])],
    onActivity: () => idle.touch(),
    onClose: () => {
      idle.cancel();
      pings.cancel();
      sizes?.end();
      gone.abort(new Error('the client has gone'));
    },
  });
  const pings = every(clock, times.pingMs, () => channels.ping());
  if (sizes) readSizes(channels.input(resizeChannel)!, sizes);
  const stdout = options.stdout ? channels.output(stdoutChannel) : undefined;
  const stderr = options.stderr && !options.tty ? channels.output(stderrChannel) : undefined;
  let finished = false;
  const session: RemoteCommandServerSession = {
    protocol,
    stdin: channels.input(stdinChannel),
    stdout,
    stderr,
    sizes,
    signal: gone.signal,
    async finish(status) {
      if (finished) return;
      finished = true;
      await Promise.all([endOf(stdout), endOf(stderr)]);
      const words = lastWords(protocol, status);
      if (words) channels.send(errorChannel, words);
      channels.close(1000);
    },
  };
  // Clients take the empty message for "the process has started", and skip it.
  channels.send(options.stdout ? stdoutChannel : stderr ? stderrChannel : errorChannel, new Uint8Array(0));
  run(session, options);
}

function readSizes(source: NodeJS.ReadableStream, sizes: TerminalSizes): void {
  const reader = new TerminalSizeReader();
  source.on('data', (bytes: Buffer) => {
    for (const size of reader.read(bytes)) sizes.put(size);
  });
}

interface CommandSpdyStreams {
  error?: SpdyStream;
  stdin?: SpdyStream;
  stdout?: SpdyStream;
  stderr?: SpdyStream;
  resize?: SpdyStream;
}

function acceptSpdy(socket: Duplex, protocol: string, options: Options): void {
  const { clock, times } = options;
  const gone = new AbortController();
  const streams: CommandSpdyStreams = {};
  const sizes = options.tty ? new TerminalSizes() : undefined;
  const withStderr = options.stderr && !options.tty;
  // Over v1 and v2 no resize stream is made.
  const withResize = options.tty && protocol !== 'v2.channel.k8s.io' && protocol !== 'channel.k8s.io';
  let missing = 1 + Number(options.stdin) + Number(options.stdout) + Number(withStderr) + Number(withResize);
  const creation = clock.after(times.creationMs, () => connection.destroy());
  const idle = new IdleLimit(clock, times.idleMs, () => connection.destroy());
  const onStream = (stream: SpdyStream) => {
    stream.reply();
    const type = stream.header('streamtype');
    const wanted =
      type === 'error' ||
      (type === 'stdin' && options.stdin) ||
      (type === 'stdout' && options.stdout) ||
      (type === 'stderr' && withStderr) ||
      (type === 'resize' && options.tty);
    // What nobody wants must be read all the same: a stream left unread would hold the connection.
    if (!wanted || streams[type] !== undefined) return void stream.resume();
    streams[type] = stream;
    if (type === 'resize' && sizes) readSizes(stream, sizes);
    else if (type !== 'stdin') stream.resume();
    if (type === 'resize' && !withResize) return;
    if (--missing > 0) return;
    creation.cancel();
    run(spdySession({ protocol, streams, connection, sizes, signal: gone.signal }, options), options);
  };
  const connection: SpdyConnection = new SpdyConnection({
    role: 'server',
    socket,
    onStream,
    logger: options.logger ?? silentLogger,
    onActivity: () => idle.touch(),
    onClose: () => {
      creation.cancel();
      idle.cancel();
      pings.cancel();
      sizes?.end();
      gone.abort(new Error('the client has gone'));
    },
  });
  const pings = every(clock, times.pingMs, () => connection.ping());
}

interface SpdySessionParts {
  readonly protocol: string;
  readonly streams: CommandSpdyStreams;
  readonly connection: SpdyConnection;
  readonly sizes: TerminalSizes | undefined;
  readonly signal: AbortSignal;
}

function spdySession(parts: SpdySessionParts, options: Options): RemoteCommandServerSession {
  const { protocol, streams, connection, sizes, signal } = parts;
  const { error, stdin, stdout, stderr } = streams;
  let finished = false;
  return {
    protocol,
    stdin,
    stdout,
    stderr,
    sizes,
    signal,
    async finish(status) {
      if (finished) return;
      finished = true;
      await Promise.all([endOf(stdout), endOf(stderr)]);
      const words = lastWords(protocol, status);
      if (words) error?.write(words);
      await endOf(error);
      stdin?.reset(cancelStatus);
      connection.close();
      const linger = options.clock.after(lingerMs, () => connection.destroy());
      if (signal.aborted) linger.cancel();
      else signal.addEventListener('abort', () => linger.cancel(), { once: true });
    },
  };
}
