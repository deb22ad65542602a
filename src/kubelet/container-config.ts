import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod } from '../api/index.ts';
import type { ContainerConfig, LinuxContainerSecurityContext, Mount, MountPropagation } from '../cri/index.ts';
import { envOf } from '../cri/index.ts';
import { resolveSubPath, VolumeError } from '../volume/index.ts';
import { containerResources } from './container-resources.ts';
import { ContainerConfigError, expand } from './env.ts';
import { annotations, containerHash, labels, podLabels } from './runtime-labels.ts';
import { namespaceOptions } from './sandbox-config.ts';

export interface ContainerContext {
  readonly restartCount: number;
  readonly imageRef: string;
  /** Of the image, where the container names no user. */
  readonly imageUser?: { readonly uid?: number; readonly username?: string };
  readonly env: ReadonlyMap<string, string>;
  /** Paths on the node by volume name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly podDir: string;
  readonly hostsFile: string | undefined;
  readonly nodeMemoryBytes: number;
  /** Whose process namespace an ephemeral container joins. */
  readonly targetContainerId?: string;
}

/** All that the runtime needs to make a container. Makes the file for its termination message. Throws `ContainerConfigError`. */
export async function containerConfig(pod: Pod, container: Container, context: ContainerContext): Promise<ContainerConfig> {
  const words = (list: readonly string[] | undefined) => (list ?? []).map((w) => expand(w, context.env));
  const grace = pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  return {
    metadata: { name: container.name, attempt: context.restartCount },
    image: { image: context.imageRef, userSpecifiedImage: container.image ?? '' },
    command: words(container.command),
    args: words(container.args),
    ...(container.workingDir ? { workingDir: container.workingDir } : {}),
    envs: [...context.env].map(([key, value]) => envOf(key, value)),
    mounts: [...(await volumeMounts(pod, container, context)), ...(await ownMounts(container, context))],
    labels: { ...podLabels(pod), [labels.containerName]: container.name },
    annotations: {
      [annotations.hash]: containerHash(container),
      [annotations.restartCount]: String(context.restartCount),
      [annotations.terminationMessagePath]: container.terminationMessagePath ?? '/dev/termination-log',
      [annotations.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
      [annotations.terminationGracePeriod]: String(grace),
    },
    logPath: `${container.name}/${context.restartCount}.log`,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    linux: { resources: containerResources(pod, container, context.nodeMemoryBytes), securityContext: securityContext(pod, container, context) },
  };
}

const propagations: Readonly<Record<string, MountPropagation>> = {
  None: 'PROPAGATION_PRIVATE',
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
};

async function volumeMounts(pod: Pod, container: Container, context: ContainerContext): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const m of container.volumeMounts ?? []) {
    const volume = context.volumes.get(m.name);
    if (volume === undefined)
      throw new ContainerConfigError(`cannot find volume ${JSON.stringify(m.name)} to mount into container ${JSON.stringify(container.name)}`);
    const subPath = m.subPathExpr ? expandSubPath(m.subPathExpr, context.env) : m.subPath;
    mounts.push({
      containerPath: m.mountPath.startsWith('/') ? m.mountPath : `/${m.mountPath}`,
      hostPath: subPath ? await subPathOf(volume, subPath) : volume,
      readonly: m.readOnly === true || isReadOnly(pod, m.name),
      propagation: propagations[m.mountPropagation ?? 'None'] ?? 'PROPAGATION_PRIVATE',
    });
  }
  return mounts;
}

/** A name that is not known must not become a folder of that name. */
function expandSubPath(expression: string, env: ReadonlyMap<string, string>): string {
  const expanded = expand(expression, env);
  const missing = /(?<!\$)\$\(([^)]*)\)/.exec(expression)?.[1];
  if (missing !== undefined && !env.has(missing)) throw new ContainerConfigError(`missing value for ${JSON.stringify(missing)}`);
  return expanded;
}

async function subPathOf(volume: string, subPath: string): Promise<string> {
  try {
    return await resolveSubPath(volume, subPath);
  } catch (error) {
    if (error instanceof VolumeError) throw new ContainerConfigError(error.message, { cause: error });
    throw error;
  }
}

