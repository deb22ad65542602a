/** A kubelet against a private containerd and a real API server, all inside a node's namespaces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realClock as clock } from '../../src/base/index.ts';
import type { Pod } from '../../src/api/index.ts';
import { busyboxName } from '../support/images.ts';
import { condition, container, insideNode, podGone, podTools, ready, type TestNode } from './kubelet-node.ts';

insideNode('the kubelet runs pods', import.meta.url, suite);

function suite(node: () => TestNode): void {
  const { create, remove, removeAll, when, shell, eventsOf } = podTools(node);
  const ms: Record<string, number> = {};

  test('a pod runs, tells its status, and goes', async (t) => {
    await node()
      .client.resource('configmaps')
      .create({ metadata: { name: 'settings', namespace: 'default' }, data: { color: 'green' } } as never);
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
    const pod = await when('web', ready);
    ms['create to Ready'] = Math.round(performance.now() - from);
    const { status } = pod;
    assert.equal(status?.phase, 'Running');
    assert.match(status?.podIP ?? '', /^10\.202\.0\.\d+$/);
    assert.equal(status?.qosClass, 'BestEffort');
    assert.deepEqual(
      status?.conditions?.map((c) => `${c.type}=${c.status}`).toSorted(),
      ['ContainersReady=True', 'Initialized=True', 'PodReadyToStartContainers=True', 'Ready=True', 'PodScheduled=True'].toSorted(),
    );
    const [main] = status?.containerStatuses ?? [];
    assert.ok(main?.state?.running?.startedAt && main.ready && main.started && main.restartCount === 0);
    assert.equal(main.image, busyboxName);
    assert.equal((await shell(pod, 'echo $BOTH')).out, `green-${status?.podIP}-$(X)\n`);
    assert.equal((await shell(pod, 'cat /config/color')).out, 'green');
    assert.equal((await shell(pod, 'touch /scratch/x && hostname')).out, 'web\n');
    assert.match(
      (await shell(pod, 'cat /etc/resolv.conf')).out,
      /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local.*\nnameserver 10\.96\.0\.10\noptions ndots:5/s,
    );
    assert.match(
      (await shell(pod, 'cat /etc/hosts')).out,
      new RegExp(`^# Kubernetes-managed hosts file\\.\n127.0.0.1\tlocalhost\n[^]*${status?.podIP}\tweb\n`),
    );
    assert.match((await shell(pod, 'env')).out, /^KUBERNETES_SERVICE_HOST=10\.96\.0\.1$/m);
    assert.equal((await shell(pod, 'cat /var/run/secrets/kubernetes.io/serviceaccount/namespace')).out, 'default');
    assert.match((await shell(pod, 'cat /proc/self/cgroup')).out, /kubepods\/besteffort\/pod/);
    const gone = performance.now();
    await removeAll('web');
    ms['delete to gone'] = Math.round(performance.now() - gone);
    assert.deepEqual(await node().runtime.listPodSandbox(), []);
    const events = await eventsOf('web');
    for (const wanted of [
      `Normal Pulled Container image "${busyboxName}" already present on machine and can be accessed by the pod`,
      'Normal Created Container created',
      'Normal Started Container started',
      'Normal Killing Stopping container main',
    ]) {
      assert.ok(events.includes(wanted), `${wanted} among ${JSON.stringify(events)}`);
    }
    t.diagnostic(JSON.stringify(ms));
  });

  test('containers that end: Succeeded, Failed, CrashLoopBackOff, their logs and messages', async () => {
    await create('done', { restartPolicy: 'Never', containers: [container('main', 'echo first; echo bye > /dev/termination-log')] });
    await create('failed', {
      restartPolicy: 'Never',
      containers: [{ ...container('main', 'echo boom; exit 3'), terminationMessagePolicy: 'FallbackToLogsOnError' }],
    });
    await create('crash', { containers: [container('main', 'exit 1')] });
    const done = await when('done', (p) => p.status?.phase === 'Succeeded');
    const ended = done.status?.containerStatuses?.[0]?.state?.terminated;
    assert.equal(ended?.reason, 'Completed');
    assert.equal(ended?.message, 'bye\n');
    assert.deepEqual([condition(done, 'Ready')?.reason, condition(done, 'Initialized')?.reason], ['PodCompleted', 'PodCompleted']);
    const failed = await when('failed', (p) => p.status?.phase === 'Failed');
    assert.deepEqual(
      { ...failed.status?.containerStatuses?.[0]?.state?.terminated, startedAt: 0, finishedAt: 0, containerID: 0 },
      { exitCode: 3, reason: 'Error', message: 'boom\n', startedAt: 0, finishedAt: 0, containerID: 0 },
    );
    assert.equal(condition(failed, 'Ready')?.reason, 'PodFailed');
    const crash = await when('crash', (p) => p.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
    const [status] = crash.status?.containerStatuses ?? [];
    assert.equal(crash.status?.phase, 'Running');
    assert.equal(status?.lastState?.terminated?.exitCode, 1);
    assert.ok((status?.restartCount ?? 0) >= 1);
    assert.equal(status?.state?.waiting?.message, `back-off 10s restarting failed container=main pod=crash_default(${crash.metadata?.uid})`);
    assert.deepEqual(
      [condition(crash, 'Ready')?.reason, condition(crash, 'Ready')?.message],
      ['ContainersNotReady', 'containers with unready status: [main]'],
    );
    assert.ok(
      (await eventsOf('crash')).includes(`Warning BackOff Back-off restarting failed container main in pod crash_default(${crash.metadata?.uid})`),
    );
    await removeAll('done', 'failed', 'crash');
  });

  test('init containers run in order, a sidecar lives on and ends last', async () => {
    await create('init', {
      restartPolicy: 'Never',
      initContainers: [
        { ...container('one', 'echo one >> /w/log'), volumeMounts: [{ name: 'w', mountPath: '/w' }] },
        {
          ...container('side', 'echo side >> /w/log; trap "exit 0" TERM; sleep 1000 & wait'),
          restartPolicy: 'Always',
          volumeMounts: [{ name: 'w', mountPath: '/w' }],
        },
        { ...container('two', 'echo two >> /w/log; sleep 1'), volumeMounts: [{ name: 'w', mountPath: '/w' }] },
      ],
      containers: [{ ...container('main', 'cat /w/log; sleep 2'), volumeMounts: [{ name: 'w', mountPath: '/w' }] }],
      volumes: [{ name: 'w', emptyDir: {} }],
    });
    const waiting = await when('init', (p) => p.status?.initContainerStatuses?.[2]?.state?.running);
    assert.equal(waiting.status?.phase, 'Pending');
    assert.equal(waiting.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    assert.deepEqual(
      [condition(waiting, 'Initialized')?.reason, condition(waiting, 'Initialized')?.message],
      ['ContainersNotInitialized', 'containers with incomplete status: [two]'],
    );
    const running = await when('init', ready);
    assert.equal((await shell(running, 'cat /w/log')).out, 'one\nside\ntwo\n');
    assert.equal(running.status?.initContainerStatuses?.[1]?.started, true);
    const over = await when('init', (p) => p.status?.phase === 'Succeeded');
    assert.equal(over.status?.initContainerStatuses?.[1]?.state?.terminated?.exitCode, 0);
    await removeAll('init');
  });

  test('probes: readiness follows its file, liveness restarts, startup holds the others back', async () => {
    await create('probed', {
      containers: [
        {
          ...container('main', 'mkdir /www; echo ok > /www/index.html; touch /alive; busybox httpd -h /www -p 8080; exec sleep 1000'),
          ports: [{ name: 'http', containerPort: 8080 }],
          startupProbe: { exec: { command: ['cat', '/alive'] }, periodSeconds: 1 },
          readinessProbe: { httpGet: { path: '/index.html', port: 'http' }, periodSeconds: 1, failureThreshold: 1 },
          livenessProbe: { exec: { command: ['cat', '/alive'] }, periodSeconds: 1, failureThreshold: 1 },
        },
      ],
    });
    const up = await when('probed', ready);
    await shell(up, 'mv /www/index.html /www/off.html');
    const unready = await when('probed', (p) => !ready(p));
    assert.equal(unready.status?.phase, 'Running');
    await shell(up, 'mv /www/off.html /www/index.html');
    await when('probed', ready);
    await shell(up, 'rm /alive');
    const again = await when('probed', (p) => (p.status?.containerStatuses?.[0]?.restartCount ?? 0) === 1 && ready(p), 20_000);
    assert.ok(again.status?.containerStatuses?.[0]?.lastState?.terminated);
    const events = await eventsOf('probed');
    assert.ok(events.includes('Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 404'), events.join('\n'));
    assert.ok(
      events.some((e) => e.startsWith("Warning Unhealthy Liveness probe failed: cat: can't open '/alive'")),
      events.join('\n'),
    );
    assert.ok(events.includes('Normal Killing Container main failed liveness probe, will be restarted'), events.join('\n'));
    await removeAll('probed');
  });

  test('what cannot start says why, and starts once it is mended', async () => {
    await create('lacking', {
      containers: [{ ...container('main', 'exec sleep 1000'), env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'later', key: 'a' } } }] }],
    });
    await create('never', { containers: [{ ...container('main', 'x'), image: 'example.kubets.dev/none:1', imagePullPolicy: 'Never' }] });
    const reason = (p: Pod) => p.status?.containerStatuses?.[0]?.state?.waiting;
    const lacking = await when('lacking', (p) => reason(p)?.reason === 'CreateContainerConfigError');
    assert.equal(reason(lacking)?.message, 'secret "later" not found');
    assert.equal(lacking.status?.phase, 'Pending');
    const never = await when('never', (p) => reason(p)?.reason === 'ErrImageNeverPull');
    assert.equal(reason(never)?.message, 'Container image "example.kubets.dev/none:1" is not present with pull policy of Never');
    await node()
      .client.resource('secrets')
      .create({ metadata: { name: 'later', namespace: 'default' }, data: { a: 'Yg==' } } as never);
    const mended = await when('lacking', ready);
    assert.equal((await shell(mended, 'echo $A')).out, 'b\n');
    await removeAll('lacking', 'never');
  });

  test('hooks, limits and users reach the container; deletion waits for preStop', async () => {
    await create('strict', {
      terminationGracePeriodSeconds: 10,
      securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, runAsNonRoot: true },
      containers: [
        {
          ...container('main', 'trap "echo term >> /w/log; exit 0" TERM; sleep 1000 & wait'),
          resources: { limits: { cpu: '500m', memory: '64Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
          volumeMounts: [{ name: 'w', mountPath: '/w' }],
          lifecycle: {
            postStart: { exec: { command: ['sh', '-c', 'echo started > /w/log'] } },
            preStop: { exec: { command: ['sh', '-c', 'echo stopping >> /w/log; sleep 1'] } },
          },
        },
      ],
      volumes: [{ name: 'w', emptyDir: {} }],
    });
    const pod = await when('strict', ready);
    assert.equal(pod.status?.qosClass, 'Guaranteed');
    assert.equal(
      (await shell(pod, 'id -u; id -g; id -G; cat /w/log; touch /x 2>/dev/null || echo readonly; grep NoNewPrivs /proc/self/status')).out.replaceAll(
        '\t',
        ' ',
      ),
      '1000\n2000\n2000 3000\nstarted\nreadonly\nNoNewPrivs: 1\n',
    );
    const from = performance.now();
    await remove('strict');
    await clock.sleep(500);
    const going = await node().client.resource<Pod>('pods').get({ namespace: 'default', name: 'strict' });
    assert.ok(going.metadata?.deletionTimestamp);
    await podGone(node().client, 'strict');
    assert.ok(performance.now() - from > 900 && performance.now() - from < 8_000);
  });

  test('a kubelet that comes after adopts what runs, and ends what is no longer wanted', async () => {
    await create('kept', {});
    await create('orphan', {});
    const kept = await when('kept', ready);
    await when('orphan', ready);
    await node().kubelet.stop();
    await node().client.resource('pods').delete({ namespace: 'default', name: 'orphan' }, { gracePeriodSeconds: 0 });
    node().kubelet = await node().startKubelet();
    const until = Date.now() + 10_000;
    while ((await node().runtime.listPodSandbox()).length > 1 && Date.now() < until) await clock.sleep(50);
    const left = await node().runtime.listPodSandbox();
    assert.deepEqual(
      left.map((s) => s.metadata?.name),
      ['kept'],
    );
    const same = await when('kept', ready);
    assert.equal(same.status?.containerStatuses?.[0]?.containerID, kept.status?.containerStatuses?.[0]?.containerID);
    assert.equal(same.status?.containerStatuses?.[0]?.restartCount, 0);
    await removeAll('kept');
  });

  test('a sandbox that dies is made anew, with its containers', async () => {
    await create('broken', {});
    const pod = await when('broken', ready);
    const [sandbox] = await node().runtime.listPodSandbox();
    await node().runtime.stopPodSandbox(sandbox!.id);
    const again = await when('broken', (p) => ready(p) && (p.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
    assert.notEqual(again.status?.containerStatuses?.[0]?.containerID, pod.status?.containerStatuses?.[0]?.containerID);
    assert.ok((await eventsOf('broken')).includes('Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.'));
    await removeAll('broken');
  });
}
