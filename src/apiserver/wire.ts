import type { Logger } from '../base/index.ts';
import { statusErrors } from '../apimachinery/index.ts';
import { encodeReply, type Handler, type HttpRequest, negotiate, type Reply, type WireHandler, type WireReply, withUser } from '../http/index.ts';
import type { Authenticator } from './auth-types.ts';
import { errorReply } from './filters/errors.ts';
import { isNegotiated, jsonType, plainJson, protobufType, yamlType } from './replies/media-types.ts';

const statusTypes = [jsonType, yamlType, protobufType];

/**
 * What stands between sockets and the handler: finds out who sends, and encodes the reply. A reply whose form was negotiated on the way is
 * encoded so; a Status in the first of JSON, YAML and protobuf that the client takes, else in JSON. Never rejects.
 */
export function wireHandler(options: {
  readonly handler: Handler;
  readonly authenticator: () => Authenticator;
  readonly logger: Logger;
}): WireHandler {
  const { handler, logger } = options;
  return async (request) => {
    try {
      return await encode(await answer(request), request);
    } catch (error) {
      return encode(errorReply(error, logger), request);
    }
  };

  async function answer(request: HttpRequest): Promise<Reply> {
    const found = options.authenticator().authenticate(request);
    const user = found instanceof Promise ? await found : found;
    if (!user) throw statusErrors.unauthorized();
    return handler(withUser(request, user));
  }
}

function encode(reply: Reply, request: HttpRequest): WireReply | Promise<WireReply> {
  const acceptEncoding = request.headers['accept-encoding'];
  switch (reply.kind) {
    case 'value': {
      const { body } = reply;
      // An error is a Status whatever form was asked for; only its encoding is the client's choice.
      const chosen = reply.status >= 400 ? negotiate(request.headers['accept'], statusTypes) : undefined;
      const mediaType = chosen ? { ...plainJson, type: chosen.type } : isNegotiated(body) ? body.mediaType : plainJson;
      return encodeReply(reply, { mediaType, contentType: mediaType.type, acceptEncoding });
    }
    case 'stream': {
      const { frames } = reply;
      const mediaType = isNegotiated(frames) ? frames.mediaType : plainJson;
      const isProtobuf = mediaType.type === protobufType;
      return encodeReply(reply, {
        mediaType,
        contentType: isProtobuf ? `${protobufType};stream=watch` : mediaType.type,
        framing: isProtobuf ? 'length-prefixed' : 'lines',
      });
    }
    default:
      return encodeReply(reply, { mediaType: plainJson, acceptEncoding });
  }
}
