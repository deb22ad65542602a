import { mutatingAdmissionPolicies } from './admissionregistration/mutatingadmissionpolicies.ts';
import { mutatingAdmissionPolicyBindings } from './admissionregistration/mutatingadmissionpolicybindings.ts';
import { mutatingWebhookConfigurations } from './admissionregistration/mutatingwebhookconfigurations.ts';
import { validatingAdmissionPolicies } from './admissionregistration/validatingadmissionpolicies.ts';
import { validatingAdmissionPolicyBindings } from './admissionregistration/validatingadmissionpolicybindings.ts';
import { validatingWebhookConfigurations } from './admissionregistration/validatingwebhookconfigurations.ts';
import { customResourceDefinitions } from './apiextensions/customresourcedefinitions.ts';
import { apiServices } from './apiregistration/apiservices.ts';
import { controllerRevisions } from './apps/controllerrevisions.ts';
import { daemonSets } from './apps/daemonsets.ts';
import { deployments } from './apps/deployments.ts';
import { replicaSets } from './apps/replicasets.ts';
import { statefulSets } from './apps/statefulsets.ts';
import { selfSubjectReviews } from './authentication/selfsubjectreviews.ts';
import { tokenReviews } from './authentication/tokenreviews.ts';
import { localSubjectAccessReviews } from './authorization/localsubjectaccessreviews.ts';
import { selfSubjectAccessReviews } from './authorization/selfsubjectaccessreviews.ts';
import { selfSubjectRulesReviews } from './authorization/selfsubjectrulesreviews.ts';
import { subjectAccessReviews } from './authorization/subjectaccessreviews.ts';
import { horizontalPodAutoscalers } from './autoscaling/horizontalpodautoscalers.ts';
import { cronJobs } from './batch/cronjobs.ts';
import { jobs } from './batch/jobs.ts';
import { certificateSigningRequests } from './certificates/certificatesigningrequests.ts';
import { leases } from './coordination/leases.ts';
import { bindings } from './core/bindings.ts';
import { componentStatuses } from './core/componentstatuses.ts';
import { configMaps } from './core/configmaps.ts';
import { endpoints } from './core/endpoints.ts';
import { coreEvents } from './core/events.ts';
import { limitRanges } from './core/limitranges.ts';
import { namespaces } from './core/namespaces.ts';
import { nodes } from './core/nodes.ts';
import { persistentVolumeClaims } from './core/persistentvolumeclaims.ts';
import { persistentVolumes } from './core/persistentvolumes.ts';
import { pods } from './core/pods.ts';
import { podTemplates } from './core/podtemplates.ts';
import { replicationControllers } from './core/replicationcontrollers.ts';
import { resourceQuotas } from './core/resourcequotas.ts';
import { secrets } from './core/secrets.ts';
import { serviceAccounts } from './core/serviceaccounts.ts';
import { services } from './core/services.ts';
import type { ResourceDefinition } from './definition.ts';
import { endpointSlices } from './discovery/endpointslices.ts';
import { events } from './events/events.ts';
import { flowSchemas } from './flowcontrol/flowschemas.ts';
import { priorityLevelConfigurations } from './flowcontrol/prioritylevelconfigurations.ts';
import { ingressClasses } from './networking/ingressclasses.ts';
import { ingresses } from './networking/ingresses.ts';
import { ipAddresses } from './networking/ipaddresses.ts';
import { networkPolicies } from './networking/networkpolicies.ts';
import { serviceCidrs } from './networking/servicecidrs.ts';
import { runtimeClasses } from './node/runtimeclasses.ts';
import { podDisruptionBudgets } from './policy/poddisruptionbudgets.ts';
import { clusterRoleBindings } from './rbac/clusterrolebindings.ts';
import { clusterRoles } from './rbac/clusterroles.ts';
import { roleBindings } from './rbac/rolebindings.ts';
import { roles } from './rbac/roles.ts';
import { deviceClasses } from './resource/deviceclasses.ts';
import { resourceClaims } from './resource/resourceclaims.ts';
import { resourceClaimTemplates } from './resource/resourceclaimtemplates.ts';
import { resourceSlices } from './resource/resourceslices.ts';
import { priorityClasses } from './scheduling/priorityclasses.ts';
import { csiDrivers } from './storage/csidrivers.ts';
import { csiNodes } from './storage/csinodes.ts';
import { csiStorageCapacities } from './storage/csistoragecapacities.ts';
import { storageClasses } from './storage/storageclasses.ts';
import { volumeAttachments } from './storage/volumeattachments.ts';
import { volumeAttributesClasses } from './storage/volumeattributesclasses.ts';

/** A group's place in discovery: higher comes first; versions by their own priority. */
export interface GroupPriority {
  readonly group: string;
  readonly priority: number;
  readonly versions: Readonly<Record<string, number>>;
}

const v1 = { v1: 15 };

/** The served groups in the order of `/apis` (core first), with the priorities that APIServices show. */
export const groupPriorities: readonly GroupPriority[] = [
  { group: '', priority: 18000, versions: { v1: 1 } },
  { group: 'apiregistration.k8s.io', priority: 20000, versions: v1 },
  { group: 'apps', priority: 17800, versions: v1 },
  { group: 'events.k8s.io', priority: 17750, versions: v1 },
  { group: 'authentication.k8s.io', priority: 17700, versions: v1 },
  { group: 'authorization.k8s.io', priority: 17600, versions: v1 },
  { group: 'autoscaling', priority: 17500, versions: { v2: 30, v1: 15 } },
  { group: 'batch', priority: 17400, versions: v1 },
  { group: 'certificates.k8s.io', priority: 17300, versions: v1 },
  { group: 'networking.k8s.io', priority: 17200, versions: v1 },
  { group: 'policy', priority: 17100, versions: v1 },
  { group: 'rbac.authorization.k8s.io', priority: 17000, versions: v1 },
  { group: 'storage.k8s.io', priority: 16800, versions: v1 },
  { group: 'admissionregistration.k8s.io', priority: 16700, versions: v1 },
  { group: 'apiextensions.k8s.io', priority: 16700, versions: v1 },
  { group: 'scheduling.k8s.io', priority: 16600, versions: v1 },
  { group: 'coordination.k8s.io', priority: 16500, versions: v1 },
  { group: 'node.k8s.io', priority: 16300, versions: v1 },
  { group: 'discovery.k8s.io', priority: 16200, versions: v1 },
  { group: 'resource.k8s.io', priority: 16200, versions: { v1: 21 } },
  { group: 'flowcontrol.apiserver.k8s.io', priority: 16100, versions: { v1: 21 } },
];

/** Every built-in resource, groups in the order of `groupPriorities`, resources by name. */
export const builtInResources: readonly ResourceDefinition[] = [
  bindings,
  componentStatuses,
  configMaps,
  endpoints,
  coreEvents,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  apiServices,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  events,
  selfSubjectReviews,
  tokenReviews,
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
  horizontalPodAutoscalers,
  cronJobs,
  jobs,
  certificateSigningRequests,
  ingressClasses,
  ingresses,
  ipAddresses,
  networkPolicies,
  serviceCidrs,
  podDisruptionBudgets,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  mutatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
  customResourceDefinitions,
  priorityClasses,
  leases,
  runtimeClasses,
  endpointSlices,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  flowSchemas,
  priorityLevelConfigurations,
];
