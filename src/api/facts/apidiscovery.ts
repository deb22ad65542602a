import type { GroupFacts } from './parse.ts';

export const apidiscoveryFacts: GroupFacts = {
  group: 'apidiscovery.k8s.io',
  version: 'v2',
  alias: 'apidiscovery.v2',
  openApiPrefix: 'io.k8s.api.apidiscovery.v2',
  text: `
string DiscoveryFreshness
string ResourceScope

kind APIGroupDiscoveryList
  metadata? 1 meta.v1.ListMeta
  items 2 []APIGroupDiscovery

kind APIGroupDiscovery
  metadata? 1 meta.v1.ObjectMeta
  versions? 2 []APIVersionDiscovery list=map:version

type APIVersionDiscovery
  version 1 string
  resources? 2 []APIResourceDiscovery list=map:resource
  freshness? 3 DiscoveryFreshness

type APIResourceDiscovery
  resource 1 string
  responseKind? 2 *meta.v1.GroupVersionKind
  scope 3 ResourceScope
  singularResource 4 string
  verbs 5 []string list=set
  shortNames? 6 []string list=set
  categories? 7 []string list=set
  subresources? 8 []APISubresourceDiscovery list=map:subresource

type APISubresourceDiscovery
  subresource 1 string
  responseKind? 2 *meta.v1.GroupVersionKind
  acceptedTypes? 3 []meta.v1.GroupVersionKind list=map:group,version,kind
  verbs 4 []string list=set
`,
};
