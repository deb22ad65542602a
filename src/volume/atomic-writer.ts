import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VolumeError } from './volume-plugin.ts';

export interface PayloadFile {
  readonly content: Uint8Array;
  readonly mode: number;
}

/** Relative paths without `..`, each with its file. */
export type Payload = ReadonlyMap<string, PayloadFile>;

const dataLink = '..data';

/**
 * Writes files so that a reader sees the old set or the new one, never a mix: they go into a new folder, and the link `..data` is turned to
 * it by one rename; what the volume shows are links through `..data`. Does nothing when nothing changed. The layout is upstream's, which
 * programs that watch their configuration rely on.
 */
export async function writeAtomically(dir: string, payload: Payload, options: { readonly group?: number } = {}): Promise<void> {
  for (const path of payload.keys()) checkRelativePath(path);
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const current = await readlink(join(dir, dataLink)).catch(() => undefined);
  if (current !== undefined && (await isSame(join(dir, current), payload))) return;
  const fresh = `..${randomBytes(8).toString('hex')}`;
  for (const [path, file] of payload) await writeOne(join(dir, fresh, path), file, options.group);
  await mkdir(join(dir, fresh), { recursive: true });
  await chmod(join(dir, fresh), 0o755);
  await symlink(fresh, join(dir, '..data_tmp'));
  await rename(join(dir, '..data_tmp'), join(dir, dataLink));
  await linkNames(dir, payload);
  if (current !== undefined) await rm(join(dir, current), { recursive: true, force: true });
}

/** Paths come from users: no absolute ones, no `..`. */
export function checkRelativePath(path: string): void {
  if (path === '' || path.startsWith('/') || path.split('/').includes('..') || path.startsWith('..'))
    throw new VolumeError(`invalid path ${JSON.stringify(path)}: must be relative and not contain ".."`);
}

async function writeOne(target: string, file: PayloadFile, group: number | undefined): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await writeFile(target, file.content, { flag: 'wx' });
  // fsGroup needs to read what its owner can read.
  await chmod(target, group === undefined ? file.mode : file.mode | ((file.mode & 0o400) >> 3));
  if (group !== undefined) await chown(target, 0, group);
}

async function isSame(dir: string, payload: Payload): Promise<boolean> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return false;
  const files = entries.filter((e) => e.isFile());
  if (files.length !== payload.size) return false;
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name).slice(dir.length + 1);
    const wanted = payload.get(path);
    if (!wanted || Buffer.compare(await readFile(join(dir, path)), wanted.content) !== 0) return false;
  }
  return true;
}

/** The names at the top of the volume: a link for each first part of a path, none for what is gone. */
async function linkNames(dir: string, payload: Payload): Promise<void> {
  const wanted = new Set([...payload.keys()].map((p) => p.split('/')[0]!));
  for (const name of await readdir(dir)) {
    if (name.startsWith('..') || wanted.has(name)) continue;
    if ((await lstat(join(dir, name))).isSymbolicLink()) await unlink(join(dir, name));
  }
  for (const name of wanted) {
    await symlink(join(dataLink, name), join(dir, name)).catch((e: NodeJS.ErrnoException) => {
      if (e.code !== 'EEXIST') throw e;
    });
  }
}
