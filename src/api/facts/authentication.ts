import type { GroupFacts } from './parse.ts';

export const authenticationFacts: GroupFacts = {
  group: 'authentication.k8s.io',
  version: 'v1',
  alias: 'authentication.v1',
  openApiPrefix: 'io.k8s.api.authentication.v1',
  text: `
kind TokenReview
  metadata? 1 meta.v1.ObjectMeta
  spec 2 TokenReviewSpec
  status? 3 TokenReviewStatus

type TokenReviewSpec
  token 1 string
  audiences? 2 []string

type TokenReviewStatus
  authenticated? 1 bool
  user? 2 UserInfo
  audiences? 4 []string
  error? 3 string

type UserInfo
  username? 1 string
  uid? 2 string
  groups? 3 []string
  extra? 4 {}(items)[]string

kind TokenRequest
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 TokenRequestSpec
  status? 3 TokenRequestStatus

type TokenRequestSpec
  audiences? 1 []string
  expirationSeconds? 4 *int64
  boundObjectRef? 3 *BoundObjectReference

type TokenRequestStatus
  token? 1 string
  expirationTimestamp? 2 time

type BoundObjectReference
  kind? 1 string
  apiVersion? 2 string
  name? 3 string
  uid? 4 string

kind SelfSubjectReview
  metadata? 1 meta.v1.ObjectMeta
  status? 2 SelfSubjectReviewStatus

type SelfSubjectReviewStatus
  userInfo? 1 UserInfo
`,
};
