/** One node for tests, to be made inside of its namespaces: a control plane in this process, a private containerd, a kubelet, busybox. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isNotFound } from '../../src/apimachinery/index.ts';
import type { Node, Pod } from '../../src/api/index.ts';
import { jsonLogger, type Logger, realClock, silentLogger, systemRng } from '../../src/base/index.ts';
import { type Client, type CoreEvent, createClient, inProcessTransport } from '../../src/client/index.ts';
import { kubeletDialer } from '../../src/apiserver/index.ts';
import { clientCertificate, makeAuthorities, servingCertificate, users } from '../../src/cluster/certificates.ts';
import { type ControlPlane, startControlPlane } from '../../src/cluster/control-plane.ts';
import { cgroupPath, joinCgroup, removeCgroup } from '../../src/cluster/host/cgroup.ts';
import { enter, makeNamespaces, namespacesOf, removeNamespaces, removeRunFolder } from '../../src/cluster/host/namespaces.ts';
import {
  buildPauseImage,
  type Containerd,
  connectRuntime,
  type CriRuntime,
  ensureContainerd,
  findContainerdBinaries,
  importImage,
  pauseImageName,
  writeCniConfig,
} from '../../src/cri/index.ts';
import type { UpgradeTlsOptions } from '../../src/http/index.ts';
import { openMemoryEtcd } from '../../src/etcd/index.ts';
import { delegatedAuthenticator, delegatedAuthorizer, type Kubelet, kubeletPods, runKubelet, serveKubelet } from '../../src/kubelet/index.ts';
import { busyboxImage, busyboxName } from '../support/images.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const clock = realClock;
const rng = systemRng;
export const nodeName = 'node';
/** Where the kubelet's server listens: the node is a network of its own. */
const serverAddress = '127.0.0.1';

export interface TestNode extends AsyncDisposable {
  readonly client: Client;
  /** Acts as the node. */
  readonly nodeClient: Client;
  readonly plane: ControlPlane;
  readonly runtime: CriRuntime;
  readonly containerd: Containerd;
  readonly folder: string;
  readonly logger: Logger;
  kubelet: Kubelet;
  /** Of the kubelet's server, with the certificate of the API server, which may do all. */
  readonly server: { readonly url: string; readonly tls: UpgradeTlsOptions };
  /** A kubelet on the same folder, as after the death of the one before. */
  startKubelet(): Promise<Kubelet>;
}

