import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '../../types.gen.ts';
import { type Checks, join } from '../validation/checks.ts';
import { isValidUserId } from '../validation/formats.ts';
import { checkLocalPath } from '../validation/paths.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const maxAppArmorProfile = 4095;

function checkSeccomp(c: Checks, profile: SeccompProfile | undefined, path: string): void {
  if (!profile) return;
  if (!profile.type) c.required(path, 'type', 'type is required when seccompProfile is set');
  else c.oneOf(profile.type, profileTypes, path, 'type');
  if (profile.type === 'Localhost') {
    if (profile.localhostProfile === undefined) c.required(path, 'localhostProfile', 'must be set when seccomp type is Localhost');
    else checkLocalPath(c, profile.localhostProfile, path, 'localhostProfile');
  } else if (profile.localhostProfile !== undefined) {
    c.invalid([path, 'localhostProfile'], profile.localhostProfile, 'can only be set when seccomp type is Localhost');
  }
}

function checkAppArmor(c: Checks, profile: AppArmorProfile | undefined, path: string): void {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  if (type === 'Localhost') {
    if (!localhostProfile) c.required(path, 'localhostProfile', 'must be set when AppArmor type is Localhost');
    else if (localhostProfile.trim() !== localhostProfile)
      c.invalid([path, 'localhostProfile'], localhostProfile, 'must not be padded with whitespace');
    if (localhostProfile && localhostProfile.length > maxAppArmorProfile) c.tooLong(path, 'localhostProfile', maxAppArmorProfile);
  } else if (!type) c.required(path, 'type', 'type is required when appArmorProfile is set');
  else if (!profileTypes.includes(type)) c.notSupported([path, 'type'], type, profileTypes);
  else if (localhostProfile !== undefined) {
    c.invalid([path, 'localhostProfile'], localhostProfile, 'can only be set when AppArmor type is Localhost');
  }
}

function checkIds(c: Checks, ids: Readonly<Record<string, number | undefined>>, path: string): void {
  for (const field of Object.keys(ids)) {
    const id = ids[field];
    if (id !== undefined) c.texts(isValidUserId(id), [path, field], id);
  }
}

export function checkSecurityContext(c: Checks, context: SecurityContext | undefined, spec: PodSpec, path: string): void {
  if (!context) return;
  checkIds(c, { runAsUser: context.runAsUser, runAsGroup: context.runAsGroup }, path);
  if (context.procMount !== undefined) {
    c.oneOf(context.procMount, ['Default', 'Unmasked'], path, 'procMount');
    if (spec.hostUsers !== false && context.procMount === 'Unmasked') {
      c.invalid([path, 'procMount'], context.procMount, '`hostUsers` must be false to use `Unmasked`');
    }
  }
  checkSeccomp(c, context.seccompProfile, join(path, 'seccompProfile'));
  checkAppArmor(c, context.appArmorProfile, join(path, 'appArmorProfile'));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) c.invalid([path, ''], context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      c.invalid([path, ''], context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
    }
  }
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const sysctlText = 'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const ipcSysctls = ['kernel.shm', 'kernel.msg', 'kernel.sem', 'fs.mqueue.'];

function checkSysctls(c: Checks, context: PodSecurityContext, spec: PodSpec, path: string): void {
  const seen = new Set<string>();
  for (const [i, { name }] of (context.sysctls ?? []).entries()) {
    const at: readonly [string, string] = [path, `sysctls[${i}].name`];
    if (!name) c.required(...at);
    else if (seen.has(name)) c.duplicate(...at, name);
    else if (name.length > 253 || !sysctlName.test(name)) c.invalid(at, name, sysctlText);
    seen.add(name);
    const dotted = name.replaceAll('/', '.');
    if (spec.hostNetwork && dotted.startsWith('net.')) c.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    if (spec.hostIPC && ipcSysctls.some((p) => dotted.startsWith(p))) c.invalid(at, name, "may not be specified when 'hostIPC' is true");
  }
}

export function checkPodSecurityContext(c: Checks, spec: PodSpec, path: string): void {
  const context = spec.securityContext;
  if (spec.shareProcessNamespace && spec.hostPID) {
    c.invalid([path, 'shareProcessNamespace'], true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  }
  if (!context) return;
  checkIds(c, { fsGroup: context.fsGroup, runAsUser: context.runAsUser, runAsGroup: context.runAsGroup }, path);
  for (const [i, id] of (context.supplementalGroups ?? []).entries()) c.texts(isValidUserId(id), [path, `supplementalGroups[${i}]`], id);
  checkSysctls(c, context, spec, path);
  if (context.fsGroupChangePolicy !== undefined) c.oneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], path, 'fsGroupChangePolicy');
  checkSeccomp(c, context.seccompProfile, join(path, 'seccompProfile'));
  checkAppArmor(c, context.appArmorProfile, join(path, 'appArmorProfile'));
  if (context.supplementalGroupsPolicy !== undefined) {
    c.oneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], path, 'supplementalGroupsPolicy');
  }
  if (context.seLinuxChangePolicy !== undefined) {
    c.oneOf(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], path, 'seLinuxChangePolicy');
  }
}
