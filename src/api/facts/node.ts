import type { GroupFacts } from './parse.ts';

export const nodeFacts: GroupFacts = {
  group: 'node.k8s.io',
  version: 'v1',
  alias: 'node.v1',
  openApiPrefix: 'io.k8s.api.node.v1',
  text: `
kind RuntimeClass
  metadata? 1 meta.v1.ObjectMeta
  handler 2 string
  overhead? 3 *Overhead
  scheduling? 4 *Scheduling

type Overhead
  podFixed? 1 {}quantity

type Scheduling
  nodeSelector? 1 {}string map=atomic
  tolerations? 2 []core.v1.Toleration

kind RuntimeClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []RuntimeClass
`,
};
