import { readFile } from 'node:fs/promises';
import { arch, release, type } from 'node:os';
import type { NodeSystemInfo } from '../../api/index.ts';

export interface NodeInfoOptions {
  /** Of `Version`: `containerd`. */
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  /** `v1.36.2`. */
  readonly kubeletVersion: string;
  /** Told where the machine has no id of its own, as in some containers. */
  readonly fallbackId?: string;
}

async function firstLine(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = (await readFile(path, 'utf8').catch(() => '')).trim();
    if (text !== '') return text.split('\n')[0]!;
  }
  return '';
}

/** The value of PRETTY_NAME, unquoted. */
export function osImageOf(osRelease: string): string {
  const value = /^PRETTY_NAME=(.*)$/m.exec(osRelease)?.[1]?.trim() ?? '';
  return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(["$`\\])/g, '$1');
}

/** Go's names of architectures, which Kubernetes uses. */
export function goArchitecture(nodeArchitecture: string): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
  return Object.hasOwn(names, nodeArchitecture) ? names[nodeArchitecture]! : nodeArchitecture;
}

/** What this machine and its kernel are. What cannot be read is empty. */
export async function readNodeInfo(options: NodeInfoOptions): Promise<NodeSystemInfo> {
  const { fallbackId = '' } = options;
  const machineID = (await firstLine(['/etc/machine-id', '/var/lib/dbus/machine-id'])) || fallbackId;
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => readFile('/usr/lib/os-release', 'utf8').catch(() => ''));
  const runtimeVersion = options.runtimeVersion.replace(/^v/, '');
  return {
    machineID,
    systemUUID: (await firstLine(['/sys/class/dmi/id/product_uuid'])) || machineID,
    bootID: await firstLine(['/proc/sys/kernel/random/boot_id']),
    kernelVersion: release(),
    osImage: osImageOf(osRelease),
    containerRuntimeVersion: `${options.runtimeName}://${runtimeVersion}`,
    kubeletVersion: options.kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: type().toLowerCase(),
    architecture: goArchitecture(arch()),
  };
}
