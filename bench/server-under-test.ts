import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../src/base/index.ts';
import { type ClusterConfig, prepareCluster } from '../src/cluster/index.ts';
import { bundle } from '../tools/build.ts';
import { root } from '../tools/source-files.ts';
import { freePort } from './free-port.ts';

export interface Probe {
  readonly stallMs: number;
  readonly gcMs: number;
}

/** As the keeper starts it. */
const serverFlags = ['--disable-proto=delete', '--max-semi-space-size=8'];

/** Where the server keeps compiled code: as on a machine where it has run before. */
const compileCache = join(root, '.tools/compile-cache');

/** A server process without nodes, on loopback: the whole control plane as `kubets server` runs it, or the API server and its store alone. */
export interface ServerUnderTest {
  readonly url: string;
  readonly credentials: { readonly ca: string; readonly cert: string; readonly key: string };
  /** From spawn to `/readyz`, milliseconds. */
  readonly startMs: number;
  readonly pid: number;
  /** User and system time so far, milliseconds. */
  cpuMs(): number;
  /** Of an API server alone. */
  probe(): Promise<Probe>;
  stop(): Promise<void>;
}

export async function startServer(options: {
  readonly what: 'control plane' | 'API server';
  readonly inMemory?: boolean;
  /** For node itself, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}): Promise<ServerUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'kubets-bench-'));
  const port = await freePort();
  const config: ClusterConfig = {
    name: 'bench',
    dataDir,
    nodes: [],
    port,
    network: { nodeCidr: '172.30.0.0/24', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/20' },
    egress: false,
    inMemory: options.inMemory ?? false,
  };
  const credentials = await prepareCluster(config, realClock);
  const url = `https://127.0.0.1:${port}`;
  // The probe is TypeScript, whose loading would count as the start of the server.
  const script =
    options.what === 'control plane'
      ? [join(root, 'dist/cli/main.js'), 'server', '--data-dir', dataDir]
      : ['--import', join(root, 'bench/probe.ts'), await bundledApiServer(), dataDir];
  const started = performance.now();
  const child = spawn(process.execPath, [...serverFlags, ...(options.nodeFlags ?? []), ...script], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: '1' },
  });
  while (!(await isReady(url, credentials))) {
    if (child.exitCode !== null) throw new Error('the server ended');
    await new Promise((r) => setTimeout(r, 5));
  }
  const startMs = performance.now() - started;
  return {
    url,
    credentials,
    startMs,
    pid: child.pid!,
    cpuMs: () => cpuMsOf(child.pid!),
    probe: () => askProbe(child),
    async stop() {
      const ended = new Promise((r) => child.once('exit', r));
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function bundledApiServer(): Promise<string> {
  const outdir = join(root, '.tools/bench');
  await bundle({ 'api-server': 'bench/api-server.ts' }, outdir);
  return join(outdir, 'api-server.js');
}

function isReady(url: string, credentials: { readonly ca: string; readonly cert: string; readonly key: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const req = request(`${url}/readyz`, { ...credentials, agent: false, timeout: 1000 }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
    req.end();
  });
}

function askProbe(child: ChildProcess): Promise<Probe> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server under test does not answer')), 30_000);
    const take = (message: unknown) => {
      if (typeof message !== 'object') return;
      clearTimeout(timer);
      child.off('message', take);
      resolve(message as Probe);
    };
    child.on('message', take);
    child.send('probe');
  });
}

/** proc(5): fields 14 and 15 of stat, in ticks of 10 ms. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
