import type { GroupFacts } from './parse.ts';

export const apiregistrationFacts: GroupFacts = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  alias: 'apiregistration.v1',
  openApiPrefix: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  text: `
string APIServiceConditionType
string ConditionStatus

kind APIServiceList
  metadata? 1 meta.v1.ListMeta
  items 2 []APIService

type ServiceReference
  namespace? 1 string
  name? 2 string
  port? 3 *int32

type APIServiceSpec
  service? 1 *ServiceReference
  group? 2 string
  version? 3 string
  insecureSkipTLSVerify? 4 bool
  caBundle? 5 bytes
  groupPriorityMinimum 7 int32
  versionPriority 8 int32

type APIServiceCondition
  type 1 APIServiceConditionType
  status 2 ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string

type APIServiceStatus
  conditions? 1 []APIServiceCondition patch=merge key=type list=map:type

kind APIService
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 APIServiceSpec
  status? 3 APIServiceStatus
`,
};
