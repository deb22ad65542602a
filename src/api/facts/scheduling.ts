import type { GroupFacts } from './parse.ts';

export const schedulingFacts: GroupFacts = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  alias: 'scheduling.v1',
  openApiPrefix: 'io.k8s.api.scheduling.v1',
  text: `
kind PriorityClass
  metadata? 1 meta.v1.ObjectMeta
  value? 2 int32
  globalDefault? 3 bool
  description? 4 string
  preemptionPolicy? 5 *core.v1.PreemptionPolicy

kind PriorityClassList
  metadata? 1 meta.v1.ListMeta
  items 2 []PriorityClass
`,
};
