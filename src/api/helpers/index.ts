/** What several components must compute alike: read-only, pure. */
export { containerStatus, defaultContainerAnnotation, eachContainer, findContainer, isRestartableInit, namedContainerPort } from './containers.ts';
export { fnv32a, podTemplateHash, safeEncode } from './hash.ts';
export { matchesNodeSelector, matchesNodeSelectorTerm, matchesRequiredNodeAffinity } from './node-affinity.ts';
export { controllerOf, controllerRef, isControlledBy } from './owners.ts';
export { amountOf, amountsOf, isPodLevelResource, podLimits, podRequests, type QosClass, qosClass, type ResourceAmounts } from './pod-resources.ts';
export {
  isMirrorPod,
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminal,
  mirrorPodAnnotation,
  podCondition,
  podReferences,
  type PodReferences,
} from './pods.ts';
export { safeSysctls } from './safe-sysctls.ts';
export { semanticEqual } from './semantic-equal.ts';
export { betaStorageClass } from './storage.ts';
export { isHeadless, serviceNameLabel, serviceOfSlice } from './services.ts';
export { isDns1035Label, isDns1123Label, isDns1123Subdomain, isPathSegmentName } from './validation/formats.ts';
export { canonicalIp, ipFamily, ipNumbers } from './validation/ip.ts';
export { Checks } from './validation/checks.ts';
export { checkAnnotations, checkLabels } from './validation/metadata.ts';
export { tolerates, toleratesTaint, untoleratedTaint } from './taints.ts';
