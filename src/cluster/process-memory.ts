import { readFileSync } from 'node:fs';

/** The proportional set size of a process in bytes (shared pages are divided among those who share them); 0 when it is gone. Needs to be its owner or root. */
export function processMemory(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(match?.[1] ?? 0) * 1024;
  } catch (e) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((e as NodeJS.ErrnoException).code ?? '')) return 0;
    throw e;
  }
}
