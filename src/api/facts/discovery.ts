import type { GroupFacts } from './parse.ts';

export const discoveryFacts: GroupFacts = {
  group: 'discovery.k8s.io',
  version: 'v1',
  alias: 'discovery.v1',
  openApiPrefix: 'io.k8s.api.discovery.v1',
  text: `
enum AddressType 

kind EndpointSlice
  metadata? 1 meta.v1.ObjectMeta
  addressType 4 AddressType
  endpoints? 2 []Endpoint
  ports? 3 []EndpointPort

type Endpoint
  addresses 1 []string list=set
  conditions? 2 EndpointConditions
  hostname? 3 *string
  targetRef? 4 *core.v1.ObjectReference
  deprecatedTopology? 5 {}string
  nodeName? 6 *string
  zone? 7 *string
  hints? 8 *EndpointHints

type EndpointConditions
  ready? 1 *bool
  serving? 2 *bool
  terminating? 3 *bool

type EndpointHints
  forZones? 1 []ForZone
  forNodes? 2 []ForNode

type ForZone
  name 1 string

type ForNode
  name 1 string

type EndpointPort atomic
  name? 1 *string
  protocol? 2 *core.v1.Protocol
  port? 3 *int32
  appProtocol? 4 *string

kind EndpointSliceList
  metadata? 1 meta.v1.ListMeta
  items 2 []EndpointSlice
`,
};
