import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Clock, type Logger, realClock } from '../base/index.ts';
import { type ContainerdConfig, containerdToml } from './containerd-config.ts';
import { isCriError } from './error.ts';
import { connectRuntime } from './runtime.ts';

export interface ContainerdOptions {
  /** Images, snapshots, metadata. */
  readonly rootDir: string;
  /** Sockets and tasks; on a tmpfs, and short: a socket's path has 107 bytes at most. */
  readonly stateDir: string;
  readonly binaries: ContainerdBinaries;
  readonly runtime: 'runc' | 'crun';
  /** Default: overlayfs, or native where the kernel has none or the folder is on an overlay itself. */
  readonly snapshotter?: 'overlayfs' | 'native';
  /** Full reference of the sandbox image. */
  readonly pauseImage: string;
  readonly cniConfDir: string;
  /** Makes the words that start a program on the node, such as an nsenter before them. */
  readonly enter?: (...words: readonly string[]) => readonly string[];
  /** Moves the fresh process into the node's cgroup, before it has children. */
  readonly joinCgroup?: (pid: number) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ContainerdBinaries {
  readonly containerd: string;
  readonly runc?: string;
  readonly crun?: string;
  readonly cniBinDir: string;
}

export interface Containerd {
  /** `unix:///…/containerd.sock`: CRI and containerd's own services. */
  readonly endpoint: string;
  /** True when one was found running and none was started. */
  readonly adopted: boolean;
  /** The daemon's process, undefined when there is none at the moment. */
  pid(): number | undefined;
  /** Starts it again, with back-off, whenever it has ended. Resolves when the signal aborts. */
  supervise(signal: AbortSignal): Promise<void>;
  /** Ends the daemon alone: containers run on. Supervision must have ended before. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 20_000;
/** A daemon that runs but does not answer for so long is not adopted but replaced. */
const hangMs = 10_000;
const pollMs = 250;
const leastBackoffMs = 500;
const greatestBackoffMs = 30_000;
const overlayMagic = 0x794c7630;
const logLimitBytes = 16 * 1024 * 1024;

/** Finds the node's containerd by its socket, or writes its configuration and starts one that outlives this process. Rejects when it is not ready after 20 s. */
export async function ensureContainerd(options: ContainerdOptions): Promise<Containerd> {
  const socket = join(options.stateDir, 'containerd.sock');
  const configFile = join(options.rootDir, 'config.toml');
  if (Buffer.byteLength(`${socket}.ttrpc`) > 107) throw new Error(`path of the socket is too long: ${socket}`);
  for (const dir of [options.rootDir, options.stateDir, options.cniConfDir]) mkdirSync(dir, { recursive: true, mode: 0o711 });
  const endpoint = `unix://${socket}`;
  const running = findDaemon(options.binaries.containerd, configFile);
  const adopted = running !== undefined && (await answersWithin(socket, hangMs, options.clock));
  if (!adopted) {
    // One that hangs holds the metadata's lock: a second could not start beside it.
    await end(running, 'SIGKILL', options.clock);
    writeFileSync(configFile, containerdToml(configOf(options, socket)), { mode: 0o600 });
    await start(options, { configFile, socket });
  }
  const pid = () => findDaemon(options.binaries.containerd, configFile);
  return {
    endpoint,
    adopted,
    pid,
    supervise: (signal) => supervise(options, { configFile, socket, signal }),
    stop: () => end(pid(), 'SIGTERM', options.clock),
  };
}

/** Where Debian and others put the programs. Undefined when there is no containerd or no OCI runtime. */
export function findContainerdBinaries(searchPath: string): ContainerdBinaries | undefined {
  const folders = [...searchPath.split(':'), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'].filter(Boolean);
  const find = (name: string) => folders.map((f) => join(f, name)).find((f) => existsSync(f));
  const containerd = find('containerd');
  const runc = find('runc');
  const crun = find('crun');
  const cniBinDir = ['/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni'].find((f) => existsSync(join(f, 'bridge')));
  if (!containerd || !(runc ?? crun) || !cniBinDir) return undefined;
  return { containerd, cniBinDir, ...(runc ? { runc } : {}), ...(crun ? { crun } : {}) };
}

function configOf(options: ContainerdOptions, socket: string): ContainerdConfig {
  const { runc, crun, cniBinDir } = options.binaries;
  return {
    rootDir: options.rootDir,
    stateDir: options.stateDir,
    socket,
    cniConfDir: options.cniConfDir,
    cniBinDir,
    snapshotter: options.snapshotter ?? bestSnapshotter(options.rootDir),
    pauseImage: options.pauseImage,
    runtime: options.runtime,
    runtimes: { ...(runc ? { runc } : {}), ...(crun ? { crun } : {}) },
    mayLowerOomScore: hasSysResource(),
    appArmor:
      existsSync('/sys/module/apparmor/parameters/enabled') && readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y'),
  };
}

function bestSnapshotter(rootDir: string): 'overlayfs' | 'native' {
  const known = /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'));
  return known && statfsSync(rootDir).type !== overlayMagic ? 'overlayfs' : 'native';
}

/** CAP_SYS_RESOURCE (24), without which nobody may lower an oom_score_adj. */
function hasSysResource(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}

interface Daemon {
  readonly configFile: string;
  readonly socket: string;
}

async function start(options: ContainerdOptions, daemon: Daemon): Promise<void> {
  const logFile = join(options.rootDir, 'containerd.log');
  if (existsSync(logFile) && statSync(logFile).size > logLimitBytes) renameSync(logFile, `${logFile}.1`);
  const words = [options.binaries.containerd, '--config', daemon.configFile, '--log-level', 'warn'];
  const [program, ...args] = options.enter?.(...words) ?? words;
  const log = openSync(logFile, 'a', 0o600);
  let failure: Error | undefined;
  try {
    const child = spawn(program!, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
    child.on('error', (e) => (failure = e));
    child.on('exit', (code, signal) => (failure ??= new Error(`containerd ended (${signal ?? code}), see ${logFile}`)));
    if (child.pid !== undefined) options.joinCgroup?.(child.pid);
    child.unref();
  } finally {
    closeSync(log);
  }
  const deadline = options.clock.monotonicMs() + readyTimeoutMs;
  while (!(await answers(daemon.socket))) {
    if (failure) throw failure;
    if (options.clock.monotonicMs() > deadline) throw new Error(`containerd does not answer after ${readyTimeoutMs / 1000} s, see ${logFile}`);
    await options.clock.sleep(20);
  }
}

async function answersWithin(socket: string, ms: number, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonicMs() + ms;
  while (!(await answers(socket))) {
    if (clock.monotonicMs() > deadline) return false;
    await clock.sleep(pollMs);
  }
  return true;
}

/** Whether someone serves CRI on the socket. */
async function answers(socket: string): Promise<boolean> {
  if (!existsSync(socket) || !(await accepts(socket))) return false;
  const runtime = connectRuntime({ endpoint: `unix://${socket}`, clock: realClock, timeoutMs: 2_000 });
  try {
    await runtime.version();
    return true;
  } catch (e) {
    // Not yet, or no more.
    if (isCriError(e)) return false;
    throw e;
  } finally {
    runtime.close();
  }
}

function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.on('connect', () => resolve(true)).on('error', () => resolve(false));
    connection.on('connect', () => connection.destroy());
  });
}

async function supervise(options: ContainerdOptions, daemon: Daemon & { readonly signal: AbortSignal }): Promise<void> {
  const { clock, logger } = options;
  const { signal } = daemon;
  let backoffMs = leastBackoffMs;
  let pid = findDaemon(options.binaries.containerd, daemon.configFile);
  let sinceMs = clock.monotonicMs();
  while (!signal.aborted) {
    if (pid !== undefined && runs(pid, daemon.configFile)) {
      if (clock.monotonicMs() - sinceMs > greatestBackoffMs) backoffMs = leastBackoffMs;
      await clock.sleep(pollMs, signal).catch(() => {});
      continue;
    }
    logger.warn('containerd has ended; starting it again', { inMs: backoffMs });
    await clock.sleep(backoffMs, signal).catch(() => {});
    if (signal.aborted) return;
    backoffMs = Math.min(backoffMs * 2, greatestBackoffMs);
    try {
      await start(options, daemon);
    } catch (e) {
      logger.error('containerd does not start', { error: e });
    }
    pid = findDaemon(options.binaries.containerd, daemon.configFile);
    sinceMs = clock.monotonicMs();
  }
}

/** The process that runs with this configuration file: what no pid file could tell for sure. */
function findDaemon(program: string, configFile: string): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => runs(pid, configFile) && commandOf(pid)[0] === program);
}

function runs(pid: number, configFile: string): boolean {
  return commandOf(pid).includes(configFile);
}

/** Empty for processes that are gone or are zombies. */
function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

async function end(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL', clock: Clock): Promise<void> {
  if (pid === undefined) return;
  const deadline = clock.monotonicMs() + 10_000;
  for (let next: NodeJS.Signals | 0 = signal; commandOf(pid).length > 1; next = clock.monotonicMs() > deadline ? 'SIGKILL' : 0) {
    try {
      process.kill(pid, next);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw e;
    }
    await clock.sleep(20);
  }
}
