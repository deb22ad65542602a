import { type Draft, formatQuantity, parseQuantity, setKey, addQuantity, zeroQuantity } from '../../../apimachinery/index.ts';
import type { Container, EphemeralContainer, LifecycleHandler, PodSpec, PodTemplateSpec, Probe, Volume } from '../../types.gen.ts';
import { roundUpToMilli } from '../quantities.ts';
import { defaultPullPolicy } from './image-name.ts';

type HttpGet = Draft<NonNullable<Probe['httpGet']>>;

function defaultHttpGet(get: HttpGet | undefined): void {
  if (!get) return;
  get.path ||= '/';
  get.scheme ||= 'HTTP';
}

function defaultProbe(probe: Draft<Probe> | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultHook(hook: Draft<LifecycleHandler> | undefined): void {
  defaultHttpGet(hook?.httpGet);
}

function defaultContainer(container: Draft<Container | EphemeralContainer>): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image);
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultHook(container.lifecycle?.postStart);
  defaultHook(container.lifecycle?.preStop);
  roundUpToMilli(container.resources.limits);
  roundUpToMilli(container.resources.requests);
}

const fileMode = 0o644;

function defaultProjected(projected: Draft<NonNullable<Volume['projected']>>): void {
  projected.defaultMode ??= fileMode;
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
  }
}

function hasSource(volume: Draft<Volume>): boolean {
  for (const key of Object.keys(volume)) if (key !== 'name' && (volume as unknown as Record<string, unknown>)[key] !== undefined) return true;
  return false;
}

function defaultVolume(volume: Draft<Volume>): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= fileMode;
  if (volume.configMap) volume.configMap.defaultMode ??= fileMode;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= fileMode;
    for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim) claim.volumeMode ??= 'Filesystem';
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference);
}

/** Defaults that pods and all pod templates share. */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  spec.restartPolicy ||= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ||= 'ClusterFirst';
  if (!spec.serviceAccountName && spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  spec.securityContext ??= {};
  spec.schedulerName ||= 'default-scheduler';
  roundUpToMilli(spec.overhead);
}

export function defaultPodTemplate(template: Draft<PodTemplateSpec> | undefined): void {
  if (template?.spec) defaultPodSpec(template.spec);
}

function requestsFromLimits(resources: Draft<Container>['resources']): void {
  const limits = resources?.limits;
  if (!resources || !limits) return;
  const requests = (resources.requests ??= {});
  for (const name of Object.keys(limits)) if (!Object.hasOwn(requests, name)) setKey(requests, name, limits[name]!);
}

/** The sum of what containers say of one resource. */
function containersSum(spec: Draft<PodSpec>, field: 'limits' | 'requests', name: string): string | undefined {
  const found = (spec.containers ?? []).flatMap((c) => {
    const quantities = c.resources?.[field];
    return quantities && Object.hasOwn(quantities, name) ? [parseQuantity(quantities[name]!)] : [];
  });
  return found.length === 0 ? undefined : formatQuantity(found.reduce(addQuantity, { ...zeroQuantity, format: found[0]!.format }));
}

function defaultPodLevelResources(spec: Draft<PodSpec>): void {
  const { resources } = spec;
  if (!resources?.limits || Object.keys(resources.limits).length === 0) return;
  const requests = (resources.requests ??= {});
  for (const name of Object.keys(resources.limits)) {
    if (Object.hasOwn(requests, name)) continue;
    const sum = name === 'cpu' || name === 'memory' ? containersSum(spec, 'requests', name) : undefined;
    setKey(requests, name, sum ?? resources.limits[name]!);
  }
}

/** Defaults of pods alone: requests follow limits, host ports follow container ports on the host's network. */
export function defaultPodOnly(spec: Draft<PodSpec>): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    requestsFromLimits(container.resources);
    if (!spec.hostNetwork) continue;
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
  if (spec.resources) defaultPodLevelResources(spec);
  spec.enableServiceLinks ??= true;
}
