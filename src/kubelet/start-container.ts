import { errorText } from '../base/index.ts';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, EphemeralContainer, Pod } from '../api/index.ts';
import type { PodSandbox, PodSandboxConfig } from '../cri/index.ts';
import { containerConfig, terminationMessageFile } from './container-config.ts';
import { ContainerConfigError, containerEnv } from './env.ts';
import { ImageError } from './images.ts';
import { runHook } from './lifecycle-hook.ts';
import type { NodeContext } from './node-context.ts';
import { hostsFile } from './hosts-file.ts';
import type { PodRuntime, RuntimeContainer } from './pod-runtime.ts';
import { annotations } from './runtime-labels.ts';
import { podHostname, podLogDirectory } from './sandbox-config.ts';

/** Why a container does not run: its waiting state. */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

export interface StartRequest {
  readonly pod: Pod;
  readonly container: Container | EphemeralContainer;
  readonly restartCount: number;
  readonly sandbox: PodSandbox;
  readonly sandboxConfig: PodSandboxConfig;
  readonly podIPs: readonly string[];
  readonly volumes: ReadonlyMap<string, string>;
  readonly podDir: string;
  /** The pod's containers: an ephemeral one may join another's process namespace. */
  readonly runtime: PodRuntime;
}

/** Makes and starts one container; resolves with what keeps it from running, or undefined once it runs and its postStart hook is done. */
export async function startContainer(node: NodeContext, request: StartRequest): Promise<WaitingReason | undefined> {
  const { pod, container } = request;
  const failed = (reason: string, error: unknown): WaitingReason => {
    const message = errorText(error);
    node.events.container(pod, container, {
      type: 'Warning',
      reason: 'Failed',
      message: `Error: ${error instanceof ImageError ? error.reason : message}`,
    });
    return { reason, message };
  };
  let image;
  try {
    image = await node.images.ensure(pod, container);
  } catch (error) {
    if (error instanceof ImageError) return failed(error.reason, error);
    return failed('ImageInspectError', error);
  }
  let config;
  try {
    // What the downward API shows of the pod's address is known only now.
    const shown: Pod = {
      ...pod,
      status: {
        ...pod.status,
        podIP: request.podIPs[0] ?? '',
        podIPs: request.podIPs.map((ip) => ({ ip })),
        hostIP: node.nodeIP,
        hostIPs: [{ ip: node.nodeIP }],
      },
    };
    const env = await containerEnv(shown, container, {
      configMap: (ns, name) => node.objects.configMap(ns, name),
      secret: (ns, name) => node.objects.secret(ns, name),
      services: node.services.list(),
      nodeAllocatable: node.nodeAllocatable,
    });
    await mkdir(join(podLogDirectory(node.logRoot, pod), container.name), { recursive: true, mode: 0o755 });
    config = await containerConfig(pod, container, {
      restartCount: request.restartCount,
      imageRef: image.id,
      imageUser: { ...(image.uid ? { uid: image.uid.value } : {}), ...(image.username ? { username: image.username } : {}) },
      env,
      volumes: request.volumes,
      podDir: request.podDir,
      hostsFile: await writeHosts(node, request),
      nodeMemoryBytes: node.nodeAllocatable.get('memory') ?? 1,
      ...targetOf(request),
    });
  } catch (error) {
    return failed(error instanceof ContainerConfigError ? 'CreateContainerConfigError' : 'CreateContainerError', error);
  }
  return create(node, request, { config, failed });
}

async function create(
  node: NodeContext,
  { pod, container, sandbox, sandboxConfig, podIPs }: StartRequest,
  {
    config,
    failed,
  }: { readonly config: Awaited<ReturnType<typeof containerConfig>>; readonly failed: (reason: string, error: unknown) => WaitingReason },
): Promise<WaitingReason | undefined> {
  let id: string;
  try {
    id = await node.runtime.createContainer(sandbox.id, config, sandboxConfig);
  } catch (error) {
    return failed('CreateContainerError', error);
  }
  node.events.container(pod, container, { type: 'Normal', reason: 'Created', message: 'Container created' });
  try {
    await node.runtime.startContainer(id);
  } catch (error) {
    return failed('RunContainerError', error);
  }
  node.events.container(pod, container, { type: 'Normal', reason: 'Started', message: 'Container started' });
  const hook = container.lifecycle?.postStart;
  if (!hook) return undefined;
  try {
    await runHook(hook, {
      pod,
      container,
      containerId: id,
      podIP: podIPs[0] ?? '',
      runtime: node.runtime,
      clock: node.clock,
      timeoutMs: 30 * 60_000,
    });
    return undefined;
  } catch (error) {
    node.events.container(pod, container, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' });
    node.logger.warn('postStart failed', { pod: pod.metadata?.name, container: container.name, error });
    await node.runtime.stopContainer(id, pod.spec?.terminationGracePeriodSeconds ?? 30);
    return { reason: 'PostStartHookError', message: errorText(error) };
  }
}

async function writeHosts(node: NodeContext, { pod, podDir, podIPs }: StartRequest): Promise<string> {
  const file = join(podDir, 'etc-hosts');
  const nodeHosts = pod.spec?.hostNetwork ? await readFile('/etc/hosts', 'utf8').catch(() => '') : '';
  await writeFile(file, hostsFile(pod, { podIPs, hostname: podHostname(pod), clusterDomain: node.clusterDomain, nodeHosts }), { mode: 0o644 });
  return file;
}

const maxMessageBytes = 4096;

const maxFallbackBytes = 2048;
const maxFallbackLines = 80;

/** What a container wrote before it ended: its message file, or with FallbackToLogsOnError the end of its log. */
export async function readTerminationMessage(podDir: string, container: RuntimeContainer): Promise<string> {
  const count = Number(container.annotations[annotations.restartCount] ?? 0);
  const text = await startOfFile(terminationMessageFile(podDir, container.containerName, count), maxMessageBytes);
  if (text !== '') return text;
  const fallback = container.annotations[annotations.terminationMessagePolicy] === 'FallbackToLogsOnError' && container.exitCode !== 0;
  if (!fallback || !container.logPath) return '';
  const log = await endOfFile(container.logPath, maxFallbackBytes * 16);
  return logContent(log.split('\n').slice(-maxFallbackLines - 1)).slice(-maxFallbackBytes);
}

/** The contents of CRI log lines (`TIME STREAM TAG CONTENT`), parts joined. */
function logContent(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    const [, , tag, ...words] = line.split(' ');
    if (tag !== undefined) text += words.join(' ') + (tag.startsWith('P') ? '' : '\n');
  }
  return text;
}

/** A container may have written without end. */
async function startOfFile(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function endOfFile(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, bytes)), 0, Math.min(size, bytes), start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

/** The container whose processes an ephemeral one shall see. */
function targetOf({ container, runtime }: StartRequest): { readonly targetContainerId?: string } {
  const name = 'targetContainerName' in container ? container.targetContainerName : undefined;
  const target = name ? runtime.containers.find((c) => c.containerName === name) : undefined;
  return target ? { targetContainerId: target.id } : {};
}
