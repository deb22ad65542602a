import type { Reply, WireReply } from './reply.ts';
import type { AuthenticatedRequest, HttpRequest } from './request.ts';

/** Answers a request whose sender is known: what the in-process transport calls, and what the wire calls after authentication. */
export type Handler = (request: AuthenticatedRequest) => Promise<Reply>;

/** Answers a request from the wire: authenticates, calls a `Handler`, negotiates and encodes. Never rejects. */
export type WireHandler = (request: HttpRequest) => Promise<WireReply>;
