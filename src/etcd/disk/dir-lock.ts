import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps a second process out of a data directory. The lock is a file that names its owner by pid and start time, so that a killed owner's
 * lock, even if its pid is used again, can be taken over. Throws when the owner is alive.
 */
export async function lockDirectory(dir: string): Promise<{ release(): Promise<void> }> {
  const path = join(dir, 'lock');
  const mine = `${process.pid} ${await startTimeOf(process.pid)}`;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let tries = 0; tries < 3; tries++) {
      if (await linked(draft, path)) return { release: () => unlink(path) };
      const owner = await readFile(path, 'utf8').catch(() => '');
      const [pid = '0', startTime = ''] = owner.split(' ');
      if (owner !== '' && (await startTimeOf(Number(pid))) === startTime) throw new Error(`${dir} is in use by process ${pid}`);
      await takeAway(path, owner);
    }
    throw new Error(`${dir} is being opened by another process`);
  } finally {
    await unlink(draft);
  }
}

/** A hard link is made by one process alone. */
function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Removes a dead owner's lock, unless another process was faster and the lock is a new one by now. */
async function takeAway(path: string, owner: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== owner) await linked(aside, path);
  await unlink(aside);
}

/** Clock ticks after boot at which a process started, with its boot; '' when there is none. Field 22 of /proc/PID/stat, after the name. */
async function startTimeOf(pid: number): Promise<string> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return '';
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}@${boot}`;
  } catch {
    return '';
  }
}
