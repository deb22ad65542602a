import type { ResourceRef } from './resource-ref.ts';

/** Plural and kind of the built-in resources by group version; an `*` marks cluster scope. Custom ones are named by a `ResourceRef`. */
const table: Readonly<Record<string, string>> = {
  v1: 'bindings:Binding *componentstatuses:ComponentStatus configmaps:ConfigMap endpoints:Endpoints events:Event limitranges:LimitRange *namespaces:Namespace *nodes:Node persistentvolumeclaims:PersistentVolumeClaim *persistentvolumes:PersistentVolume pods:Pod podtemplates:PodTemplate replicationcontrollers:ReplicationController resourcequotas:ResourceQuota secrets:Secret serviceaccounts:ServiceAccount services:Service',
  'apps/v1': 'controllerrevisions:ControllerRevision daemonsets:DaemonSet deployments:Deployment replicasets:ReplicaSet statefulsets:StatefulSet',
  'batch/v1': 'cronjobs:CronJob jobs:Job',
  'autoscaling/v2': 'horizontalpodautoscalers:HorizontalPodAutoscaler',
  'networking.k8s.io/v1':
    '*ingressclasses:IngressClass ingresses:Ingress *ipaddresses:IPAddress networkpolicies:NetworkPolicy *servicecidrs:ServiceCIDR',
  'policy/v1': 'poddisruptionbudgets:PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': '*clusterrolebindings:ClusterRoleBinding *clusterroles:ClusterRole rolebindings:RoleBinding roles:Role',
  'storage.k8s.io/v1':
    '*csidrivers:CSIDriver *csinodes:CSINode csistoragecapacities:CSIStorageCapacity *storageclasses:StorageClass *volumeattachments:VolumeAttachment *volumeattributesclasses:VolumeAttributesClass',
  'scheduling.k8s.io/v1': '*priorityclasses:PriorityClass',
  'coordination.k8s.io/v1': 'leases:Lease',
  'certificates.k8s.io/v1': '*certificatesigningrequests:CertificateSigningRequest',
  'discovery.k8s.io/v1': 'endpointslices:EndpointSlice',
  'events.k8s.io/v1': 'events:Event',
  'flowcontrol.apiserver.k8s.io/v1': '*flowschemas:FlowSchema *prioritylevelconfigurations:PriorityLevelConfiguration',
  'node.k8s.io/v1': '*runtimeclasses:RuntimeClass',
  'admissionregistration.k8s.io/v1':
    '*mutatingwebhookconfigurations:MutatingWebhookConfiguration *validatingadmissionpolicies:ValidatingAdmissionPolicy *validatingadmissionpolicybindings:ValidatingAdmissionPolicyBinding *validatingwebhookconfigurations:ValidatingWebhookConfiguration *mutatingadmissionpolicies:MutatingAdmissionPolicy *mutatingadmissionpolicybindings:MutatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/v1': '*customresourcedefinitions:CustomResourceDefinition',
  'apiregistration.k8s.io/v1': '*apiservices:APIService',
  'authentication.k8s.io/v1': '*selfsubjectreviews:SelfSubjectReview *tokenreviews:TokenReview',
  'authorization.k8s.io/v1':
    'localsubjectaccessreviews:LocalSubjectAccessReview *selfsubjectaccessreviews:SelfSubjectAccessReview *selfsubjectrulesreviews:SelfSubjectRulesReview *subjectaccessreviews:SubjectAccessReview',
  'resource.k8s.io/v1':
    '*deviceclasses:DeviceClass resourceclaims:ResourceClaim resourceclaimtemplates:ResourceClaimTemplate *resourceslices:ResourceSlice',
};

function parse(groupVersion: string, entries: string): ResourceRef[] {
  const [version, group] = groupVersion.split('/').toReversed();
  return entries.split(' ').map((entry) => {
    const [plural, kind] = entry.replace('*', '').split(':');
    return { group: group ?? '', version: version!, plural: plural!, kind: kind!, namespaced: !entry.startsWith('*') };
  });
}

/** The built-in resources of the v1.36 API that are served by default, in their preferred version. */
export const knownResources: readonly ResourceRef[] = Object.entries(table).flatMap(([gv, entries]) => parse(gv, entries));

const byName = new Map<string, ResourceRef>();
for (const ref of knownResources.toReversed()) {
  byName.set(ref.plural, ref);
  if (ref.group !== '') byName.set(`${ref.plural}.${ref.group}`, ref);
}

/** A built-in resource by `pods`, `deployments` or `deployments.apps`; of two groups with one plural the earlier of the table wins. */
export function knownResource(name: string): ResourceRef | undefined {
  return byName.get(name);
}
