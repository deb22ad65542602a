/** A cluster as a user has it: started by the `kubets` command, used by real kubectl and helm. */
import { type ChildProcess, execFile, spawn, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/source-files.ts';
import { clientTools } from './client-tools.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As it is published: `tools/test.ts` builds it before these tests. */
export const kubetsEntry = join(root, 'dist/cli/main.js');

/** Runs a program to its end, whatever the exit code. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string | Buffer; readonly timeoutMs?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env: options.env ?? process.env, timeout: options.timeoutMs ?? 120_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

export class E2eCluster {
  readonly name: string;
  readonly dir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;

  private constructor(name: string, dir: string, port: number) {
    this.name = name;
    this.dir = dir;
    this.dataDir = join(dir, 'data');
    this.port = port;
    this.env = { ...process.env, KUBECONFIG: join(dir, 'kubeconfig'), HOME: dir };
  }

  static async create(name: string): Promise<E2eCluster> {
    return new E2eCluster(`${name}-${process.pid}`, mkdtempSync(join(tmpdir(), `kubets-${name}-`)), await freePort());
  }

  kubets(...args: readonly string[]): Promise<Outcome> {
    return run(process.execPath, [kubetsEntry, ...args, '--name', this.name, '--data-dir', this.dataDir], { env: this.env, timeoutMs: 240_000 });
  }

  /** `up` as the tests want it: no way out, on a port of its own. Throws with the output when it fails. */
  async up(...args: readonly string[]): Promise<string> {
    return succeeded(await this.kubets('up', '--no-egress', '--port', String(this.port), ...args), 'kubets up');
  }

  /** Ends and deletes the cluster; to be called in any case. */
  async delete(): Promise<void> {
    succeeded(await this.kubets('down', '--delete'), 'kubets down --delete');
    rmSync(this.dir, { recursive: true, force: true });
  }

  tryKubectl(args: readonly string[], options: { readonly input?: string | Buffer; readonly timeoutMs?: number } = {}): Promise<Outcome> {
    return run(clientTools().kubectl, args, { env: this.env, ...options });
  }

  /** kubectl's standard output; throws with what it printed unless it exits with 0. */
  async kubectl(...args: readonly string[]): Promise<string> {
    return succeeded(await this.tryKubectl(args), `kubectl ${args.join(' ')}`);
  }

  async kubectlWithInput(input: string, ...args: readonly string[]): Promise<string> {
    return succeeded(await this.tryKubectl(args, { input }), `kubectl ${args.join(' ')}`);
  }

  async helm(...args: readonly string[]): Promise<string> {
    return succeeded(await run(clientTools().helm, args, { env: this.env }), `helm ${args.join(' ')}`);
  }

  /** A kubectl that goes on (port-forward, logs -f); the caller ends it. */
  start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn(clientTools().kubectl, args, { env: this.env, stdio: ['pipe', 'pipe', 'pipe'], ...options });
  }
}

export function succeeded(outcome: Outcome, what: string): string {
  if (outcome.code !== 0) throw new Error(`${what} exited with ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome.stdout;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Tries until `holds` gives something; throws its last error, or `what`, after `timeoutMs`. */
export async function eventually<T>(what: string, holds: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const result = await holds();
      if (result !== undefined && result !== false) return result;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
}
