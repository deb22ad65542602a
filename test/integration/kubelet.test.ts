/**
 * A kubelet against a private containerd and a real API server, all inside a node's namespaces: probes dial pods' addresses, so this file
 * starts itself again in there.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CoreEvent } from '../../src/client/index.ts';
import type { Pod } from '../../src/api/index.ts';
import { cgroupPath, joinCgroup, removeCgroup } from '../../src/cluster/host/cgroup.ts';
import { enter, makeNamespaces, namespacesOf, removeNamespaces, removeRunFolder } from '../../src/cluster/host/namespaces.ts';
import { findContainerdBinaries } from '../../src/cri/index.ts';
import { busyboxName } from '../support/images.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';
import { nodeName, podGone, podWhen, startTestNode, type TestNode } from './kubelet-node.ts';

const inside = process.env['KUBETS_TEST_NODE'];
const needs = { root: isRoot, containerd: findContainerdBinaries(process.env['PATH'] ?? '') !== undefined, busybox: existsSync('/bin/busybox') };

if (inside === undefined) {
  testNeeding(needs)('the kubelet, inside of a node', async (t) => {
    const cluster = `test-kubelet-${process.pid}`;
    // Timers of the clock keep no process alive, and the clean-up waits on them alone.
    const alive = setInterval(() => {}, 1_000);
    await makeNamespaces(cluster, 'node', 'node');
    try {
      const [program, ...words] = enter(namespacesOf(cluster, 'node', 'node'), process.execPath, '--test', '--test-isolation=none', fileURLToPath(import.meta.url));
      const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const child = spawn(program!, words, { env: { ...env, KUBETS_TEST_NODE: cluster }, stdio: ['ignore', 'pipe', process.env['KUBETS_TEST_LOG'] ? 'inherit' : 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => void (output += text));
      const code = await new Promise((resolve) => child.once('close', resolve));
      for (const line of output.split('\n')) if (/^\s*(ℹ|✔|✖|# )/.test(line)) t.diagnostic(line.trim());
      assert.equal(code, 0, output);
    } finally {
      await removeCgroup(cgroupPath(cluster));
      await removeNamespaces(cluster, 'node');
      removeRunFolder(cluster);
      clearInterval(alive);
    }
  });
} else {
  suite(inside);
}

function suite(cluster: string): void {
  let node: TestNode;
  const alive = setInterval(() => {}, 1_000);
  const ms: Record<string, number> = {};
  before(async () => {
    joinCgroup(cgroupPath(cluster, 'node'), process.pid);
    node = await startTestNode({ cgroup: cgroupPath(cluster, 'node'), stateDir: join('/run/kubets', cluster, 'state') });
  });
  after(async () => {
    await node[Symbol.asyncDispose]();
    clearInterval(alive);
  });

  const create = (name: string, spec: Partial<NonNullable<Pod['spec']>>, metadata: object = {}) =>
    node.client.resource<Pod>('pods').create({
      metadata: { name, namespace: 'default', ...metadata },
      spec: { nodeName, terminationGracePeriodSeconds: 1, containers: [container('main', 'exec sleep 1000')], ...spec },
    });
  const remove = (name: string) => node.client.resource('pods').delete({ namespace: 'default', name });
  const shell = async (pod: Pod, script: string, name = 'main') => {
    const id = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find((s) => s.name === name)!.containerID!.split('//')[1]!;
    const { stdout, stderr, exitCode } = await node.runtime.execSync(id, ['sh', '-c', script], 10);
    return { out: Buffer.from(stdout).toString('utf8'), err: Buffer.from(stderr).toString('utf8'), exitCode };
  };
  const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((c) => c.type === type);
  const ready = (pod: Pod) => condition(pod, 'Ready')?.status === 'True';
  const eventsOf = async (name: string) => {
    const { items } = await node.client.resource<CoreEvent>('events').list({ namespace: 'default', fieldSelector: `involvedObject.name=${name}` });
    return items.map((e) => `${e.type} ${e.reason} ${e.message}`);
  };

  nodeTest('a pod runs, tells its status, and goes', async (t) => {
    await node.client.resource('configmaps').create({ metadata: { name: 'settings', namespace: 'default' }, data: { color: 'green' } } as never);
    const from = performance.now();
    await create('web', {
      containers: [
        {
          ...container('main', 'echo hello $(COLOR); exec sleep 1000'),
          env: [
            { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
            { name: 'MY_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'BOTH', value: '$(COLOR)-$(MY_IP)-$$(X)' },
          ],
          volumeMounts: [
            { name: 'config', mountPath: '/config' },
            { name: 'scratch', mountPath: '/scratch' },
          ],
        },
      ],
      volumes: [
        { name: 'config', configMap: { name: 'settings' } },
        { name: 'scratch', emptyDir: {} },
      ],
    });
    const pod = await podWhen(node.client, 'web', ready);
    ms['create to Ready'] = Math.round(performance.now() - from);
    const { status } = pod;
    assert.equal(status?.phase, 'Running');
    assert.match(status?.podIP ?? '', /^10\.202\.0\.\d+$/);
    assert.equal(status?.qosClass, 'BestEffort');
    assert.deepEqual(status?.conditions?.map((c) => `${c.type}=${c.status}`).toSorted(), [
      'ContainersReady=True',
      'Initialized=True',
      'PodReadyToStartContainers=True',
      'Ready=True',
      'PodScheduled=True',
    ].toSorted());
    const [main] = status?.containerStatuses ?? [];
    assert.ok(main?.state?.running?.startedAt && main.ready && main.started && main.restartCount === 0);
    assert.equal(main.image, busyboxName);
    assert.equal((await shell(pod, 'echo $BOTH')).out, `green-${status?.podIP}-$(X)\n`);
    assert.equal((await shell(pod, 'cat /config/color')).out, 'green');
    assert.equal((await shell(pod, 'touch /scratch/x && hostname')).out, 'web\n');
    assert.match((await shell(pod, 'cat /etc/resolv.conf')).out, /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local.*\nnameserver 10\.96\.0\.10\noptions ndots:5/s);
    assert.match((await shell(pod, 'cat /etc/hosts')).out, new RegExp(`^# Kubernetes-managed hosts file\\.\n127.0.0.1\tlocalhost\n[^]*${status?.podIP}\tweb\n`));
    assert.match((await shell(pod, 'env')).out, /^KUBERNETES_SERVICE_HOST=10\.96\.0\.1$/m);
    assert.equal((await shell(pod, 'cat /var/run/secrets/kubernetes.io/serviceaccount/namespace')).out, 'default');
    assert.match((await shell(pod, 'cat /proc/self/cgroup')).out, /kubepods\/besteffort\/pod/);
    const gone = performance.now();
    await remove('web');
    await podGone(node.client, 'web');
    ms['delete to gone'] = Math.round(performance.now() - gone);
    assert.deepEqual(await node.runtime.listPodSandbox(), []);
    const events = await eventsOf('web');
    for (const wanted of [`Normal Pulled Container image "${busyboxName}" already present on machine and can be accessed by the pod`, 'Normal Created Container created', 'Normal Started Container started', 'Normal Killing Stopping container main']) {
      assert.ok(events.includes(wanted), `${wanted} among ${JSON.stringify(events)}`);
    }
    t.diagnostic(JSON.stringify(ms));
  });
}

function container(name: string, script: string) {
  return { name, image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] };
}
