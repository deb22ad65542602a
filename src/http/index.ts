/**
 * HTTP as every daemon of the project serves it: one request and one reply type, whatever carries them.
 *
 * - Handlers know neither sockets nor HTTP versions; they take a request and return a `Reply`.
 * - Protocol cores (framing, negotiation) are pure; shells over sockets are thin.
 * - Identity is an argument (`AuthenticatedRequest.user`), never a header.
 * - Everything streams under back-pressure; every limit is in `ServerLimits` or an argument.
 * - Requests have getters (query and signal are made when asked for): add a user with `withUser`, never by spreading.
 * - No Kubernetes word: what is served is the business of higher floors.
 */
export { encodeReply, type EncodeOptions } from './encode-reply.ts';
export { FrameChunks, type Framing, wholeBytes } from './frame-chunks.ts';
export type { Handler, WireHandler } from './handler.ts';
export { inject, type InjectedReply, makeRequest, type RequestInit } from './inject.ts';
export { type AcceptedType, acceptsGzip, coversType, formatMediaType, negotiate, parseAccept, parseMediaType } from './negotiate.ts';
export type { Body, BodyStream, Chunks, MediaType, RawReply, Reply, StreamReply, UpgradeReply, ValueReply, WireReply } from './reply.ts';
export {
  type AuthenticatedRequest,
  BodyTooLarge,
  type Connection,
  type Headers,
  type HttpRequest,
  type RequestBody,
  type UpgradedSocket,
} from './request.ts';
export { defaultServerLimits, type ServerLimits } from './server/limits.ts';
export { type Listen, serve, type ServeOptions, type ServerHandle, type TlsOptions } from './server/serve.ts';
export { RequestAborted } from './server/server-request.ts';
export { forwardRequest, type ForwardOptions } from './reverse-proxy.ts';
export { cancelStatus, protocolErrorStatus } from './spdy/frames.ts';
export { type SpdyHeaders, SpdyProtocolError } from './spdy/header-block.ts';
export { SpdyConnection, type SpdyConnectionOptions } from './spdy/spdy-connection.ts';
export { type RemoteEnd, SpdyStream } from './spdy/spdy-stream.ts';
export { type Upgraded, type UpgradeOptions, UpgradeRefused, type UpgradeTlsOptions, upgradeTo } from './upgrade-client.ts';
export type { User } from './user.ts';
export { warningHeaders } from './warning-header.ts';
export { handshakeHeaders, isWebSocketUpgrade, offeredSubprotocols } from './websocket/handshake.ts';
export { WebSocketTunnel } from './websocket/tunnel.ts';
export { WebSocketConnection, type WebSocketOptions } from './websocket/web-socket.ts';
export { headerValues, withUser } from './with-user.ts';