/** `cgroup` is where the node's processes are; `stateDir` holds the sockets, `folder` all the rest: whoever made it removes it. */
export async function startTestNode({
  cgroup,
  stateDir,
  folder,
}: {
  readonly cgroup: string;
  readonly stateDir: string;
  readonly folder: string;
}): Promise<TestNode> {
  const logger = process.env['KUBETS_TEST_LOG']
    ? jsonLogger({ write: (line) => void process.stderr.write(line), now: () => Date.now(), level: 'debug' })
    : silentLogger;
  const binaries = findContainerdBinaries(process.env['PATH'] ?? '')!;
  writeCniConfig({
    confDir: join(folder, 'cni'),
    binDir: binaries.cniBinDir,
    podCidr: '10.202.0.0/24',
    bridge: 'cni0',
    mtu: 1500,
    dataDir: join(folder, 'ipam'),
  });
  const containerd = await ensureContainerd({
    rootDir: join(folder, 'containerd'),
    stateDir,
    binaries,
    runtime: binaries.runc ? 'runc' : 'crun',
    pauseImage: pauseImageName,
    cniConfDir: join(folder, 'cni'),
    enter: (...words) => words,
    joinCgroup: (pid) => joinCgroup(cgroup, pid),
    clock,
    logger: silentLogger,
  });
  const runtime = connectRuntime({ endpoint: containerd.endpoint, clock });
  const pause = join(folder, 'pause.tar');
  await buildPauseImage(pause);
  for (const tar of [pause, await busyboxImage()]) await importImage({ endpoint: containerd.endpoint, clock, logger: silentLogger, rng, tar });
  const authorities = makeAuthorities(clock);
  const ca = authorities.cluster.certificatePem;
  const toKubelets = clientCertificate(authorities.cluster, users.kubeletClient, clock);
  const plane = await startControlPlane({
    etcd: openMemoryEtcd({ clock }),
    authorities,
    kubelet: kubeletDialer({ ca, cert: toKubelets.certificatePem, key: toKubelets.keyPem }),
    clock,
    rng,
    logger: silentLogger,
    serviceCidr: '10.96.0.0/16',
    advertise: { address: '10.202.0.1', port: 6443 },
    controllers: true,
    scheduler: false,
    nodes: false,
  });
  const client = plane.clientFor();
  const nodeClient = createClient(
    inProcessTransport(plane.apiServer.handler, { name: `system:node:${nodeName}`, groups: ['system:nodes', 'system:authenticated'] }),
  );
  await client.resource<Node>('nodes').create({ metadata: { name: nodeName } });
  // Pods wait for their service account, and see the API's Service among their variables.
  const services = client.resource('services');
  while (!(await services.get({ namespace: 'default', name: 'kubernetes' }).catch(() => undefined))) await clock.sleep(20);
  const accounts = client.resource('serviceaccounts');
  while (!(await accounts.get({ namespace: 'default', name: 'default' }).catch(() => undefined))) await clock.sleep(20);
  const startKubelet = () =>
    runKubelet({
      client: nodeClient,
      nodeName,
      nodeIP: '10.202.0.1',
      runtime,
      runtimeEndpoint: containerd.endpoint,
      rootDir: join(folder, 'kubelet'),
      cgroupParent: cgroup,
      nodeAllocatable: new Map([
        ['cpu', 2000],
        ['memory', 2 ** 31],
      ]),
      clusterDns: ['10.96.0.10'],
      clusterDomain: 'cluster.local',
      clock,
      rng,
      logger,
    });
  const kubelet = await startKubelet();
  const serving = servingCertificate(authorities.cluster, { addresses: [serverAddress], clock });
  const server = await serveKubelet({
    nodeName,
    listen: { host: serverAddress, port: 0 },
    tls: { cert: serving.certificatePem, key: serving.keyPem, clientCa: ca },
    authenticator: delegatedAuthenticator(nodeClient, { clock }),
    authorizer: delegatedAuthorizer(nodeClient, { clock }),
    pods: kubeletPods({ pod: (ns, name) => node.kubelet.pod(ns, name), pods: () => node.kubelet.pods(), worker: (uid) => node.kubelet.worker(uid) }),
    runtime,
    clock,
    logger,
  });
  await client
    .resource<Node>('nodes')
    .patch(
      nodeName,
      'merge',
      { status: { addresses: [{ type: 'InternalIP', address: serverAddress }], daemonEndpoints: { kubeletEndpoint: { Port: server.port } } } },
      { subresource: 'status' },
    );
  const node: TestNode = {
    client,
    nodeClient,
    plane,
    runtime,
    containerd,
    folder,
    logger,
    kubelet,
    server: { url: server.url, tls: { ca, cert: toKubelets.certificatePem, key: toKubelets.keyPem } },
    startKubelet,
    async [Symbol.asyncDispose]() {
      await server.close();
      await node.kubelet.stop();
      await plane[Symbol.asyncDispose]();
      runtime.close();
      await containerd.stop();
    },
  };
  return node;
}

/** The pod once `holds`; rejects after `timeoutMs` with its status. */
export async function podWhen(client: Client, name: string, holds: (pod: Pod) => unknown, timeoutMs = 15_000): Promise<Pod> {
  const pods = client.resource<Pod>('pods');
  const until = Date.now() + timeoutMs;
  for (;;) {
    const pod = await pods.get({ namespace: 'default', name });
    if (holds(pod)) return pod;
    if (Date.now() > until) throw new Error(`pod ${name} not in time: ${JSON.stringify(pod.status, undefined, 1)}`);
    await clock.sleep(20);
  }
}

export async function podGone(client: Client, name: string, timeoutMs = 15_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    try {
      await client.resource<Pod>('pods').get({ namespace: 'default', name });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    await clock.sleep(20);
  }
  throw new Error(`pod ${name} is still there`);
}

