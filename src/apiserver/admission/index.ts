import type { Rng } from '../../base/index.ts';
import type { AdmissionPlugin } from '../admission-types.ts';
import type { Authorizer } from '../auth-types.ts';
import type { Lookup } from '../lookup.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { defaultIngressClass, defaultStorageClass } from './default-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { podSecurity } from './pod-security.ts';
import { priority } from './priority.ts';
import { type RbacRules, rbacEscalation } from './rbac-escalation.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export type { RbacRules } from './rbac-escalation.ts';

/** What plugins are made of. */
export interface AdmissionParts {
  readonly lookup: Lookup;
  readonly rng: Rng;
  readonly authorizer: Authorizer;
  readonly rbac: RbacRules;
}

type Factory = (parts: AdmissionParts) => AdmissionPlugin;

/** The plugins, in upstream's order. A new one is a file and a line here. */
export const admissionPlugins: readonly Factory[] = [
  ({ lookup }) => namespaceLifecycle(lookup),
  ({ lookup }) => limitRanger(lookup),
  ({ lookup, rng }) => serviceAccount(lookup, rng),
  ({ lookup }) => nodeRestriction(lookup),
  () => taintNodesByCondition,
  ({ lookup }) => podSecurity(lookup),
  ({ lookup }) => priority(lookup),
  () => defaultTolerationSeconds,
  ({ lookup }) => defaultStorageClass(lookup),
  () => storageObjectInUseProtection,
  ({ lookup }) => runtimeClass(lookup),
  ({ authorizer }) => certificateApproval(authorizer),
  ({ authorizer }) => certificateSigning(authorizer),
  () => certificateSubjectRestriction,
  ({ lookup }) => defaultIngressClass(lookup),
  ({ rbac, authorizer }) => rbacEscalation(rbac, authorizer),
];
