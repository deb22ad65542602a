import { execFile } from 'node:child_process';

/** A command that failed: its words and what it printed on standard error. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly stderr: string;

  constructor(words: readonly string[], stderr: string, cause: unknown) {
    super(`${words.join(' ')}: ${stderr.trim() || String(cause)}`, { cause });
    this.stderr = stderr;
  }
}

/** Runs a program to its end and resolves with its standard output; throws `CommandFailed` unless it exits with 0. 30 s at most. */
export function exec(words: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = words;
    const child = execFile(program!, args, { timeout: 30_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new CommandFailed(words, stderr, error));
      else resolve(stdout);
    });
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** As `exec`, for what may already be done or gone: false where the command failed. */
export async function tryExec(words: readonly string[]): Promise<boolean> {
  try {
    await exec(words);
    return true;
  } catch (e) {
    if (e instanceof CommandFailed) return false;
    throw e;
  }
}
