/** The real `kubets server` process, without nodes and without its keeper: for tests that kill it and read its log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, openSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock, systemRng } from '../../src/base/index.ts';
import { type Client, createClient, httpsTransport, type Transport } from '../../src/client/index.ts';
import { type ClusterConfig, prepareCluster } from '../../src/cluster/index.ts';
import { root } from '../../tools/source-files.ts';
import { freePort } from '../../bench/free-port.ts';

const startDeadlineMs = 30_000;

/** One data directory, and at most one process at work on it. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly credentials: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly #dir: string;
  readonly #logFile: string;
  #child: ChildProcess | undefined;

  private constructor(dir: string, port: number, credentials: ServerProcess['credentials']) {
    this.#dir = dir;
    this.#logFile = join(dir, 'server.log');
    this.url = `https://127.0.0.1:${port}`;
    this.credentials = credentials;
  }

  static async create(): Promise<ServerProcess> {
    const dir = mkdtempSync(join(tmpdir(), 'kubets-server-'));
    const port = await freePort();
    const config: ClusterConfig = {
      name: 'faults',
      dataDir: dir,
      nodes: [],
      port,
      network: { nodeCidr: '172.30.0.0/24', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/20' },
      egress: false,
      inMemory: false,
    };
    return new ServerProcess(dir, port, await prepareCluster(config, realClock));
  }

  /** Starts the process; resolves when it says that it is ready. Throws with its log when it ends before. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the server runs already');
    const log = openSync(this.#logFile, 'a', 0o600);
    const child = spawn(process.execPath, ['--disable-proto=delete', join(root, 'src/cli/main.ts'), 'server', '--data-dir', this.#dir], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, '.tools/compile-cache') },
    });
    closeSync(log);
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready within ${startDeadlineMs} ms\n${this.log()}`)), startDeadlineMs);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the server ended (${code ?? signal}) before it was ready\n${this.log()}`));
      });
      child.on('message', (message) => {
        if (message !== 'ready') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** A connection of its own, as administrator. */
  connect(): { readonly client: Client; readonly transport: Transport } {
    const transport = httpsTransport({ server: this.url, ...this.credentials, clock: realClock, rng: systemRng, timeoutMs: 20_000 });
    return { client: createClient(transport), transport };
  }

  /** All that the processes wrote to standard output and error. */
  log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    const lastResort = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.kill(signal);
    await ended;
    clearTimeout(lastResort);
  }
}
