import type { GroupFacts } from './parse.ts';

export const certificatesFacts: GroupFacts = {
  group: 'certificates.k8s.io',
  version: 'v1',
  alias: 'certificates.v1',
  openApiPrefix: 'io.k8s.api.certificates.v1',
  text: `
enum KeyUsage any "cert sign" "client auth" "code signing" "content commitment" "crl sign" "data encipherment" "decipher only" "digital signature" "email protection" "encipher only" "ipsec end system" "ipsec tunnel" "ipsec user" "key agreement" "key encipherment" "microsoft sgc" "netscape sgc" "ocsp signing" s/mime "server auth" signing timestamping
string RequestConditionType

kind CertificateSigningRequest
  metadata? 1 meta.v1.ObjectMeta
  spec 2 CertificateSigningRequestSpec
  status? 3 CertificateSigningRequestStatus

type CertificateSigningRequestSpec
  request 1 bytes
  signerName 7 string
  expirationSeconds? 8 *int32
  usages? 5 []KeyUsage
  username? 2 string
  uid? 3 string
  groups? 4 []string
  extra? 6 {}(items)[]string

type CertificateSigningRequestStatus
  conditions? 1 []CertificateSigningRequestCondition list=map:type
  certificate? 2 bytes

type CertificateSigningRequestCondition
  type 1 RequestConditionType
  status 6 core.v1.ConditionStatus
  reason? 2 string
  message? 3 string
  lastUpdateTime? 4 time
  lastTransitionTime? 5 time

kind CertificateSigningRequestList
  metadata? 1 meta.v1.ListMeta
  items 2 []CertificateSigningRequest
`,
};
