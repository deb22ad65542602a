import type { Container, PodSpec, Volume } from '../../../api/index.ts';
import { type Check, type NamedCheck, procMountAlways } from './baseline.ts';
import { containerNames, containersOf, quoted, setters, sortedSet, volumeNames } from './texts.ts';

const allowedVolumes: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const allowedSeccomp: ReadonlySet<string> = new Set(['RuntimeDefault', 'Localhost']);

const isWindows = (spec: PodSpec) => spec.os?.name === 'windows';

const allowPrivilegeEscalation: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const bad = containersOf(spec).filter((c) => c.securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return { reason: 'allowPrivilegeEscalation != false', detail: `${containerNames(bad)} must set securityContext.allowPrivilegeEscalation=false` };
};

const capabilities: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const of = (c: Container) => c.securityContext?.capabilities;
  const addedBy = (c: Container) => (of(c)?.add ?? []).filter((cap) => cap !== 'NET_BIND_SERVICE');
  const notDropping = containersOf(spec).filter((c) => !of(c)?.drop?.includes('ALL'));
  const adding = containersOf(spec).filter((c) => addedBy(c).length > 0);
  const parts = [
    ...(notDropping.length > 0 ? [`${containerNames(notDropping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [`${containerNames(adding)} must not include ${quoted(sortedSet(adding.flatMap(addedBy)))} in securityContext.capabilities.add`]
      : []),
  ];
  return parts.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: parts.join('; ') };
};

function volumeType(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
}

const restrictedVolumes: Check = (spec) => {
  const bad = (spec.volumes ?? []).filter((v) => !allowedVolumes.has(volumeType(v)));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map(volumeType));
  const verb = bad.length === 1 ? 'uses' : 'use';
  return {
    reason: 'restricted volume types',
    detail: `${volumeNames(bad)} ${verb} restricted volume ${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`,
  };
};

const runAsNonRoot: Check = (spec) => {
  // In a user namespace root of the container is nobody outside.
  if (spec.hostUsers === false) return undefined;
  const pod = spec.securityContext?.runAsNonRoot;
  const of = (c: Container) => c.securityContext?.runAsNonRoot;
  const refusing = containersOf(spec).filter((c) => of(c) === false);
  if (pod === false || refusing.length > 0) {
    return { reason: 'runAsNonRoot != true', detail: `${setters(pod === false, refusing)} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = pod === true ? [] : containersOf(spec).filter((c) => of(c) === undefined);
  if (silent.length === 0) return undefined;
  return { reason: 'runAsNonRoot != true', detail: `pod or ${containerNames(silent)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: Check = (spec) => {
  if (spec.hostUsers === false) return undefined;
  const pod = spec.securityContext?.runAsUser === 0;
  const bad = containersOf(spec).filter((c) => c.securityContext?.runAsUser === 0);
  return !pod && bad.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${setters(pod, bad)} must not set runAsUser=0` };
};

const seccompProfile: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const pod = spec.securityContext?.seccompProfile?.type;
  const of = (c: Container) => c.securityContext?.seccompProfile?.type;
  const isBad = (type: string | undefined) => type !== undefined && !allowedSeccomp.has(type);
  const bad = containersOf(spec).filter((c) => isBad(of(c)));
  if (isBad(pod) || bad.length > 0) {
    const types = sortedSet([...(isBad(pod) ? [pod!] : []), ...bad.map((c) => of(c)!)]);
    return { reason: 'seccompProfile', detail: `${setters(isBad(pod), bad)} must not set securityContext.seccompProfile.type to ${quoted(types)}` };
  }
  const silent = pod !== undefined ? [] : containersOf(spec).filter((c) => of(c) === undefined);
  if (silent.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containerNames(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};

/** What the restricted standard adds to baseline: current best practice. */
export const restrictedChecks: readonly NamedCheck[] = [
  { id: 'allowPrivilegeEscalation', check: allowPrivilegeEscalation },
  { id: 'capabilities_restricted', check: capabilities, overrides: 'capabilities_baseline' },
  { id: 'procMount_restricted', check: procMountAlways, overrides: 'procMount' },
  { id: 'restrictedVolumes', check: restrictedVolumes, overrides: 'hostPathVolumes' },
  { id: 'runAsNonRoot', check: runAsNonRoot },
  { id: 'runAsUser', check: runAsUser },
  { id: 'seccompProfile_restricted', check: seccompProfile, overrides: 'seccompProfile_baseline' },
];
