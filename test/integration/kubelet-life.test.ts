/** A pod's life where it bends: hooks that hang, rules of restart, the node's own network, other runtimes, adoption, and the end of the node. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Pod, RuntimeClass } from '../../src/api/index.ts';
import { realClock as clock } from '../../src/base/index.ts';
import { cgroupPath } from '../../src/cluster/host/cgroup.ts';
import { PodResizer } from '../../src/kubelet/pod-resizer.ts';
import { PodRuntimeReader } from '../../src/kubelet/pod-runtime.ts';
import { cleanNode } from '../../src/kubelet/index.ts';
import { container, insideNode, podTools, ready, type TestNode } from './kubelet-node.ts';

insideNode('pods whose life bends', import.meta.url, suite);

const main = (pod: Pod) => pod.status?.containerStatuses?.[0];

function suite(node: () => TestNode): void {
  const { create, remove, removeAll, when, shell, eventsOf } = podTools(node);
  const sleeper = container('main', 'exec sleep 1000');

  test('a pod that is deleted while a hook of its start hangs goes at once', async () => {
    await create('hanging', { containers: [{ ...sleeper, lifecycle: { postStart: { exec: { command: ['sleep', '600'] } } } }] });
    while (!(await eventsOf('hanging')).some((e) => e.includes('Started'))) await clock.sleep(50);
    await clock.sleep(200);
    const from = clock.monotonicMs();
    await removeAll('hanging');
    assert.ok(clock.monotonicMs() - from < 8_000, `${clock.monotonicMs() - from} ms`);
  });

  test('a failed hook of the start ends the container and says so', async () => {
    await create('unhooked', { containers: [{ ...sleeper, lifecycle: { postStart: { exec: { command: ['sh', '-c', 'exit 4'] } } } }] });
    await when('unhooked', (p) => main(p)?.state?.waiting?.reason === 'PostStartHookError' || main(p)?.state?.waiting?.reason === 'CrashLoopBackOff');
    assert.ok((await eventsOf('unhooked')).includes('Warning FailedPostStartHook PostStartHook failed'));
    await removeAll('unhooked');
  });

  test('in the network and process namespaces that were asked for', async () => {
    await create('host', { hostNetwork: true, hostAliases: [{ ip: '192.0.2.7', hostnames: ['alias'] }] });
    const host = await when('host', ready);
    assert.equal(host.status?.podIP, host.status?.hostIP);
    assert.match((await shell(host, 'cat /etc/hosts')).out, /^# Kubernetes-managed hosts file \(host network\)\.\n[^]*192\.0\.2\.7\talias\n$/);
    assert.match((await shell(host, 'ip link')).out, /cni0/);
    await create('shared', {
      shareProcessNamespace: true,
      securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '10000 20000' }], fsGroup: 2000 },
      containers: [{ ...sleeper, volumeMounts: [{ name: 'memory', mountPath: '/memory' }] }, container('second', 'exec sleep 2000')],
      volumes: [{ name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
    });
    const shared = await when('shared', ready);
    assert.match((await shell(shared, 'ps')).out, /sleep 2000/);
    assert.equal((await shell(shared, 'cat /proc/sys/net/ipv4/ip_local_port_range')).out.trim(), '10000\t20000');
    assert.match((await shell(shared, 'id')).out, /groups=.*2000/);
    assert.equal((await shell(shared, 'stat -c %g /memory')).out, '2000\n');
    assert.match((await shell(shared, 'dd if=/dev/zero of=/memory/x bs=1M count=2')).err, /No space left/);
    await removeAll('host', 'shared');
  });

  test('a RuntimeClass chooses the runtime; one that is missing keeps the pod waiting', async () => {
    const classes = node().client.resource<RuntimeClass>('runtimeclasses.node.k8s.io');
    if (existsSync('/usr/bin/crun')) {
      await classes.create({ metadata: { name: 'other' }, handler: 'crun' });
      await create('classy', { runtimeClassName: 'other' });
      await when('classy', ready);
      assert.equal((await node().runtime.listPodSandbox()).find((s) => s.metadata?.name === 'classy')?.runtimeHandler, 'crun');
      await removeAll('classy');
    }
    await classes.create({ metadata: { name: 'broken' }, handler: 'none' });
    await create('unclassed', { runtimeClassName: 'broken' });
    while (!(await eventsOf('unclassed')).some((e) => e.startsWith('Warning FailedCreatePodSandBox Failed to create pod sandbox: ')))
      await clock.sleep(100);
    await removeAll('unclassed');
  });

  test('readiness is kept while a pod ends, and by the next kubelet; nothing is started again', async () => {
    const readinessProbe = { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 };
    await create('steady', {
      terminationGracePeriodSeconds: 3,
      containers: [{ ...container('main', 'touch /tmp/ready; trap "" TERM; while true; do sleep 1; done'), readinessProbe }],
    });
    const before = await when('steady', ready);
    const changes: string[] = [];
    const watch = await node()
      .client.resource<Pod>('pods')
      .watch({ namespace: 'default', fieldSelector: 'metadata.name=steady', resourceVersion: before.metadata!.resourceVersion! });
    void (async () => {
      for (let frames = await watch.read(); frames; frames = await watch.read()) {
        for (const { type, object } of frames)
          changes.push(`${type} ${ready(object as Pod)} ${(object as Pod).metadata?.deletionTimestamp !== undefined}`);
      }
    })();
    await node().kubelet.stop();
    node().kubelet = await node().startKubelet();
    await clock.sleep(2_500);
    const after = await when('steady', ready);
    assert.equal(main(after)?.containerID, main(before)?.containerID);
    assert.equal(main(after)?.restartCount, 0);
    assert.ok(!changes.some((c) => c.includes(' false false')), changes.join());
    await remove('steady');
    await clock.sleep(1_500);
    assert.equal(ready(await when('steady', () => true)), true);
    await removeAll('steady');
    watch.close();
  });

  test('one wish after the other: a changed image makes a new container in the same sandbox', async () => {
    await create('changed', { containers: [{ ...sleeper, imagePullPolicy: 'Never' }] });
    const before = await when('changed', ready);
    await node()
      .client.resource<Pod>('pods')
      .patch({ namespace: 'default', name: 'changed' }, 'strategic', {
        spec: { containers: [{ name: 'main', image: 'example.kubets.dev/none:1' }] },
      });
    while (!(await eventsOf('changed')).some((e) => e.startsWith('Warning ErrImageNeverPull'))) await clock.sleep(50);
    assert.ok((await eventsOf('changed')).includes('Normal Killing Container main definition changed, will be restarted'));
    assert.equal((await when('changed', () => true)).status?.podIP, before.status?.podIP);
    await removeAll('changed');
  });

  test('resources are changed in place: cgroups follow, the container runs on', async () => {
    const sized = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
    await create('sized', { containers: [{ ...sleeper, resources: sized('100m', '20Mi') }] });
    const before = await when('sized', ready);
    const groups = (pod: Pod) => {
      const id = main(pod)!.containerID!.split('//')[1]!;
      const group = join(cgroupPath(process.env['KUBETS_TEST_NODE']!, 'node'), 'kubepods', `pod${pod.metadata!.uid}`);
      const read = (controller: string, file: string) =>
        ['', id].map((g) => readFileSync(join('/sys/fs/cgroup', controller, group, g, file), 'utf8').trim()).join(' ');
      return [read('cpu', 'cpu.shares'), read('cpu', 'cpu.cfs_quota_us'), read('memory', 'memory.limit_in_bytes')];
    };
    if (!existsSync('/sys/fs/cgroup/cpu/cpu.shares')) return;
    assert.deepEqual(groups(before), ['102 102', '10000 10000', '20971520 20971520']);
    const { runtime } = node();
    const resizer = new PodResizer(
      {
        runtime,
        cgroupParent: cgroupPath(process.env['KUBETS_TEST_NODE']!, 'node'),
        nodeAllocatable: new Map([['cpu', 2_000]]),
        refuse: () => undefined,
        events: { pod: () => {}, container: () => {} },
      },
      () => assert.fail('nothing is to be restarted'),
    );
    const sizedPod = (cpu: string, memory: string): Pod => ({
      ...before,
      spec: { ...before.spec, containers: [{ ...sleeper, resources: sized(cpu, memory) }] },
    });
    const found = async () => new PodRuntimeReader(runtime).read(before.metadata!.uid!);
    assert.equal(await resizer.sync(before, await found()), false);
    for (const [cpu, memory, shares, quota, bytes] of [
      ['200m', '40Mi', 204, 20_000, 41_943_040],
      ['50m', '30Mi', 51, 5_000, 31_457_280],
    ] as const) {
      assert.equal(await resizer.sync(sizedPod(cpu, memory), await found()), true);
      assert.deepEqual(groups(before), [`${shares} ${shares}`, `${quota} ${quota}`, `${bytes} ${bytes}`]);
      assert.equal(resizer.state, undefined);
    }
    assert.equal(await resizer.sync(sizedPod('64', '30Mi'), await found()), false);
    assert.deepEqual(resizer.state?.reason, 'Infeasible');
    assert.equal((await found()).containers.filter((c) => c.state === 'CONTAINER_RUNNING').length, 1);
    await removeAll('sized');
  });

  test('pod start, beside the bare calls of the runtime', async (t) => {
    const ms: Record<string, number[]> = { 'to Ready': [], bare: [] };
    for (let i = 0; i < 3; i++) {
      const from = clock.monotonicMs();
      await create(`timed-${i}`);
      await when(`timed-${i}`, ready);
      ms['to Ready']!.push(Math.round(clock.monotonicMs() - from));
      ms['bare']!.push(await bare(node(), i));
      await removeAll(`timed-${i}`);
    }
    t.diagnostic(JSON.stringify(ms));
  });

  test('cleanNode leaves nothing of pods that run, whoever was killed', async () => {
    await create('left', { volumes: [{ name: 'memory', emptyDir: { medium: 'Memory' } }] });
    await when('left', ready);
    await node().kubelet.stop();
    const { folder } = node();
    const cluster = process.env['KUBETS_TEST_NODE']!;
    const state = join('/run/kubets', cluster, 'state');
    const options = {
      rootDir: join(folder, 'kubelet'),
      cgroupParent: cgroupPath(cluster, 'node'),
      containerdDirs: [join(folder, 'containerd'), state],
      removeFiles: true,
      clock,
    };
    await cleanNode(options);
    await cleanNode(options);
    assert.equal(node().containerd.pid(), undefined);
    assert.equal(existsSync(join('/sys/fs/cgroup/memory', cgroupPath(cluster, 'node'), 'kubepods')), false);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    assert.deepEqual(
      mounts.filter((m) => m.includes(`${folder}/`) || m.includes(`${state}/`)),
      [],
    );
    assert.equal(existsSync(join(folder, 'kubelet')), false);
  });
}

/** A sandbox with one container by bare calls; milliseconds until it runs. */
async function bare({ runtime, folder }: TestNode, i: number): Promise<number> {
  const config = {
    metadata: { name: `bare-${i}`, uid: `bare-${i}`, namespace: 'default', attempt: 0 },
    hostname: 'bare',
    logDirectory: join(folder, `bare-${i}`),
    linux: {
      cgroupParent: `/${cgroupPath(process.env['KUBETS_TEST_NODE']!, 'node')}/bare-${i}`,
      securityContext: { namespaceOptions: { pid: 'CONTAINER' } },
    },
  } as const;
  const { image, command } = container('main', 'exec sleep 1000');
  const from = clock.monotonicMs();
  const sandbox = await runtime.runPodSandbox(config);
  const id = await runtime.createContainer(
    sandbox,
    { metadata: { name: 'main', attempt: 0 }, image: { image }, command, logPath: 'main.log', linux: {} },
    config,
  );
  await runtime.startContainer(id);
  const ms = Math.round(clock.monotonicMs() - from);
  await runtime.stopContainer(id, 0);
  await runtime.stopPodSandbox(sandbox);
  await runtime.removePodSandbox(sandbox);
  return ms;
}
