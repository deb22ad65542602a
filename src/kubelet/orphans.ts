import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '../base/index.ts';
import { type MountHost, tearDownVolumes } from '../volume/index.ts';
import { endCgroup, podCgroups } from './pod-cgroups.ts';

export interface OrphanOptions {
  /** `pods/UID` below it. */
  readonly rootDir: string;
  readonly logRoot: string;
  /** Without leading slash. */
  readonly cgroupParent: string;
  readonly mountHost: MountHost;
  /** Whether the pod is someone's business: the API's, a worker's, or the runtime's. */
  readonly isKnown: (uid: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const everyMs = 60_000;

/** Removes what pods left on the node that ended while no kubelet ran, once a minute until the signal aborts. */
export async function runOrphanCollection(options: OrphanOptions): Promise<void> {
  const { clock, signal, logger } = options;
  while (!signal.aborted) {
    try {
      await removeOrphans(options);
    } catch (error) {
      logger.warn('what pods have left could not be removed', { error });
    }
    await clock.sleep(everyMs, signal).catch(() => {});
  }
}

/** One pass: groups with what runs in them, volumes and folders, logs. */
export async function removeOrphans({
  rootDir,
  logRoot,
  cgroupParent,
  mountHost,
  isKnown,
}: Omit<OrphanOptions, 'clock' | 'logger' | 'signal'>): Promise<void> {
  for (const [uid, group] of podCgroups(cgroupParent)) if (!isKnown(uid)) endCgroup(group);
  const pods = join(rootDir, 'pods');
  for (const uid of await namesIn(pods)) {
    if (isKnown(uid)) continue;
    await tearDownVolumes(join(pods, uid), mountHost);
    await rm(join(pods, uid), { recursive: true, force: true });
  }
  for (const name of await namesIn(logRoot)) {
    // NAMESPACE_NAME_UID
    const uid = name.split('_')[2];
    if (uid !== undefined && !isKnown(uid)) await rm(join(logRoot, name), { recursive: true, force: true });
  }
}

async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return [];
    throw e;
  });
}
