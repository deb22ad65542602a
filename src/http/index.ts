/**
 * HTTP as every daemon of the project serves it: one request and one reply type, whatever carries them.
 *
 * - Handlers know neither sockets nor HTTP versions; they take a request and return a `Reply`.
 * - Protocol cores (framing, negotiation) are pure; shells over sockets are thin.
 * - Identity is an argument (`AuthenticatedRequest.user`), never a header.
 * - No Kubernetes word: what is served is the business of higher floors.
 */
export type { Handler, WireHandler } from './handler.ts';
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
export type { User } from './user.ts';
