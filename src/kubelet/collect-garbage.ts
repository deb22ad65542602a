import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isCriError } from '../cri/index.ts';
import { terminationMessageFile } from './container-config.ts';
import type { NodeContext } from './node-context.ts';
import { hasExited, type PodRuntime, type RuntimeContainer } from './pod-runtime.ts';
import { annotations } from './runtime-labels.ts';

/** What of a living pod nobody will ask for again: of each container the dead but the last, and sandboxes that are left without one. Pure. */
export function garbageOf(runtime: PodRuntime): { readonly containers: readonly RuntimeContainer[]; readonly sandboxIds: readonly string[] } {
  const seen = new Set<string>();
  const containers = runtime.containers.filter((c) => {
    if (!hasExited(c)) return false;
    if (seen.has(c.containerName)) return true;
    seen.add(c.containerName);
    return false;
  });
  const gone = new Set(containers.map((c) => c.id));
  const inUse = new Set(runtime.containers.filter((c) => !gone.has(c.id)).map((c) => c.podSandboxId));
  const sandboxIds = runtime.sandboxes.slice(1).flatMap((s) => (s.state !== 'SANDBOX_READY' && !inUse.has(s.id) ? [s.id] : []));
  return { containers, sandboxIds };
}

/** Removes it, with logs and termination messages. What is gone already is fine. */
export async function collectGarbage(node: NodeContext, runtime: PodRuntime, podDir: string): Promise<void> {
  const { containers, sandboxIds } = garbageOf(runtime);
  for (const c of containers) {
    await unlessGone(node.runtime.removeContainer(c.id));
    if (c.logPath) await removeLogs(c.logPath);
    await rm(terminationMessageFile(podDir, c.containerName, Number(c.annotations[annotations.restartCount] ?? 0)), { force: true });
  }
  for (const id of sandboxIds) {
    await unlessGone(node.runtime.stopPodSandbox(id));
    await unlessGone(node.runtime.removePodSandbox(id));
  }
}

/** A log and what rotation made of it: `3.log`, `3.log.20260101-000000.gz`. */
async function removeLogs(path: string): Promise<void> {
  const folder = dirname(path);
  const name = basename(path);
  const names = await readdir(folder).catch(() => []);
  for (const n of names) if (n === name || n.startsWith(`${name}.`)) await rm(join(folder, n), { force: true });
}

async function unlessGone(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isCriError(error, 'NOT_FOUND')) throw error;
  }
}
