import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { MountHost } from './volume-plugin.ts';

const run = promisify(execFile);
const timeout = 30_000;

/** The mounts of this process's mount namespace. */
export const linuxMountHost: MountHost = {
  async mountTmpfs(dir, { sizeBytes }) {
    await run('mount', ['-t', 'tmpfs', '-o', sizeBytes === undefined ? 'rw' : `rw,size=${sizeBytes}`, 'tmpfs', dir], { timeout });
  },
  async isMountPoint(dir) {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    return mounts.split('\n').some((line) => unescape(line.split(' ')[4]) === dir);
  },
  async unmount(dir) {
    await run('umount', [dir], { timeout });
  },
};

/** proc(5) writes blanks and backslashes of paths in octal. */
function unescape(path = ''): string {
  return path.replaceAll(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
