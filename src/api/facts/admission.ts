import type { GroupFacts } from './parse.ts';

export const admissionFacts: GroupFacts = {
  group: 'admission.k8s.io',
  version: 'v1',
  alias: 'admission.v1',
  openApiPrefix: 'io.k8s.api.admission.v1',
  text: `
string Operation
string PatchType

kind AdmissionReview
  request? 1 *AdmissionRequest
  response? 2 *AdmissionResponse

type AdmissionRequest
  uid? 1 string
  kind? 2 meta.v1.GroupVersionKind
  resource? 3 meta.v1.GroupVersionResource
  subResource? 4 string
  requestKind? 13 *meta.v1.GroupVersionKind
  requestResource? 14 *meta.v1.GroupVersionResource
  requestSubResource? 15 string
  name? 5 string
  namespace? 6 string
  operation? 7 Operation
  userInfo? 8 authentication.v1.UserInfo
  object? 9 any
  oldObject? 10 any
  dryRun? 11 *bool
  options? 12 any

type AdmissionResponse
  uid? 1 string
  allowed? 2 bool
  status? 3 *meta.v1.Status
  patch? 4 bytes
  patchType? 5 *PatchType
  auditAnnotations? 6 {}string
  warnings? 7 []string
`,
};
