/**
 * Every field of every stable built-in type: what schemas, TypeScript interfaces, OpenAPI, the JSON and the protobuf codec come from.
 *
 * Notation, a line each:
 *
 *     enum NAME VALUES            a string with the values it may hold (`""` is the empty one)
 *     string NAME                 a string with a name of its own in Go
 *     kind NAME [atomic]          a struct with `kind` and `apiVersion`; atomic: apply replaces it as a whole
 *     type NAME [atomic]          any other struct
 *       NAME[?] NUMBER TYPE ...   a field: `?` optional; protobuf number (`-` none); then patch= key= list=TYPE[:KEYS] map= struct= default= zero=shown
 *       ... NUMBER TYPE           an embedded struct: its fields stand in the parent's JSON, in protobuf it is a message of its own
 *
 * TYPE: a scalar kind of `schema.ts`, a name of this group version, or of another as `core.v1.PodTemplateSpec`; behind `*` (a pointer: zero
 * is a value), `[]` (list), `{}` (map from strings), `(items)` (a list that is a message of its own in protobuf). Lists without `list=` are
 * atomic. Fields stand in Go's order, which is that of canonical JSON.
 */
import { admissionFacts } from './admission.ts';
import { admissionregistrationFacts } from './admissionregistration.ts';
import { apidiscoveryFacts } from './apidiscovery.ts';
import { apiextensionsFacts } from './apiextensions.ts';
import { apiregistrationFacts } from './apiregistration.ts';
import { appsFacts } from './apps.ts';
import { authenticationFacts } from './authentication.ts';
import { authorizationFacts } from './authorization.ts';
import { autoscalingV1Facts } from './autoscaling-v1.ts';
import { autoscalingV2Facts } from './autoscaling-v2.ts';
import { batchFacts } from './batch.ts';
import { certificatesFacts } from './certificates.ts';
import { coordinationFacts } from './coordination.ts';
import { coreFacts } from './core.ts';
import { discoveryFacts } from './discovery.ts';
import { eventsFacts } from './events.ts';
import { flowcontrolFacts } from './flowcontrol.ts';
import { metaFacts } from './meta.ts';
import { networkingFacts } from './networking.ts';
import { nodeFacts } from './node.ts';
import { policyFacts } from './policy.ts';
import { rbacFacts } from './rbac.ts';
import { resourceFacts } from './resource.ts';
import { schedulingFacts } from './scheduling.ts';
import { storageFacts } from './storage.ts';
import type { GroupFacts } from './parse.ts';

export * from './parse.ts';

export const groupFacts: readonly GroupFacts[] = [
  admissionFacts,
  admissionregistrationFacts,
  apidiscoveryFacts,
  apiextensionsFacts,
  apiregistrationFacts,
  appsFacts,
  authenticationFacts,
  authorizationFacts,
  autoscalingV1Facts,
  autoscalingV2Facts,
  batchFacts,
  certificatesFacts,
  coordinationFacts,
  coreFacts,
  discoveryFacts,
  eventsFacts,
  flowcontrolFacts,
  metaFacts,
  networkingFacts,
  nodeFacts,
  policyFacts,
  rbacFacts,
  resourceFacts,
  schedulingFacts,
  storageFacts,
];
