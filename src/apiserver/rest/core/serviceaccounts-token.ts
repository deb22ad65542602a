import type { TokenRequest } from '../../../api/index.ts';
import { failure, fieldError, formatTime, type KubeObject, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { Draft } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { admissionRequest, admit, admitValidate } from '../../registry/admit.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, sentReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { TokenClaims } from '../token-issuer.ts';
import type { RestInit } from '../rest-init.ts';
import { boundObject } from './bound-object.ts';

const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

function checkExpiration(scope: VerbScope, seconds: number): void {
  const text =
    seconds < minSeconds
      ? 'may not specify a duration less than 10 minutes'
      : seconds > maxSeconds
        ? 'may not specify a duration larger than 2^32 seconds'
        : '';
  if (text === '') return;
  throw statusErrors.invalid(kind.group, kind.kind, scope.info.name, [fieldError.invalid('spec.expirationSeconds', seconds, text)]);
}

/** POST on `serviceaccounts/NAME/token`: a token for the account, perhaps bound to an object that must be there. */
export function serviceAccountsToken({ context, options }: RestInit): readonly RestHandler[] {
  async function create(scope: VerbScope): Promise<Reply> {
    const { tokens } = options;
    const { object: request, options: write } = await decodeSent<TokenRequest>(scope, kind);
    const { namespace, name } = scope.info;
    const stored = await context.store('', 'serviceaccounts').get({ namespace, name });
    if (!tokens) throw statusErrors.serviceUnavailable('this server issues no tokens');
    if (request.metadata?.name && request.metadata.name !== name) {
      throw statusErrors.badRequest(`the name of the object (${request.metadata.name}) does not match the name on the URL (${name})`);
    }
    const { uid } = stored.summary;
    const asked = request.metadata?.uid;
    if (asked && asked !== uid) {
      throw new StatusError(
        failure(409, 'Conflict', `the UID in the token request (${asked}) does not match the UID of the service account (${uid})`),
      );
    }
    const spec = (request.spec ??= {} as NonNullable<typeof request.spec>);
    spec.expirationSeconds ??= defaultSeconds;
    checkExpiration(scope, spec.expirationSeconds);
    const admission = admissionRequest(scope, {
      operation: 'CREATE',
      object: request as unknown as Draft<KubeObject>,
      oldObject: undefined,
      options: write.object,
      dryRun: write.dryRun,
      kind,
    });
    await admit(scope, admission);
    await admitValidate(scope, admission);
    const audiences = (spec.audiences?.length ?? 0) > 0 ? spec.audiences! : [...tokens.defaultAudiences];
    const claims: TokenClaims = {
      namespace,
      serviceAccount: { name, uid },
      audiences,
      expirationSeconds: spec.expirationSeconds,
      ...(await boundObject(context, spec.boundObjectRef as never, { namespace, name })),
    };
    const issued = write.dryRun ? { token: '', expirationMs: context.clock.now() } : await tokens.issue(claims);
    const metadata = { ...request.metadata, name, namespace, creationTimestamp: formatTime(context.clock.now()) };
    const status = { token: issued.token, expirationTimestamp: formatTime(issued.expirationMs) };
    return sentReply(scope, { ...request, metadata, spec: { ...spec, audiences }, status } as KubeObject, kind);
  }
  return [{ group: '', resource: 'serviceaccounts', subresource: 'token', verbs: { create } }];
}
