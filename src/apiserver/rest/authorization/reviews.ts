import type { LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview } from '../../../api/index.ts';
import { type KubeObject, statusErrors, fieldError } from '../../../apimachinery/index.ts';
import type { Reply, User } from '../../../http/index.ts';
import type { AuthorizationAttributes, Authorizer } from '../../auth-types.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, sentReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';

const group = 'authorization.k8s.io';
const kindOf = (kind: string) => ({ group, version: 'v1', kind });

type Spec = NonNullable<SubjectAccessReview['spec']>;

function attributesOf(spec: Pick<Spec, 'resourceAttributes' | 'nonResourceAttributes'>, user: User, namespace?: string): AuthorizationAttributes {
  const r = spec.resourceAttributes;
  const n = spec.nonResourceAttributes;
  return {
    user,
    verb: r?.verb ?? n?.verb ?? '',
    isResourceRequest: r !== undefined,
    group: r?.group ?? '',
    version: r?.version ?? '',
    resource: r?.resource ?? '',
    subresource: r?.subresource ?? '',
    namespace: namespace ?? r?.namespace ?? '',
    name: r?.name ?? '',
    path: n?.path ?? '',
  };
}

function checkAttributes(kind: string, spec: Pick<Spec, 'resourceAttributes' | 'nonResourceAttributes'> | undefined): void {
  const hasBoth = spec?.resourceAttributes !== undefined && spec.nonResourceAttributes !== undefined;
  const hasNone = spec?.resourceAttributes === undefined && spec?.nonResourceAttributes === undefined;
  if (!hasBoth && !hasNone) return;
  const text = hasBoth
    ? 'cannot be specified in combination with resourceAttributes'
    : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  const errors = [
    hasBoth
      ? fieldError.invalid('spec.nonResourceAttributes', spec.nonResourceAttributes, text)
      : fieldError.invalid('spec.resourceAttributes', null, text),
  ];
  throw statusErrors.invalid(group, kind, '', errors);
}

async function statusOf(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<object> {
  const { verdict, reason = '' } = await authorizer.authorize(attributes);
  return { allowed: verdict === 'Allow', ...(verdict === 'Deny' ? { denied: true } : {}), ...(reason === '' ? {} : { reason }) };
}

function userOf(spec: Spec | undefined): User {
  return {
    name: spec?.user ?? '',
    groups: spec?.groups ?? [],
    ...(spec?.uid ? { uid: spec.uid } : {}),
    ...(spec?.extra ? { extra: spec.extra as NonNullable<User['extra']> } : {}),
  };
}

/** The access reviews: questions to the authorizer. */
export function accessReviews({ authorizer }: RestInit): readonly RestHandler[] {
  const handler = (resource: string, create: (scope: VerbScope) => Promise<Reply>): RestHandler => ({
    group,
    resource,
    subresource: '',
    verbs: { create },
    exclusive: true,
  });

  async function subject(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<SubjectAccessReview>(scope, kindOf('SubjectAccessReview'));
    checkAttributes('SubjectAccessReview', object.spec as Spec | undefined);
    if (!object.spec?.user && !object.spec?.groups?.length) {
      const text = 'at least one of user or group must be specified';
      throw statusErrors.invalid(group, 'SubjectAccessReview', '', [fieldError.invalid('spec.user', object.spec?.user ?? '', text)]);
    }
    const status = await statusOf(authorizer, attributesOf(object.spec as Spec, userOf(object.spec as Spec)));
    return sentReply(scope, { ...object, status } as KubeObject, kindOf('SubjectAccessReview'));
  }

  async function local(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<LocalSubjectAccessReview>(scope, kindOf('LocalSubjectAccessReview'));
    checkAttributes('LocalSubjectAccessReview', object.spec as Spec | undefined);
    const { namespace } = scope.info;
    if (object.spec?.resourceAttributes && object.spec.resourceAttributes.namespace !== namespace) {
      throw statusErrors.badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
    }
    const status = await statusOf(authorizer, attributesOf(object.spec as Spec, userOf(object.spec as Spec), namespace));
    return sentReply(scope, { ...object, status } as KubeObject, kindOf('LocalSubjectAccessReview'));
  }

  async function self(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<SelfSubjectAccessReview>(scope, kindOf('SelfSubjectAccessReview'));
    checkAttributes('SelfSubjectAccessReview', object.spec as Spec | undefined);
    const status = await statusOf(authorizer, attributesOf(object.spec as Spec, scope.user));
    return sentReply(scope, { ...object, status } as KubeObject, kindOf('SelfSubjectAccessReview'));
  }

  async function rules(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<SelfSubjectRulesReview>(scope, kindOf('SelfSubjectRulesReview'));
    const namespace = object.spec?.namespace ?? '';
    if (namespace === '') throw statusErrors.badRequest('no namespace on request');
    const answer = (await authorizer.rulesFor?.(scope.user, namespace)) ?? { rules: [], incomplete: true };
    const status = {
      resourceRules: answer.rules.filter((r) => !r.nonResourceURLs?.length).map(({ nonResourceURLs: _urls, ...r }) => r),
      nonResourceRules: answer.rules.filter((r) => r.nonResourceURLs?.length).map((r) => ({ verbs: r.verbs, nonResourceURLs: r.nonResourceURLs })),
      incomplete: answer.incomplete,
      ...(answer.evaluationError ? { evaluationError: answer.evaluationError } : {}),
    };
    return sentReply(scope, { ...object, status } as KubeObject, kindOf('SelfSubjectRulesReview'));
  }

  return [
    handler('subjectaccessreviews', subject),
    handler('localsubjectaccessreviews', local),
    handler('selfsubjectaccessreviews', self),
    handler('selfsubjectrulesreviews', rules),
  ];
}
