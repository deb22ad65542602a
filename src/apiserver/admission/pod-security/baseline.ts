import { type Container, type PodSpec, safeSysctls } from '../../../api/index.ts';
import { containerNames, containersOf, quoted, setters, sortedSet, type Violation, volumeNames } from './texts.ts';

export type Check = (spec: PodSpec) => Violation | undefined;

/** A check of the standards, by upstream's id: results are listed in the order of ids, baseline first. */
export interface NamedCheck {
  readonly id: string;
  readonly check: Check;
  /** Of baseline: what a stricter check says better. */
  readonly overrides?: string;
}

const allowedCapabilities: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);
const allowedSelinuxTypes: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

const appArmorProfile: Check = (spec) => {
  const isBad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const podType = spec.securityContext?.appArmorProfile?.type;
  const bad = containersOf(spec).filter((c) => isBad(c.securityContext?.appArmorProfile?.type));
  const types = sortedSet([...(isBad(podType) ? [podType!] : []), ...bad.map((c) => c.securityContext!.appArmorProfile!.type)]);
  if (types.length === 0) return undefined;
  const reason = types.length === 1 ? 'forbidden AppArmor profile' : 'forbidden AppArmor profiles';
  return { reason, detail: `${setters(isBad(podType), bad)} must not set AppArmor profile type to ${quoted(types)}` };
};

const capabilities: Check = (spec) => {
  const addedBy = (c: Container) => (c.securityContext?.capabilities?.add ?? []).filter((cap) => !allowedCapabilities.has(cap));
  const bad = containersOf(spec).filter((c) => addedBy(c).length > 0);
  if (bad.length === 0) return undefined;
  return {
    reason: 'non-default capabilities',
    detail: `${containerNames(bad)} must not include ${quoted(sortedSet(bad.flatMap(addedBy)))} in securityContext.capabilities.add`,
  };
};

const hostNamespaces: Check = (spec) => {
  const used = [spec.hostNetwork && 'hostNetwork=true', spec.hostPID && 'hostPID=true', spec.hostIPC && 'hostIPC=true'].filter(Boolean);
  return used.length === 0 ? undefined : { reason: 'host namespaces', detail: used.join(', ') };
};

const hostPathVolumes: Check = (spec) => {
  const bad = (spec.volumes ?? []).filter((v) => v.hostPath);
  return bad.length === 0 ? undefined : { reason: 'hostPath volumes', detail: volumeNames(bad) };
};

const hostPorts: Check = (spec) => {
  const portsOf = (c: Container) => (c.ports ?? []).flatMap((p) => (p.hostPort ? [p.hostPort] : []));
  const bad = containersOf(spec).filter((c) => portsOf(c).length > 0);
  if (bad.length === 0) return undefined;
  const ports = [...new Set(bad.flatMap(portsOf))].sort((a, b) => a - b);
  return {
    reason: 'hostPort',
    detail: `${containerNames(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${ports.length === 1 ? 'hostPort' : 'hostPorts'} ${ports.join(', ')}`,
  };
};

const hostProbes: Check = (spec) => {
  const hostsOf = (c: Container) => {
    const handlers = [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop];
    return handlers.flatMap((h) => [h?.httpGet?.host, h?.tcpSocket?.host]).filter((host) => host !== undefined && host !== '');
  };
  const bad = containersOf(spec).filter((c) => hostsOf(c).length > 0);
  if (bad.length === 0) return undefined;
  const hosts = sortedSet(bad.flatMap(hostsOf) as readonly string[]);
  const what = hosts.length === 1 ? 'probe or lifecycle host' : 'probe or lifecycle hosts';
  return { reason: 'probe or lifecycle host', detail: `${containerNames(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${what} ${quoted(hosts)}` };
};

const privileged: Check = (spec) => {
  const bad = containersOf(spec).filter((c) => c.securityContext?.privileged === true);
  return bad.length === 0 ? undefined : { reason: 'privileged', detail: `${containerNames(bad)} must not set securityContext.privileged=true` };
};

/** Without the exception that baseline makes for user namespaces. */
export const procMountAlways: Check = (spec) => {
  const bad = containersOf(spec).filter((c) => (c.securityContext?.procMount ?? 'Default') !== 'Default');
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map((c) => c.securityContext!.procMount!));
  return { reason: 'procMount', detail: `${containerNames(bad)} must not set securityContext.procMount to ${quoted(types)}` };
};

// In a user namespace of its own a container may see all of /proc.
const procMount: Check = (spec) => (spec.hostUsers === false ? undefined : procMountAlways(spec));

const seLinuxOptions: Check = (spec) => {
  const pod = spec.securityContext?.seLinuxOptions;
  const isBad = (o: typeof pod) => o !== undefined && (!allowedSelinuxTypes.has(o.type ?? '') || Boolean(o.user) || Boolean(o.role));
  const bad = containersOf(spec).filter((c) => isBad(c.securityContext?.seLinuxOptions));
  if (!isBad(pod) && bad.length === 0) return undefined;
  const all = [...(isBad(pod) ? [pod!] : []), ...bad.map((c) => c.securityContext!.seLinuxOptions!)];
  const types = sortedSet(all.map((o) => o.type ?? '').filter((t) => !allowedSelinuxTypes.has(t)));
  const parts = [
    ...(types.length > 0 ? [`${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`] : []),
    ...(all.some((o) => o.user) ? ['user may not be set'] : []),
    ...(all.some((o) => o.role) ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters(isBad(pod), bad)} set forbidden securityContext.seLinuxOptions: ${parts.join('; ')}` };
};

const seccompProfile: Check = (spec) => {
  const isBad = (type: string | undefined) => type === 'Unconfined';
  const pod = isBad(spec.securityContext?.seccompProfile?.type);
  const bad = containersOf(spec).filter((c) => isBad(c.securityContext?.seccompProfile?.type));
  if (!pod && bad.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `${setters(pod, bad)} must not set securityContext.seccompProfile.type to "Unconfined"` };
};

const sysctls: Check = (spec) => {
  const bad = (spec.securityContext?.sysctls ?? []).map((s) => s.name).filter((name) => !safeSysctls.has(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
};

const windowsHostProcess: Check = (spec) => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true;
  const bad = containersOf(spec).filter((c) => c.securityContext?.windowsOptions?.hostProcess === true);
  if (!pod && bad.length === 0) return undefined;
  return { reason: 'hostProcess', detail: `${setters(pod, bad)} must not set securityContext.windowsOptions.hostProcess=true` };
};

/** The baseline standard: no known way out of a container. */
export const baselineChecks: readonly NamedCheck[] = [
  { id: 'appArmorProfile', check: appArmorProfile },
  { id: 'capabilities_baseline', check: capabilities },
  { id: 'hostNamespaces', check: hostNamespaces },
  { id: 'hostPathVolumes', check: hostPathVolumes },
  { id: 'hostPorts', check: hostPorts },
  { id: 'hostProbesAndHostLifecycle', check: hostProbes },
  { id: 'privileged', check: privileged },
  { id: 'procMount', check: procMount },
  { id: 'seLinuxOptions', check: seLinuxOptions },
  { id: 'seccompProfile_baseline', check: seccompProfile },
  { id: 'sysctls', check: sysctls },
  { id: 'windowsHostProcess', check: windowsHostProcess },
];
