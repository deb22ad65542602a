import type { TokenRequest } from '../../../api/index.ts';
import { failure, fieldError, formatTime, isNotFound, type KubeObject, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { Draft } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { admissionRequest, admit, admitValidate } from '../../registry/admit.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, sentReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { TokenClaims } from '../token-issuer.ts';
import type { RestInit } from '../index.ts';

const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

function conflict(scope: VerbScope, name: string, why: string): Error {
  return statusErrors.conflict({ group: '', resource: scope.info.resource }, name, why);
}

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

interface Bound {
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
  readonly node?: { readonly name: string; readonly uid: string };
}

/** POST on `serviceaccounts/NAME/token`: a token for the account, perhaps bound to an object that must be there. */
export function serviceAccountsToken({ context, options }: RestInit): readonly RestHandler[] {
  async function bound(scope: VerbScope, request: Draft<TokenRequest>, account: string): Promise<Bound> {
    const ref = request.spec?.boundObjectRef;
    if (!ref) return {};
    const name = ref.name ?? '';
    const namespace = scope.info.namespace;
    const found = async (plural: string, inNamespace: string): Promise<KubeObject> => {
      try {
        return (await context.store('', plural).get({ namespace: inNamespace, name })).bare();
      } catch (error) {
        if (isNotFound(error)) throw statusErrors.notFound({ group: '', resource: plural }, name);
        throw error;
      }
    };
    const identified = (object: KubeObject) => {
      const uid = object.metadata?.uid ?? '';
      if (ref.uid && ref.uid !== uid) {
        const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
        throw conflict(scope, name, why);
      }
      return { name, uid };
    };
    if (ref.apiVersion === 'v1' && ref.kind === 'Pod') {
      const pod = await found('pods', namespace);
      const spec = (pod as { readonly spec?: { readonly serviceAccountName?: string; readonly nodeName?: string } }).spec;
      if (spec?.serviceAccountName !== account) {
        throw statusErrors.badRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
        );
      }
      const node = spec.nodeName ? context.store('', 'nodes').peek({ namespace: '', name: spec.nodeName })?.summary : undefined;
      return { pod: identified(pod), ...(node ? { node: { name: node.name, uid: node.uid } } : {}) };
    }
    if (ref.apiVersion === 'v1' && ref.kind === 'Secret') return { secret: identified(await found('secrets', namespace)) };
    if (ref.apiVersion === 'v1' && ref.kind === 'Node') return { node: identified(await found('nodes', '')) };
    const [group, version] = ref.apiVersion?.includes('/') ? ref.apiVersion.split('/') : ['', ref.apiVersion ?? ''];
    throw statusErrors.badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`);
  }

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
      ...(await bound(scope, request, name)),
    };
    const issued = write.dryRun ? { token: '', expirationMs: context.clock.now() } : await tokens.issue(claims);
    const metadata = { ...request.metadata, name, namespace, creationTimestamp: formatTime(context.clock.now()) };
    const status = { token: issued.token, expirationTimestamp: formatTime(issued.expirationMs) };
    return sentReply(scope, { ...request, metadata, spec: { ...spec, audiences }, status } as KubeObject, kind);
  }
  return [{ group: '', resource: 'serviceaccounts', subresource: 'token', verbs: { create } }];
}
