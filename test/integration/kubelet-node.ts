/** One node for tests, to be made inside of its namespaces: a control plane in this process, a private containerd, a kubelet, busybox. */
import { join } from 'node:path';
import { isNotFound } from '../../src/apimachinery/index.ts';
import type { Node, Pod } from '../../src/api/index.ts';
import { jsonLogger, type Logger, realClock, silentLogger, systemRng } from '../../src/base/index.ts';
import { type Client, createClient, inProcessTransport } from '../../src/client/index.ts';
import { makeAuthorities } from '../../src/cluster/certificates.ts';
import { type ControlPlane, startControlPlane } from '../../src/cluster/control-plane.ts';
import { joinCgroup } from '../../src/cluster/host/cgroup.ts';
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
import { openMemoryEtcd } from '../../src/etcd/index.ts';
import { type Kubelet, runKubelet } from '../../src/kubelet/index.ts';
import { busyboxImage } from '../support/images.ts';

const clock = realClock;
const rng = systemRng;
export const nodeName = 'node';

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
  const plane = await startControlPlane({
    etcd: openMemoryEtcd({ clock }),
    authorities: makeAuthorities(clock),
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
  const node: TestNode = {
    client,
    nodeClient,
    plane,
    runtime,
    containerd,
    folder,
    logger,
    kubelet,
    startKubelet,
    async [Symbol.asyncDispose]() {
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
