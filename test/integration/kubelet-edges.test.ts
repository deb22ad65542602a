/** A kubelet where things go wrong or out of the ordinary: its runtime dies, pods are refused, held, too old; and what is asked of its server. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Pod } from '../../src/api/index.ts';
import { realClock as clock } from '../../src/base/index.ts';
import { processesOf } from '../../src/cluster/host/cgroup.ts';
import { dialPortForward, dialRemoteCommand } from '../../src/serving/index.ts';
import { container, insideNode, podGone, podTools, ready, type TestNode } from './kubelet-node.ts';

insideNode('the kubelet at its edges', import.meta.url, suite);

function suite(node: () => TestNode): void {
  const { create, remove, removeAll, when, shell, eventsOf } = podTools(node);
  const pods = () => node().client.resource<Pod>('pods');
  const logOf = async (name: string, query: Record<string, string> = {}) =>
    text(await node().client.transport.open({ method: 'GET', path: `/api/v1/namespaces/default/pods/${name}/log`, query }));

  test('logs through the API server: whole, tails, times, previous, followed to the end', async () => {
    await create('talks', {
      restartPolicy: 'Never',
      containers: [container('main', 'for i in 1 2 3 4 5; do echo line $i; sleep 0.2; done; echo err >&2')],
    });
    await when('talks', (p) => p.status?.containerStatuses?.[0]?.state?.running);
    const followed = await logOf('talks', { follow: 'true' });
    assert.equal(followed, 'line 1\nline 2\nline 3\nline 4\nline 5\nerr\n');
    await when('talks', (p) => p.status?.phase === 'Succeeded');
    assert.equal(await logOf('talks'), followed);
    assert.equal(await logOf('talks', { tailLines: '2' }), 'line 5\nerr\n');
    assert.equal(await logOf('talks', { limitBytes: '9' }), 'line 1\nli');
    assert.match(await logOf('talks', { tailLines: '1', timestamps: 'true' }), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z err\n$/);
    await assert.rejects(logOf('talks', { previous: 'true' }), /previous terminated container "main" in pod "talks" not found/);
    await removeAll('talks');
  });

  test('exec with a code and half-closed input, attach, and a forwarded port', async () => {
    await create('streams', {
      containers: [{ ...container('main', 'while read line; do echo "got $line"; done; exec sleep 1000'), stdin: true, stdinOnce: true }],
    });
    const pod = await when('streams', ready);
    const { url, tls } = node().server;
    const streams = { stdin: true, stdout: true, stderr: true, tty: false };
    const dial = (path: string) => dialRemoteCommand(`${url}${path}`, { ...streams, tls, clock });
    const command = await dial(
      '/exec/default/streams/main?command=sh&command=-c&command=cat%3B%20echo%20bad%20%3E%262%3B%20exit%207&input=1&output=1&error=1',
    );
    command.stdin!.end('in\n');
    assert.deepEqual(await Promise.all([text(command.stdout!), text(command.stderr!)]), ['in\n', 'bad\n']);
    assert.deepEqual((await command.status).details?.causes, [{ reason: 'ExitCode', message: '7' }]);
    const attached = await dial('/attach/default/streams/main?input=1&output=1&error=1');
    attached.stdin!.end('hello\n');
    const [first] = (await once(attached.stdout!, 'data')) as [Buffer];
    assert.equal(String(first), 'got hello\n');
    attached.close();
    await shell(pod, '(while true; do echo pong | nc -l -p 9000; done) >/dev/null 2>&1 &');
    const forward = await dialPortForward(`${url}/portForward/default/streams`, { tls, clock });
    const connection = forward.open(9000);
    assert.equal(await text(connection.data), 'pong\n');
    forward.close();
    await assert.rejects(
      dialRemoteCommand(`${url}/exec/default/streams/main?command=id&output=1`, { ...streams, tls: { ca: tls.ca! }, clock }),
      /401|Unauthorized/,
    );
    await removeAll('streams');
  });

  test('twenty pods at once', async (t) => {
    const names = Array.from({ length: 20 }, (_, i) => `many-${i}`);
    const from = performance.now();
    for (const name of names) await create(name, { terminationGracePeriodSeconds: 0 });
    for (const name of names) await when(name, ready, 40_000);
    const started = performance.now();
    await removeAll(...names);
    t.diagnostic(JSON.stringify({ 'twenty Ready': Math.round(started - from), 'twenty gone': Math.round(performance.now() - started) }));
  });

  test('the dead of a container are removed but the last, which answers --previous', async () => {
    await create('again', { containers: [container('main', 'echo run; touch /tmp/x; sleep 0.5; exit 1')] });
    // Its second restart comes 10 s after the first.
    const pod = await when(
      'again',
      (p) => (p.status?.containerStatuses?.[0]?.restartCount ?? 0) === 2 && p.status?.containerStatuses?.[0]?.state?.running,
      40_000,
    );
    assert.equal(await logOf('again', { previous: 'true' }), 'run\n');
    await clock.sleep(1_500);
    const { length } = await node().runtime.listContainers({ labelSelector: { 'io.kubernetes.pod.uid': pod.metadata!.uid! } });
    assert.ok(length <= 2, `${length} containers are kept`);
    await removeAll('again');
  });

  test('the runtime dies under its pods: they run on, and are served again', async () => {
    await create('survivor');
    const before = await when('survivor', ready);
    const stop = new AbortController();
    const supervised = node().containerd.supervise(stop.signal);
    process.kill(node().containerd.pid()!, 'SIGKILL');
    await clock.sleep(500);
    await create('newcomer');
    await when('newcomer', ready, 20_000);
    const after = await when('survivor', ready);
    assert.equal(after.status?.containerStatuses?.[0]?.containerID, before.status?.containerStatuses?.[0]?.containerID);
    assert.equal(after.status?.podIP, before.status?.podIP);
    assert.equal((await shell(after, 'hostname')).out, 'survivor\n');
    stop.abort();
    await supervised;
    await removeAll('survivor', 'newcomer');
  });

  test('a pod that a finalizer holds is told with its end', async () => {
    await create('held', {}, { finalizers: ['example.com/hold'] });
    await when('held', ready);
    await remove('held');
    const ended = await when('held', (p) => p.status?.phase === 'Failed' || p.status?.phase === 'Succeeded');
    assert.equal(ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);
    assert.equal(ended.status?.phase, 'Failed');
    await clock.sleep(300);
    // Touched afterwards, it stays as it ended.
    await pods().patch({ namespace: 'default', name: 'held' }, 'merge', { metadata: { labels: { touched: 'yes' } } });
    await clock.sleep(500);
    assert.equal((await pods().get({ namespace: 'default', name: 'held' })).status?.phase, 'Failed');
    assert.deepEqual(await node().runtime.listPodSandbox(), []);
    await pods().patch({ namespace: 'default', name: 'held' }, 'merge', { metadata: { finalizers: null } });
    await podGone(node().client, 'held');
  });

  test('pods that do not fit are refused; those too old are ended', async () => {
    await create('large', { containers: [{ ...container('main', 'exec sleep 1000'), resources: { requests: { cpu: '64' } } }] });
    const refused = await when('large', (p) => p.status?.phase === 'Failed');
    assert.equal(refused.status?.reason, 'OutOfcpu');
    assert.equal(refused.status?.message, "Pod was rejected: Node didn't have enough resource: cpu, requested: 64000, used: 0, capacity: 2000");
    assert.ok(
      (await eventsOf('large')).includes("Warning OutOfcpu Node didn't have enough resource: cpu, requested: 64000, used: 0, capacity: 2000"),
    );
    await create('short', { activeDeadlineSeconds: 1 });
    const late = await when('short', (p) => p.status?.phase === 'Failed');
    assert.deepEqual(
      [late.status?.reason, late.status?.message],
      ['DeadlineExceeded', 'Pod was active on the node longer than the specified deadline'],
    );
    await removeAll('large', 'short');
  });

  test('an ephemeral container joins a pod that runs', async () => {
    await create('looked-at', { shareProcessNamespace: true });
    const pod = await when('looked-at', ready);
    await pods().patch(
      { namespace: 'default', name: 'looked-at' },
      'strategic',
      { spec: { ephemeralContainers: [{ ...container('debugger', 'ps | grep sleep; exec sleep 1000'), targetContainerName: 'main' }] } },
      { subresource: 'ephemeralcontainers' },
    );
    const joined = await when('looked-at', (p) => p.status?.ephemeralContainerStatuses?.[0]?.state?.running);
    assert.equal(joined.status?.containerStatuses?.[0]?.containerID, pod.status?.containerStatuses?.[0]?.containerID);
    assert.match(await logOf('looked-at', { container: 'debugger' }), /sleep 1000/);
    await removeAll('looked-at');
  });

  test('volumes of configuration follow their objects; a sub path is one file; secrets and tokens are readable', async () => {
    await node()
      .client.resource('secrets')
      .create({ metadata: { name: 'key', namespace: 'default' }, data: { token: 'c2VjcmV0' } } as never);
    await create('mounted', {
      containers: [
        {
          ...container('main', 'exec sleep 1000'),
          volumeMounts: [
            { name: 'all', mountPath: '/all', readOnly: true },
            { name: 'host', mountPath: '/one.txt', subPath: 'a/one.txt' },
          ],
        },
      ],
      initContainers: [{ ...container('fill', 'mkdir -p /s/a && echo one > /s/a/one.txt'), volumeMounts: [{ name: 'host', mountPath: '/s' }] }],
      volumes: [
        {
          name: 'all',
          projected: {
            sources: [
              { secret: { name: 'key' } },
              { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
              { serviceAccountToken: { path: 'jwt', audience: 'me' } },
            ],
          },
        },
        { name: 'host', emptyDir: { medium: 'Memory' } },
      ],
    });
    const pod = await when('mounted', ready);
    assert.equal((await shell(pod, 'cat /all/token /all/name /one.txt; cut -d. -f1 /all/jwt | wc -l')).out, 'secretmountedone\n1\n');
    await removeAll('mounted');
  });

  test('an image that cannot be pulled is tried again, ever later', async () => {
    await create('imageless', { containers: [{ ...container('main', 'x'), image: 'localhost:1/none:1', imagePullPolicy: 'Always' }] });
    const waiting = (p: Pod) => p.status?.containerStatuses?.[0]?.state?.waiting;
    const failed = await when('imageless', (p) => waiting(p)?.reason === 'ErrImagePull');
    assert.match(
      waiting(failed)?.message ?? '',
      /^rpc error: code = Unknown desc = failed to pull and unpack image "localhost:1\/none:1": .*connection refused$/,
    );
    const later = await when('imageless', (p) => waiting(p)?.reason === 'ImagePullBackOff');
    assert.equal(waiting(later)?.message, `Back-off pulling image "localhost:1/none:1": ErrImagePull: ${waiting(failed)?.message}`);
    const events = await eventsOf('imageless');
    for (const wanted of [
      'Normal Pulling Pulling image "localhost:1/none:1"',
      `Warning Failed Failed to pull image "localhost:1/none:1": ${waiting(failed)?.message}`,
      'Warning Failed Error: ErrImagePull',
      'Normal BackOff Back-off pulling image "localhost:1/none:1"',
    ]) {
      assert.ok(events.includes(wanted), `${wanted} among ${events.join('\n')}`);
    }
    await removeAll('imageless');
  });

  test('a container over its memory limit is told as OOMKilled', async () => {
    await create('greedy', {
      restartPolicy: 'Never',
      containers: [{ ...container('main', 'x=a; while true; do x=$x$x; done'), resources: { limits: { memory: '32Mi' } } }],
    });
    const pod = await when('greedy', (p) => p.status?.phase === 'Failed');
    const { exitCode, reason } = pod.status!.containerStatuses![0]!.state!.terminated!;
    assert.deepEqual([exitCode, reason], [137, 'OOMKilled']);
    await removeAll('greedy');
  });

  test('a second, shorter deletion shortens the first; a forced one ends at once', async () => {
    const stubborn = { terminationGracePeriodSeconds: 60, containers: [container('main', 'trap "" TERM; while true; do sleep 1; done')] };
    await create('slow', stubborn);
    await create('forced', stubborn);
    await when('slow', ready);
    await when('forced', ready);
    const from = performance.now();
    for (const name of ['slow', 'forced']) await remove(name);
    await clock.sleep(500);
    await pods().delete({ namespace: 'default', name: 'slow' }, { gracePeriodSeconds: 1 });
    await pods().delete({ namespace: 'default', name: 'forced' }, { gracePeriodSeconds: 0 });
    await podGone(node().client, 'slow');
    const until = Date.now() + 10_000;
    while ((await node().runtime.listPodSandbox()).length > 0 && Date.now() < until) await clock.sleep(50);
    assert.deepEqual(await node().runtime.listPodSandbox(), []);
    assert.ok(performance.now() - from < 10_000);
  });

  test("pods of the node's network, privileged ones, shared processes, sysctls, readiness gates", async () => {
    await create('host', { hostNetwork: true, containers: [{ ...container('main', 'exec sleep 1000'), securityContext: { privileged: true } }] });
    await create('shared', {
      shareProcessNamespace: true,
      hostname: 'named',
      subdomain: 'sub',
      hostAliases: [{ ip: '192.0.2.1', hostnames: ['alias.example'] }],
      securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '20000 30000' }] },
      readinessGates: [{ conditionType: 'example.com/gate' }],
      containers: [container('main', 'exec sleep 1000'), container('side', 'exec sleep 2000')],
    });
    const host = await when('host', ready);
    assert.equal(host.status?.podIP, host.status?.hostIP);
    assert.equal((await shell(host, 'ip link add dummy-x type bridge && ip link del dummy-x && hostname')).out, 'node\n');
    const shared = await when('shared', (p) => p.status?.containerStatuses?.every((c) => c.ready));
    assert.equal(ready(shared), false);
    assert.match((await shell(shared, 'ps')).out, /sleep 2000/);
    assert.equal((await shell(shared, 'cat /proc/sys/net/ipv4/ip_local_port_range')).out, '20000\t30000\n');
    assert.match((await shell(shared, 'cat /etc/hosts')).out, /\tnamed\.sub\.default\.svc\.cluster\.local\tnamed\n[^]*192\.0\.2\.1\talias\.example/);
    await pods().patch(
      { namespace: 'default', name: 'shared' },
      'strategic',
      { status: { conditions: [{ type: 'example.com/gate', status: 'True' }] } },
      { subresource: 'status' },
    );
    await when('shared', ready);
    await removeAll('host', 'shared');
  });

  test('nothing is left of pods that are gone', async () => {
    const { folder } = node();
    assert.deepEqual(readdirSync(join(folder, 'kubelet/pods')), []);
    assert.deepEqual(readdirSync(join(folder, 'kubelet/pod-logs')), []);
    assert.deepEqual(await node().runtime.listContainers(), []);
    const cluster = process.env['KUBETS_TEST_NODE']!;
    assert.deepEqual(processesOf(`kubets/${cluster}/node/kubepods`), []);
    for (const tier of ['besteffort']) {
      const left = readdirSync(join('/sys/fs/cgroup/memory/kubets', cluster, 'node/kubepods', tier), { withFileTypes: true }).filter((e) =>
        e.isDirectory(),
      );
      assert.deepEqual(
        left.map((e) => e.name),
        [],
        tier,
      );
    }
  });
}