/** Volumes written by the node show the node's content alone. */
function isReadOnly(pod: Pod, name: string): boolean {
  const volume = pod.spec?.volumes?.find((v) => v.name === name);
  if (volume?.persistentVolumeClaim?.readOnly) return true;
  return volume !== undefined && (volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected) !== undefined;
}

/** /etc/hosts and the file for the termination message. */
async function ownMounts(container: Container, context: ContainerContext): Promise<Mount[]> {
  const mounts: Mount[] = [];
  const mounted = new Set((container.volumeMounts ?? []).map((m) => m.mountPath));
  if (context.hostsFile !== undefined && !mounted.has('/etc/hosts')) mounts.push({ containerPath: '/etc/hosts', hostPath: context.hostsFile });
  const message = terminationMessageFile(context.podDir, container.name, context.restartCount);
  await mkdir(join(message, '..'), { recursive: true, mode: 0o750 });
  await writeFile(message, '');
  // Whoever the container runs as; this process' umask must not matter.
  await chmod(message, 0o666);
  mounts.push({ containerPath: container.terminationMessagePath || '/dev/termination-log', hostPath: message });
  return mounts;
}

/** Where a container's termination message is found on the node. */
export function terminationMessageFile(podDir: string, container: string, restartCount: number): string {
  return join(podDir, 'containers', container, `termination-${restartCount}`);
}

function securityContext(pod: Pod, container: Container, context: ContainerContext): LinuxContainerSecurityContext {
  const own = container.securityContext;
  const shared = pod.spec?.securityContext;
  const user = own?.runAsUser ?? shared?.runAsUser;
  const group = own?.runAsGroup ?? shared?.runAsGroup;
  checkNonRoot(container, own?.runAsNonRoot ?? shared?.runAsNonRoot ?? false, { user, imageUser: context.imageUser });
  const groups = [...(shared?.fsGroup === undefined ? [] : [shared.fsGroup]), ...(shared?.supplementalGroups ?? [])];
  const privileged = own?.privileged ?? false;
  const capabilities = own?.capabilities;
  const effectiveUser = user ?? context.imageUser?.uid;
  return {
    privileged,
    namespaceOptions:
      context.targetContainerId === undefined
        ? namespaceOptions(pod)
        : { ...namespaceOptions(pod), pid: 'TARGET', targetId: context.targetContainerId },
    ...(effectiveUser === undefined ? {} : { runAsUser: { value: effectiveUser } }),
    ...(effectiveUser === undefined && context.imageUser?.username ? { runAsUsername: context.imageUser.username } : {}),
    ...(group === undefined ? {} : { runAsGroup: { value: group } }),
    supplementalGroups: groups,
    readonlyRootfs: own?.readOnlyRootFilesystem ?? false,
    noNewPrivs: own?.allowPrivilegeEscalation === false,
    capabilities: { addCapabilities: capabilities?.add ?? [], dropCapabilities: capabilities?.drop ?? [] },
    seccomp: seccompOf(own?.seccompProfile ?? shared?.seccompProfile),
    ...(privileged || own?.procMount === 'Unmasked' ? {} : { maskedPaths, readonlyPaths }),
  };
}

function seccompOf(
  profile: { readonly type: string; readonly localhostProfile?: string } | undefined,
): NonNullable<LinuxContainerSecurityContext['seccomp']> {
  if (profile?.type === 'RuntimeDefault') return { profileType: 'RuntimeDefault' };
  if (profile?.type === 'Localhost') return { profileType: 'Localhost', localhostRef: profile.localhostProfile ?? '' };
  return { profileType: 'Unconfined' };
}

function checkNonRoot(
  container: Container,
  wanted: boolean,
  users: { readonly user: number | undefined; readonly imageUser: ContainerContext['imageUser'] },
): void {
  if (!wanted) return;
  const name = container.name;
  if (users.user === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy (pod: "", container: ${name})`);
  if (users.user !== undefined) return;
  if (users.imageUser?.uid === 0 || (users.imageUser?.uid === undefined && !users.imageUser?.username))
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root (container: ${name})`);
  if (users.imageUser.uid === undefined)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${users.imageUser.username}), cannot verify user is non-root (container: ${name})`,
    );
}

/** What containers may not see or write of the kernel, unless privileged. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
