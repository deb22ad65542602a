import type { SelfSubjectReview, TokenReview } from '../../../api/index.ts';
import { type KubeObject, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply, User } from '../../../http/index.ts';
import type { Authenticator } from '../../auth-types.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, sentReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';

const group = 'authentication.k8s.io';
const tokenReviewKind = { group, version: 'v1', kind: 'TokenReview' };
const selfReviewKind = { group, version: 'v1', kind: 'SelfSubjectReview' };

function userInfo(user: User): object {
  return {
    username: user.name,
    ...(user.uid ? { uid: user.uid } : {}),
    ...(user.groups.length > 0 ? { groups: user.groups } : {}),
    ...(user.extra && Object.keys(user.extra).length > 0 ? { extra: user.extra } : {}),
  };
}

/** Whom a token belongs to, and for which of the audiences asked for it is good. */
async function reviewToken(authenticator: Authenticator, token: string, audiences: readonly string[]): Promise<object> {
  const answer = await authenticator.reviewToken?.(token, audiences);
  if (answer?.authenticated) return { authenticated: true, user: userInfo(answer.user), audiences: answer.audiences };
  if (answer?.error) return { user: {}, error: answer.error };
  return { user: {} };
}

/** TokenReview and SelfSubjectReview: questions to the authenticator. */
export function authenticationReviews({ authenticator }: RestInit): readonly RestHandler[] {
  async function token(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<TokenReview>(scope, tokenReviewKind);
    if (!object.spec?.token) throw statusErrors.badRequest('token is required for TokenReview in authentication');
    const status = await reviewToken(authenticator(), object.spec.token, object.spec.audiences ?? []);
    return sentReply(scope, { ...object, status } as KubeObject, tokenReviewKind);
  }
  async function self(scope: VerbScope): Promise<Reply> {
    const { object } = await decodeSent<SelfSubjectReview>(scope, selfReviewKind);
    return sentReply(scope, { ...object, status: { userInfo: userInfo(scope.user) } } as KubeObject, selfReviewKind);
  }
  return [
    { group, resource: 'tokenreviews', subresource: '', verbs: { create: token }, exclusive: true },
    { group, resource: 'selfsubjectreviews', subresource: '', verbs: { create: self }, exclusive: true },
  ];
}
