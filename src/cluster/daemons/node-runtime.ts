import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger, Rng } from '../../base/index.ts';
import {
  buildPauseImage,
  connectRuntime,
  type CriRuntime,
  ensureContainerd,
  findContainerdBinaries,
  importImage,
  pauseImageName,
} from '../../cri/index.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { UserError } from '../user-error.ts';

export interface NodeRuntime {
  readonly endpoint: string;
  readonly runtime: CriRuntime;
  /** Stops watching over containerd, which runs on with its containers. */
  release(): void;
}

interface Parts {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}

/** Where a node's containerd listens, seen from the host too. */
export function containerdState(config: ClusterConfig, node: string): string {
  return join('/run/kubets', config.name, `runtime-${node}`);
}

export function containerdEndpoint(config: ClusterConfig, node: string): string {
  return config.containerRuntimeEndpoint ?? `unix://${join(containerdState(config, node), 'containerd.sock')}`;
}

/** The node's container runtime: the one that was named, or a containerd of its own, found running or started, and watched over. */
export async function openNodeRuntime(config: ClusterConfig, node: string, parts: Parts): Promise<NodeRuntime> {
  const { clock, logger } = parts;
  if (config.containerRuntimeEndpoint !== undefined) {
    const endpoint = config.containerRuntimeEndpoint;
    return { endpoint, runtime: connectRuntime({ endpoint, clock }), release: () => {} };
  }
  const binaries = findContainerdBinaries(`${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`);
  if (!binaries) throw new UserError('containerd is missing: apt-get install containerd');
  const stateDir = containerdState(config, node);
  mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  const containerd = await ensureContainerd({
    rootDir: join(files.nodeDir(config.dataDir, node), 'containerd'),
    stateDir,
    binaries,
    runtime: binaries.runc === undefined ? 'crun' : 'runc',
    pauseImage: pauseImageName,
    cniConfDir: cniConfDir(config, node),
    clock,
    logger: logger.child({ component: 'containerd' }),
  });
  const ended = new AbortController();
  void containerd.supervise(ended.signal);
  const runtime = connectRuntime({ endpoint: containerd.endpoint, clock });
  await ensurePauseImage(config, node, { ...parts, runtime, endpoint: containerd.endpoint });
  return { endpoint: containerd.endpoint, runtime, release: () => ended.abort(new Error('the agent ends')) };
}

export function cniConfDir(config: ClusterConfig, node: string): string {
  return join(files.nodeDir(config.dataDir, node), 'cni');
}

async function ensurePauseImage(
  config: ClusterConfig,
  node: string,
  parts: Parts & { readonly runtime: CriRuntime; readonly endpoint: string },
): Promise<void> {
  if (await parts.runtime.imageStatus({ image: pauseImageName })) return;
  const tar = join(files.nodeDir(config.dataDir, node), 'pause.tar');
  if (!existsSync(tar)) await buildPauseImage(tar);
  await importImage({ endpoint: parts.endpoint, tar, clock: parts.clock, rng: parts.rng, logger: parts.logger });
  await rm(tar);
}
