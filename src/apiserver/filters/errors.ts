import { errorText, type Logger } from '../../base/index.ts';
import { failure, isStatusError, ReadError, type Status, statusErrors } from '../../apimachinery/index.ts';
import { BodyTooLarge, RequestAborted, type Reply } from '../../http/index.ts';
import { statusReply } from '../replies/status-body.ts';
import { notFoundText, textReply } from '../replies/text-reply.ts';
import { BadPath } from './request-info.ts';
import type { Filter } from './scope.ts';

/** A path below a custom resource that nothing answers to: plain text, as upstream has it. */
export class TextNotFound extends Error {
  override readonly name = 'TextNotFound';
}

/** The Status that tells a client of `error`. Errors that are no `StatusError` are told as upstream does: 500 with the text. */
export function statusOf(error: unknown): Status {
  if (isStatusError(error)) return error.status;
  if (error instanceof BodyTooLarge) return statusErrors.tooLarge(`limit is ${error.limitBytes}`).status;
  if (error instanceof ReadError) return statusErrors.badRequest(error.message).status;
  if (error instanceof RequestAborted) return failure(499, '', 'the client has gone');
  return failure(500, '', errorText(error));
}

/** The one place that catches broadly: whatever the handlers throw becomes a Status. Programmer errors are logged with their stack. */
export function errorReply(error: unknown, logger: Logger): Reply {
  if (error instanceof TextNotFound) return notFoundText();
  if (error instanceof BadPath) return textReply(400, `${error.message}\n`);
  if (!isStatusError(error) && !(error instanceof BodyTooLarge) && !(error instanceof ReadError) && !(error instanceof RequestAborted)) {
    logger.error('request failed', { error });
  }
  return statusReply(statusOf(error));
}

/** Turns what the inner filters and handlers throw into replies. */
export function errors(logger: Logger): Filter {
  return (next) => async (scope) => {
    try {
      return await next(scope);
    } catch (error) {
      return errorReply(error, logger);
    }
  };
}
