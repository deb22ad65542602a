import type { GroupFacts } from './parse.ts';

export const networkingFacts: GroupFacts = {
  group: 'networking.k8s.io',
  version: 'v1',
  alias: 'networking.v1',
  openApiPrefix: 'io.k8s.api.networking.v1',
  text: `
enum PathType 
enum PolicyType Egress Ingress

kind NetworkPolicy
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 NetworkPolicySpec

type NetworkPolicySpec
  podSelector? 1 meta.v1.LabelSelector
  ingress? 2 []NetworkPolicyIngressRule
  egress? 3 []NetworkPolicyEgressRule
  policyTypes? 4 []PolicyType

type NetworkPolicyIngressRule
  ports? 1 []NetworkPolicyPort
  from? 2 []NetworkPolicyPeer

type NetworkPolicyEgressRule
  ports? 1 []NetworkPolicyPort
  to? 2 []NetworkPolicyPeer

type NetworkPolicyPort
  protocol? 1 *core.v1.Protocol
  port? 2 *intOrString
  endPort? 3 *int32

type IPBlock
  cidr 1 string
  except? 2 []string

type NetworkPolicyPeer
  podSelector? 1 *meta.v1.LabelSelector
  namespaceSelector? 2 *meta.v1.LabelSelector
  ipBlock? 3 *IPBlock

kind NetworkPolicyList
  metadata? 1 meta.v1.ListMeta
  items 2 []NetworkPolicy

kind Ingress
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 IngressSpec
  status? 3 IngressStatus

kind IngressList
  metadata? 1 meta.v1.ListMeta
  items 2 []Ingress

type IngressSpec
  ingressClassName? 4 *string
  defaultBackend? 1 *IngressBackend
  tls? 2 []IngressTLS
  rules? 3 []IngressRule

type IngressTLS
  hosts? 1 []string
  secretName? 2 string

type IngressStatus
  loadBalancer? 1 IngressLoadBalancerStatus

type IngressLoadBalancerStatus
  ingress? 1 []IngressLoadBalancerIngress

type IngressLoadBalancerIngress
  ip? 1 string
  hostname? 2 string
  ports? 4 []IngressPortStatus

type IngressPortStatus
  port 1 int32
  protocol 2 core.v1.Protocol
  error? 3 *string

type IngressRule
  host? 1 string
  ... 2 IngressRuleValue

type IngressRuleValue
  http? 1 *HTTPIngressRuleValue

type HTTPIngressRuleValue
  paths 1 []HTTPIngressPath

type HTTPIngressPath
  path? 1 string
  pathType 3 *PathType
  backend 2 IngressBackend

type IngressBackend
  service? 4 *IngressServiceBackend
  resource? 3 *core.v1.TypedLocalObjectReference

type IngressServiceBackend
  name 1 string
  port? 2 ServiceBackendPort

type ServiceBackendPort atomic
  name? 1 string
  number? 2 int32

kind IngressClass
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 IngressClassSpec

type IngressClassSpec
  controller? 1 string
  parameters? 2 *IngressClassParametersReference

type IngressClassParametersReference
  apiGroup? 1 *string
  kind 2 string
  name 3 string
  scope? 4 *string
  namespace? 5 *string

kind IngressClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []IngressClass

kind IPAddress
  metadata? 1 meta.v1.ObjectMeta
  spec 2 IPAddressSpec

type IPAddressSpec
  parentRef 1 *ParentReference

type ParentReference
  group? 1 string
  resource 2 string
  namespace? 3 string
  name 4 string

kind IPAddressList
  metadata? 1 meta.v1.ListMeta
  items 2 []IPAddress

kind ServiceCIDR
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ServiceCIDRSpec
  status? 3 ServiceCIDRStatus

type ServiceCIDRSpec
  cidrs? 1 []string

type ServiceCIDRStatus
  conditions? 1 []meta.v1.Condition patch=merge key=type list=map:type

kind ServiceCIDRList
  metadata? 1 meta.v1.ListMeta
  items 2 []ServiceCIDR
`,
};
