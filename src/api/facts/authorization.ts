import type { GroupFacts } from './parse.ts';

export const authorizationFacts: GroupFacts = {
  group: 'authorization.k8s.io',
  version: 'v1',
  alias: 'authorization.v1',
  openApiPrefix: 'io.k8s.api.authorization.v1',
  text: `
kind SubjectAccessReview
  metadata? 1 meta.v1.ObjectMeta
  spec 2 SubjectAccessReviewSpec
  status? 3 SubjectAccessReviewStatus

kind SelfSubjectAccessReview
  metadata? 1 meta.v1.ObjectMeta
  spec 2 SelfSubjectAccessReviewSpec
  status? 3 SubjectAccessReviewStatus

kind LocalSubjectAccessReview
  metadata? 1 meta.v1.ObjectMeta
  spec 2 SubjectAccessReviewSpec
  status? 3 SubjectAccessReviewStatus

type ResourceAttributes
  namespace? 1 string
  verb? 2 string
  group? 3 string
  version? 4 string
  resource? 5 string
  subresource? 6 string
  name? 7 string
  fieldSelector? 8 *FieldSelectorAttributes
  labelSelector? 9 *LabelSelectorAttributes

type LabelSelectorAttributes
  rawSelector? 1 string
  requirements? 2 []meta.v1.LabelSelectorRequirement

type FieldSelectorAttributes
  rawSelector? 1 string
  requirements? 2 []meta.v1.FieldSelectorRequirement

type NonResourceAttributes
  path? 1 string
  verb? 2 string

type SubjectAccessReviewSpec
  resourceAttributes? 1 *ResourceAttributes
  nonResourceAttributes? 2 *NonResourceAttributes
  user? 3 string
  groups? 4 []string
  extra? 5 {}(items)[]string
  uid? 6 string

type SelfSubjectAccessReviewSpec
  resourceAttributes? 1 *ResourceAttributes
  nonResourceAttributes? 2 *NonResourceAttributes

type SubjectAccessReviewStatus
  allowed 1 bool
  denied? 4 bool
  reason? 2 string
  evaluationError? 3 string

kind SelfSubjectRulesReview
  metadata? 1 meta.v1.ObjectMeta
  spec 2 SelfSubjectRulesReviewSpec
  status? 3 SubjectRulesReviewStatus

type SelfSubjectRulesReviewSpec
  namespace? 1 string

type SubjectRulesReviewStatus
  resourceRules 1 []ResourceRule
  nonResourceRules 2 []NonResourceRule
  incomplete 3 bool
  evaluationError? 4 string

type ResourceRule
  verbs 1 []string
  apiGroups? 2 []string
  resources? 3 []string
  resourceNames? 4 []string

type NonResourceRule
  verbs 1 []string
  nonResourceURLs? 2 []string
`,
};
