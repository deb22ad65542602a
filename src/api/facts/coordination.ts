import type { GroupFacts } from './parse.ts';

export const coordinationFacts: GroupFacts = {
  group: 'coordination.k8s.io',
  version: 'v1',
  alias: 'coordination.v1',
  openApiPrefix: 'io.k8s.api.coordination.v1',
  text: `
string CoordinatedLeaseStrategy

kind Lease
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 LeaseSpec

type LeaseSpec
  holderIdentity? 1 *string
  leaseDurationSeconds? 2 *int32
  acquireTime? 3 *microTime
  renewTime? 4 *microTime
  leaseTransitions? 5 *int32
  strategy? 6 *CoordinatedLeaseStrategy
  preferredHolder? 7 *string

kind LeaseList
  metadata? 1 meta.v1.ListMeta
  items 2 []Lease
`,
};
