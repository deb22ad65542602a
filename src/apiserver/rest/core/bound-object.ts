import type { TokenRequest } from '../../../api/index.ts';
import { isNotFound, type KubeObject, statusErrors } from '../../../apimachinery/index.ts';
import type { ServerContext } from '../../context.ts';

/** The objects that a token ends with. */
export interface Bound {
  readonly pod?: Identity;
  readonly secret?: Identity;
  readonly node?: Identity;
}

interface Identity {
  readonly name: string;
  readonly uid: string;
}

type Ref = NonNullable<NonNullable<TokenRequest['spec']>['boundObjectRef']>;

async function found(context: ServerContext, plural: string, key: { readonly namespace: string; readonly name: string }): Promise<KubeObject> {
  try {
    return (await context.store('', plural).get(key)).bare();
  } catch (error) {
    if (isNotFound(error)) throw statusErrors.notFound({ group: '', resource: plural }, key.name);
    throw error;
  }
}

function identified(object: KubeObject, ref: Ref): Identity {
  const name = ref.name ?? '';
  const uid = object.metadata?.uid ?? '';
  if (!ref.uid || ref.uid === uid) return { name, uid };
  const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw statusErrors.conflict({ group: '', resource: 'serviceaccounts' }, name, why);
}

/** Looks up what a token is to be bound to. Throws 400, 404 or 409. */
export async function boundObject(
  context: ServerContext,
  ref: Ref | undefined,
  account: { readonly namespace: string; readonly name: string },
): Promise<Bound> {
  if (!ref) return {};
  const name = ref.name ?? '';
  const { namespace } = account;
  if (ref.apiVersion === 'v1' && ref.kind === 'Pod') {
    const pod = await found(context, 'pods', { namespace, name });
    const { spec } = pod as { readonly spec?: { readonly serviceAccountName?: string; readonly nodeName?: string } };
    if (spec?.serviceAccountName !== account.name) {
      throw statusErrors.badRequest(
        `cannot bind token for serviceaccount ${JSON.stringify(account.name)} to pod running with different serviceaccount name.`,
      );
    }
    const node = spec.nodeName ? context.store('', 'nodes').peek({ namespace: '', name: spec.nodeName })?.summary : undefined;
    return { pod: identified(pod, ref), ...(node ? { node: { name: node.name, uid: node.uid } } : {}) };
  }
  if (ref.apiVersion === 'v1' && ref.kind === 'Secret') return { secret: identified(await found(context, 'secrets', { namespace, name }), ref) };
  if (ref.apiVersion === 'v1' && ref.kind === 'Node') return { node: identified(await found(context, 'nodes', { namespace: '', name }), ref) };
  const [group, version] = ref.apiVersion?.includes('/') ? ref.apiVersion.split('/') : ['', ref.apiVersion ?? ''];
  throw statusErrors.badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`);
}