/**
 * Runs `suite` inside the namespaces of a node made for it: probes and servers dial pods' addresses, which exist in there alone. The file
 * starts itself again inside; outside there is one test that says how that went.
 */
export function insideNode(name: string, file: string, suite: (node: () => TestNode) => void): void {
  const cluster = process.env['KUBETS_TEST_NODE'];
  if (cluster === undefined) {
    testNeeding(needs)(name, (t) => runInside(t, fileURLToPath(file)));
    return;
  }
  let node: TestNode;
  // Timers of the clock keep no process alive.
  const alive = setInterval(() => {}, 1_000);
  before(async () => {
    const cgroup = cgroupPath(cluster, 'node');
    joinCgroup(cgroup, process.pid);
    node = await startTestNode({ cgroup, stateDir: join('/run/kubets', cluster, 'state'), folder: process.env['KUBETS_TEST_FOLDER']! });
  });
  after(async () => {
    await node[Symbol.asyncDispose]();
    clearInterval(alive);
  });
  suite(() => node);
}

const needs = { root: isRoot, containerd: findContainerdBinaries(process.env['PATH'] ?? '') !== undefined, busybox: existsSync('/bin/busybox') };

async function runInside(t: TestContext, file: string): Promise<void> {
  const cluster = `test-kubelet-${process.pid}`;
  const alive = setInterval(() => {}, 1_000);
  const folder = mkdtempSync(join(tmpdir(), `kubets-${cluster}-`));
  await makeNamespaces(cluster, 'node', 'node');
  try {
    const options = ['--test', '--test-isolation=none', '--test-force-exit'];
    const [program, ...words] = enter(namespacesOf(cluster, 'node', 'node'), process.execPath, ...options, file);
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(program!, words, {
      env: { ...env, KUBETS_TEST_NODE: cluster, KUBETS_TEST_FOLDER: folder },
      stdio: process.env['KUBETS_TEST_LOG'] ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => void (output += text));
    // Not its 'close': containerd and its shims hold the pipes until they are ended below.
    const code = await new Promise((resolve) => child.once('exit', resolve));
    for (const line of output.split('\n')) if (/^\s*(✔|✖|ℹ \{)/.test(line)) t.diagnostic(line.trim());
    assert.equal(code, 0, output);
  } finally {
    await removeCgroup(cgroupPath(cluster));
    await removeNamespaces(cluster, 'node');
    removeRunFolder(cluster);
    rmSync(folder, { recursive: true, force: true });
    clearInterval(alive);
  }
}

export function container(name: string, script: string) {
  return { name, image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] };
}

/** What the tests say of pods in the namespace `default`. */
export function podTools(node: () => TestNode) {
  const pods = () => node().client.resource<Pod>('pods');
  return {
    create: (name: string, spec: Partial<NonNullable<Pod['spec']>> = {}, metadata: object = {}) =>
      pods().create({
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName, terminationGracePeriodSeconds: 1, containers: [container('main', 'exec sleep 1000')], ...spec },
      }),
    remove: (name: string) => pods().delete({ namespace: 'default', name }),
    removeAll: async (...names: string[]) => {
      for (const name of names) await pods().delete({ namespace: 'default', name });
      for (const name of names) await podGone(node().client, name);
    },
    when: (name: string, holds: (pod: Pod) => unknown, timeoutMs?: number) => podWhen(node().client, name, holds, timeoutMs),
    shell: async (pod: Pod, script: string, name = 'main') => {
      const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
      const id = statuses.find((s) => s.name === name)!.containerID!.split('//')[1]!;
      const { stdout, stderr, exitCode } = await node().runtime.execSync(id, ['sh', '-c', script], 10);
      return { out: Buffer.from(stdout).toString('utf8'), err: Buffer.from(stderr).toString('utf8'), exitCode };
    },
    eventsOf: async (name: string) => {
      const { items } = await node()
        .client.resource<CoreEvent>('events')
        .list({ namespace: 'default', fieldSelector: `involvedObject.name=${name}` });
      return items.map((e) => `${e.type} ${e.reason} ${e.message}`);
    },
  };
}

export const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((c) => c.type === type);
export const ready = (pod: Pod) => condition(pod, 'Ready')?.status === 'True';
