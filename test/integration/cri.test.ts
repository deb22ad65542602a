/** A private containerd in a node's namespaces: images made here, a pod with an address, exec, logs, events, and a daemon killed under it. */
import assert from 'node:assert/strict';
import { copyFileSync, createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { realClock, silentLogger, systemRng } from '../../src/base/index.ts';
import { cgroupPath, joinCgroup, removeCgroup } from '../../src/cluster/host/cgroup.ts';
import { tryExec } from '../../src/cluster/host/exec.ts';
import { enter, makeNamespaces, namespacesOf, removeNamespaces, removeRunFolder } from '../../src/cluster/host/namespaces.ts';
import {
  buildImage,
  buildPauseImage,
  type Containerd,
  type ContainerConfig,
  connectRuntime,
  type CriRuntime,
  ensureContainerd,
  envOf,
  findContainerdBinaries,
  importImage,
  isCriError,
  type PodSandboxConfig,
  pauseImageName,
  type RuntimeEvent,
  watchRuntimeEvents,
  writeCniConfig,
} from '../../src/cri/index.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const cluster = `test-cri-${process.pid}`;
const binaries = findContainerdBinaries(process.env['PATH'] ?? '');
const needs = { root: isRoot, containerd: binaries !== undefined, busybox: existsSync('/bin/busybox') };
const usable = Object.values(needs).every(Boolean);
const test = testNeeding(needs);
const clock = realClock;
const logger = silentLogger;
const stateDir = join('/run/kubets', cluster, 'state');
const busybox = 'localhost/busybox:1';
let folder: string;
let containerd: Containerd;
let runtime: CriRuntime;
const events: RuntimeEvent[] = [];
const over = new AbortController();
let watching: Promise<void>;
/** Timers of the clock keep no process alive, but the last hook waits on them alone. */
let alive: NodeJS.Timeout;

const openContainerd = () =>
  ensureContainerd({
    rootDir: join(folder, 'containerd'),
    stateDir,
    binaries: binaries!,
    runtime: binaries?.runc ? 'runc' : 'crun',
    pauseImage: pauseImageName,
    cniConfDir: join(folder, 'cni'),
    enter: (...words) => enter(namespacesOf(cluster, 'node', 'node'), ...words),
    joinCgroup: (pid) => joinCgroup(cgroupPath(cluster, 'node'), pid),
    clock,
    logger,
  });

before(async () => {
  if (!usable) return;
  alive = setInterval(() => {}, 1_000);
  folder = mkdtempSync(join(tmpdir(), 'kubets-cri-'));
  await makeNamespaces(cluster, 'node', 'node');
  writeCniConfig({
    confDir: join(folder, 'cni'),
    binDir: binaries!.cniBinDir,
    podCidr: '10.201.0.0/24',
    bridge: 'cni0',
    mtu: 1500,
    dataDir: join(folder, 'ipam'),
  });
  containerd = await openContainerd();
  runtime = connectRuntime({ endpoint: containerd.endpoint, clock });
  watching = (async () => {
    const { signal } = over;
    for await (const e of watchRuntimeEvents({ endpoint: containerd.endpoint, signal, clock, logger })) events.push(e);
  })();
});

after(async () => {
  if (!usable) return;
  over.abort();
  await watching;
  runtime?.close();
  await removeCgroup(cgroupPath(cluster));
  // Mounts of root file systems and of network namespaces are the node's alone, and go with its mount namespace.
  await removeNamespaces(cluster, 'node');
  removeRunFolder(cluster);
  rmSync(folder, { recursive: true, force: true });
  clearInterval(alive);
});

const sandbox = (name: string): PodSandboxConfig => ({
  metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt: 0 },
  hostname: name,
  logDirectory: join(folder, 'logs', name),
  labels: { app: name, constructor: 'x' },
  linux: { cgroupParent: `/${cgroupPath(cluster, 'node')}/pod-${name}`, securityContext: { namespaceOptions: { pid: 'CONTAINER' } } },
});
const container = (name: string, ...command: string[]): ContainerConfig => ({
  metadata: { name, attempt: 0 },
  image: { image: busybox },
  command,
  envs: [envOf('GREETING', 'hello')],
  logPath: `${name}/0.log`,
  linux: { securityContext: { runAsUser: { value: 0 } } },
});
async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await holds()) return;
    await clock.sleep(50);
  }
  assert.fail(`not within 10 s: ${what}`);
}
const run = async (id: string, ...cmd: string[]) => {
  const { stdout, exitCode } = await runtime.execSync(id, cmd, 10);
  return { out: Buffer.from(stdout).toString('utf8'), exitCode };
};
const saw = (type: string, containerId: string) => () => events.some((e) => e.type === type && 'containerId' in e && e.containerId === containerId);
const timed = async <T>(into: Record<string, number>, name: string, work: () => Promise<T>): Promise<T> => {
  const from = clock.monotonicMs();
  const result = await work();
  into[name] = Math.round(clock.monotonicMs() - from);
  return result;
};

async function busyboxTar(): Promise<string> {
  const root = join(folder, 'busybox');
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const applet of ['sh', 'sleep', 'cat', 'echo', 'ip', 'hostname']) symlinkSync('busybox', join(root, 'bin', applet));
  const tar = join(folder, 'busybox.tar');
  await buildImage({ name: busybox, layers: [{ dir: root }], config: { Cmd: ['/bin/sh'], Env: ['PATH=/bin'] } }, tar);
  return tar;
}

