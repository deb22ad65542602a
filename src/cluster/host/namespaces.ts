import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, tryExec } from './exec.ts';

const runFolder = '/run/kubets';

/** Namespaces kept by files under `/run/kubets/CLUSTER/PART`: no process need live to hold them. */
export interface Namespaces {
  readonly net: string;
  readonly uts?: string;
  readonly mnt?: string;
}

/** The words that run a command inside. */
export function enter(ns: Namespaces, ...words: readonly string[]): string[] {
  return ['nsenter', `--net=${ns.net}`, ...(ns.uts ? [`--uts=${ns.uts}`] : []), ...(ns.mnt ? [`--mount=${ns.mnt}`] : []), '--', ...words];
}

/** The namespaces of one part, whether they exist or not. The fabric is a network namespace alone; a node has mounts and a host name too. */
export function namespacesOf(cluster: string, part: string, kind: 'fabric' | 'node'): Namespaces {
  const folder = join(runFolder, cluster, part);
  return kind === 'fabric' ? { net: join(folder, 'net') } : { net: join(folder, 'net'), uts: join(folder, 'uts'), mnt: join(folder, 'mnt') };
}

/**
 * Makes what is missing of a part's namespaces; true when they were made anew. The folder is a private mount of its own, or the kernel
 * refuses to bind a mount namespace onto a file in it.
 */
export async function makeNamespaces(cluster: string, part: string, kind: 'fabric' | 'node'): Promise<boolean> {
  const ns = namespacesOf(cluster, part, kind);
  if (await tryExec(enter(ns, 'true'))) return false;
  const folder = join(runFolder, cluster, part);
  await removeNamespaces(cluster, part);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await exec(['mount', '--bind', folder, folder]);
  await exec(['mount', '--make-private', folder]);
  for (const file of Object.values(ns)) writeFileSync(file, '');
  const flags = [`--net=${ns.net}`, ...(ns.uts ? [`--uts=${ns.uts}`] : []), ...(ns.mnt ? [`--mount=${ns.mnt}`, '--propagation', 'private'] : [])];
  await exec(['unshare', ...flags, 'true']);
  await exec(enter(ns, 'ip', 'link', 'set', 'lo', 'up'));
  if (kind === 'node') {
    await exec(enter(ns, 'hostname', part));
    await exec(enter(ns, 'mount', '--make-rshared', '/'));
    // A controller that sits in cgroup2 beside v1 makes crun refuse the machine as hybrid.
    if (existsSync('/sys/fs/cgroup/unified')) await tryExec(enter(ns, 'umount', '/sys/fs/cgroup/unified'));
  }
  return true;
}

/** Unmounts the files and removes the folder. Processes inside must be gone, or they keep the namespaces alive unnamed. */
export async function removeNamespaces(cluster: string, part: string): Promise<void> {
  const folder = join(runFolder, cluster, part);
  if (!existsSync(folder)) return;
  for (const name of ['net', 'uts', 'mnt']) while (existsSync(join(folder, name)) && (await tryExec(['umount', join(folder, name)])));
  while (await tryExec(['umount', folder]));
  rmSync(folder, { recursive: true, force: true });
}

export function removeRunFolder(cluster: string): void {
  rmSync(join(runFolder, cluster), { recursive: true, force: true });
}
