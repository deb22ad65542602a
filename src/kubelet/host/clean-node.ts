import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../base/index.ts';
import { linuxMountHost } from '../../volume/index.ts';
import { endCgroup } from '../pod-cgroups.ts';

const run = promisify(execFile);

export interface CleanNodeOptions {
  readonly rootDir: string;
  /** Without leading slash, as the kubelet was given it. */
  readonly cgroupParent: string;
  /** containerd's `rootDir` and `stateDir`, where the kubelet had one of its own. */
  readonly containerdDirs?: readonly string[];
  /** Also deletes the folders. */
  readonly removeFiles?: boolean;
  readonly clock: Clock;
}

const tries = 200;

/**
 * Ends and removes all that a kubelet and its containerd have made on this host, after any crash, in the mount namespace it is called in:
 * processes (containerd and shims included), groups, mounts, and folders if asked. May be called again. Rejects when processes do not end.
 */
export async function cleanNode(options: CleanNodeOptions): Promise<void> {
  const dirs = [options.rootDir, ...(options.containerdDirs ?? [])];
  for (let i = 0; ; i++) {
    const pids = processesMentioning(options.containerdDirs ?? []);
    for (const pid of pids) kill(pid);
    if (endCgroup(`/${options.cgroupParent}/kubepods`) && pids.length === 0) break;
    if (i >= tries) throw new Error(`processes of ${options.cgroupParent} do not end: ${pids.join(' ')}`);
    await options.clock.sleep(50);
  }
  for (const dir of dirs) await unmountBelow(dir);
  if (options.removeFiles) for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
}

/** containerd names its folders on its command line, and a shim its socket. */
function processesMentioning(dirs: readonly string[]): number[] {
  if (dirs.length === 0) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const words = commandOf(pid);
      return pid !== process.pid && /containerd/.test(words[0] ?? '') && words.some((w) => dirs.some((d) => w.startsWith(`${d}/`)));
    });
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
  }
}

async function unmountBelow(dir: string): Promise<void> {
  for (let i = 0; i < tries; i++) {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
      .filter((m) => m === dir || m.startsWith(`${join(dir)}/`));
    const last = mounts.at(-1);
    if (last === undefined) return;
    await linuxMountHost.unmount(last).catch(() => run('umount', ['--lazy', last]));
  }
}