test('images are made, imported and listed', async () => {
  const pause = join(folder, 'pause.tar');
  await buildPauseImage(pause);
  const common = { endpoint: containerd.endpoint, clock, logger, rng: systemRng };
  assert.deepEqual((await importImage({ ...common, tar: pause })).names, [pauseImageName]);
  assert.deepEqual((await importImage({ ...common, tar: await busyboxTar() })).names, [busybox]);
  // Again, as a stream: all blobs are there.
  assert.deepEqual((await importImage({ ...common, tar: createReadStream(pause) })).names, [pauseImageName]);
  const images = await runtime.listImages();
  assert.deepEqual(images.flatMap((i) => i.repoTags).toSorted(), [busybox, pauseImageName].toSorted());
  assert.equal(await runtime.imageStatus({ image: 'localhost/none:1' }), undefined);
});

test('a pod runs, answers, logs, survives the death of containerd, and is removed', async (t) => {
  const ms: Record<string, number> = {};
  const config = sandbox('web');
  const pod = await timed(ms, 'RunPodSandbox', () => runtime.runPodSandbox(config));
  const status = (await runtime.podSandboxStatus(pod)).status;
  assert.equal(status.state, 'SANDBOX_READY');
  assert.match(status.network?.ip ?? '', /^10\.201\.0\.\d+$/);
  assert.deepEqual(status.labels, { app: 'web', constructor: 'x' });
  const id = await timed(ms, 'Create+Start', async () => {
    const made = await runtime.createContainer(pod, container('main', '/bin/sh', '-c', 'echo $GREETING; exec sleep 1000'), config);
    await runtime.startContainer(made);
    return made;
  });
  assert.deepEqual(await timed(ms, 'ExecSync', () => run(id, 'sh', '-c', 'echo $GREETING $(hostname); exit 3')), { out: 'hello web\n', exitCode: 3 });
  await eventually('log', () => / stdout F hello\n$/.test(readFileSync(join(folder, 'logs/web/main/0.log'), 'utf8')));
  await eventually('started event', saw('started', id));
  const before = (await runtime.containerStatus(id)).status;
  assert.equal(before.state, 'CONTAINER_RUNNING');
  assert.ok(before.startedAt > 1_600_000_000_000_000_000n);
  assert.match(await runtime.exec(id, ['sh'], { stdin: true, stdout: true, stderr: true, tty: false }), /^http:\/\/127\.0\.0\.1:\d+\/exec\//);
  assert.ok((await runtime.containerStats(id)).memory?.workingSetBytes);

  const supervision = new AbortController();
  const supervised = containerd.supervise(supervision.signal);
  const pid = containerd.pid()!;
  process.kill(pid, 'SIGKILL');
  await eventually('containerd is back', () => (containerd.pid() ?? pid) !== pid);
  const found = await timed(ms, 'adopt', openContainerd);
  supervision.abort();
  await supervised;
  assert.equal(found.pid(), containerd.pid());
  assert.equal((await runtime.containerStatus(id)).status.state, 'CONTAINER_RUNNING');
  assert.equal((await runtime.podSandboxStatus(pod)).status.network?.ip, status.network?.ip);
  assert.equal((await run(id, 'hostname')).out, 'web\n');
  await eventually('events again', () => events.filter((e) => e.type === 'reconnected').length >= 2);
  assert.equal((await openContainerd()).adopted, true);

  await timed(ms, 'StopContainer', () => runtime.stopContainer(id, 0));
  await eventually('exited event', saw('exited', id));
  assert.equal((await runtime.containerStatus(id)).status.exitCode, 137);
  await timed(ms, 'StopPodSandbox', () => runtime.stopPodSandbox(pod));
  assert.ok(ms['StopPodSandbox']! < 2_000, 'pause ends at SIGTERM');
  await runtime.removeContainer(id);
  await timed(ms, 'RemovePodSandbox', () => runtime.removePodSandbox(pod));
  assert.deepEqual(await runtime.listPodSandbox(), []);
  assert.deepEqual(await runtime.listContainers(), []);
  await assert.rejects(runtime.containerStatus(id), (e) => isCriError(e, 'NOT_FOUND'));
  t.diagnostic(JSON.stringify(ms));
});

test('pause reaps the orphans of a shared process namespace', async () => {
  const base = sandbox('shared');
  const config = { ...base, linux: { ...base.linux, securityContext: { namespaceOptions: { pid: 'POD' } } } } as const;
  const pod = await runtime.runPodSandbox(config, binaries?.crun ? 'crun' : 'runc');
  const id = await runtime.createContainer(
    pod,
    { ...container('main', '/bin/sleep', '1000'), linux: { securityContext: { namespaceOptions: { pid: 'POD' } } } },
    config,
  );
  await runtime.startContainer(id);
  // The parent ends first, so the sleep is pause's child when it ends.
  await run(id, 'sh', '-c', '(sleep 0.1 >/dev/null 2>&1 &)');
  const states = async () => (await run(id, 'sh', '-c', 'cat /proc/[0-9]*/stat')).out.split('\n').filter((line) => line.includes('(sleep)'));
  await eventually('the orphan is reaped', async () => (await states()).length === 1);
  await runtime.stopPodSandbox(pod);
  await runtime.removePodSandbox(pod);
});

test('pause ends at once on SIGTERM as PID 1', async () => {
  const config = sandbox('pause');
  const pod = await runtime.runPodSandbox(config);
  const info = JSON.parse((await runtime.podSandboxStatus(pod, true)).info['info']!) as { readonly pid: number };
  process.kill(info.pid, 'SIGTERM');
  await eventually('exited', saw('exited', pod));
  // containerd tells of an end before its CRI part has taken note of it.
  await eventually('not ready', async () => (await runtime.podSandboxStatus(pod)).status.state === 'SANDBOX_NOTREADY');
  await runtime.removePodSandbox(pod);
  assert.equal(await tryExec(['test', '-e', `/proc/${info.pid}`]), false);
});
