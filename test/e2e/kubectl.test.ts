/** Unmodified kubectl and helm against real containers on one node, verb by verb as a user would. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { root } from '../../tools/source-files.ts';
import { clientTools } from '../support/client-tools.ts';
import { E2eCluster, eventually, run } from '../support/e2e-cluster.ts';
import { busyboxImage, busyboxName as busybox, exampleImage } from '../support/images.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const test = testNeeding({ root: isRoot });
let cluster: E2eCluster;
let dir: string;
const kubectl = (...args: string[]) => cluster.kubectl(...args);

const sleeper = (name: string, labels = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} ${labels} } }
spec:
  terminationGracePeriodSeconds: 1
  containers: [{ name: main, image: ${busybox}, command: [sh, -c, "echo started; trap 'exit 0' TERM; while :; do sleep 0.2; done"] }]
`;

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: ${busybox}
          command: [sh, -c, "mkdir -p /www; hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
`;

before(async () => {
  if (!isRoot) return;
  cluster = await E2eCluster.create('kubectl');
  dir = mkdtempSync(join(cluster.dir, 'work-'));
  await cluster.up();
  for (const tar of [await busyboxImage(), await exampleImage('web')]) {
    const loaded = await cluster.kubets('image', 'load', tar);
    assert.equal(loaded.code, 0, loaded.stderr);
  }
});

after(async () => {
  await cluster?.delete();
});

test('get, -o wide, yaml, jsonpath, all', async () => {
  assert.match(await kubectl('get', 'nodes', '-o', 'wide'), /Ready\s+<none>\s+\S+\s+v1\.36/);
  assert.match(await kubectl('get', 'all', '-A'), /service\/kubernetes\s+ClusterIP/);
  assert.match(await kubectl('get', 'ns', 'default', '-o', 'yaml'), /phase: Active/);
  assert.equal(await kubectl('get', 'svc', 'kubernetes', '-o', 'jsonpath={.spec.ports[0].port}'), '443');
  assert.match(await kubectl('get', 'nodes', '--sort-by=.metadata.name'), /NAME/);
});

test('a Pod runs: apply, wait, logs, exec, describe, delete', async () => {
  await cluster.kubectlWithInput(sleeper('one'), 'apply', '-f', '-');
  await kubectl('wait', '--for=condition=Ready', 'pod/one', '--timeout=60s');
  assert.equal(await kubectl('logs', 'one'), 'started\n');
  assert.equal(await kubectl('exec', 'one', '--', 'echo', 'hi'), 'hi\n');
  const failed = await cluster.tryKubectl(['exec', 'one', '--', 'sh', '-c', 'exit 7']);
  assert.equal(failed.code, 7);
  assert.equal((await cluster.tryKubectl(['exec', '-i', 'one', '--', 'cat'], { input: 'through stdin' })).stdout, 'through stdin');
  const described = await kubectl('describe', 'pod', 'one');
  assert.match(described, /Status:\s+Running/);
  assert.match(described, /Successfully assigned default\/one/);
  assert.match(described, /Started/);
  await kubectl('delete', 'pod', 'one', '--timeout=60s');
  assert.equal((await cluster.tryKubectl(['get', 'pod', 'one'])).stderr, 'Error from server (NotFound): pods "one" not found\n');
});

test('logs -f follows, exec -it has a terminal', async () => {
  await cluster.kubectlWithInput(sleeper('two').replace('echo started;', 'for i in 1 2 3; do echo line $i; sleep 0.3; done;'), 'create', '-f', '-');
  await kubectl('wait', '--for=condition=Ready', 'pod/two', '--timeout=60s');
  const follow = cluster.start(['logs', '-f', 'two']);
  let text = '';
  follow.stdout!.on('data', (d) => (text += String(d)));
  await eventually('three lines', async () => text.split('\n').length >= 4);
  follow.kill();
  // `script` gives kubectl a terminal.
  const tty = await run('script', ['-qec', `${clientTools().kubectl} exec -it two -- tty`, '/dev/null'], { env: cluster.env });
  assert.match(tty.stdout, /\/dev\/pts\/0|\/dev\/console|\/dev\/tty/);
  await kubectl('delete', 'pod', 'two', '--grace-period=0', '--force');
});

test('cp both ways, port-forward', async () => {
  await cluster.kubectlWithInput(deployment, 'apply', '-f', '-');
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  const pod = (await kubectl('get', 'pod', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  writeFileSync(join(dir, 'out.txt'), 'some bytes');
  await kubectl('cp', join(dir, 'out.txt'), `${pod}:/tmp/in.txt`);
  await kubectl('cp', `${pod}:/tmp/in.txt`, join(dir, 'back.txt'));
  assert.equal(readFileSync(join(dir, 'back.txt'), 'utf8'), 'some bytes');
  const forward = cluster.start(['port-forward', `pod/${pod}`, ':8080']);
  let out = '';
  forward.stdout!.on('data', (d) => (out += String(d)));
  const port = await eventually('forwarding', async () => /127\.0\.0\.1:(\d+)/.exec(out)?.[1]);
  assert.match(await httpGet('127.0.0.1', Number(port)), new RegExp(pod));
  forward.kill();
});

test('expose, scale, set image, rollout status, history and undo', async () => {
  await kubectl('expose', 'deployment', 'web', '--port=80', '--target-port=8080', '--type=NodePort');
  await kubectl('scale', 'deployment', 'web', '--replicas=3');
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  assert.equal(await kubectl('get', 'deploy', 'web', '-o', 'jsonpath={.status.readyReplicas}'), '3');
  const node = await kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}');
  const nodePort = Number(await kubectl('get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[0].nodePort}'));
  await eventually('the node port answers', async () => /web-/.test(await httpGet(node, nodePort)));
  await kubectl('set', 'image', 'deployment/web', 'web=example.kubets.dev/web:1');
  await eventually('a second revision', async () => /^2\s/m.test(await kubectl('rollout', 'history', 'deployment/web')));
  await kubectl('rollout', 'undo', 'deployment/web');
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  assert.equal(await kubectl('get', 'deploy', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'), busybox);
  assert.match(await kubectl('describe', 'deployment', 'web'), /NewReplicaSet:\s+web-\S+ \(3\/3 replicas created\)[\s\S]*ScalingReplicaSet/);
  assert.match(await kubectl('describe', 'service', 'web'), /Endpoints:\s+10\.\d+\.\d+\.\d+:8080/);
  assert.match(await kubectl('describe', 'node'), /Ready\s+True[\s\S]*Non-terminated Pods:\s+\(\d+ in total\)[\s\S]*Allocated resources/);
  await kubectl('rollout', 'restart', 'deployment/web');
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
});

test('diff, edit, patch in three types, label, annotate, apply --server-side', async () => {
  assert.equal((await cluster.tryKubectl(['diff', '-f', '-'], { input: deployment })).code, 1);
  await kubectl(
    'patch',
    'deployment',
    'web',
    '-p',
    '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"b"}]}]}}}}',
  );
  await kubectl('patch', 'deployment', 'web', '--type=merge', '-p', '{"metadata":{"labels":{"merge":"yes"}}}');
  await kubectl('patch', 'deployment', 'web', '--type=json', '-p', '[{"op":"replace","path":"/spec/replicas","value":1}]');
  await kubectl('label', 'deployment', 'web', 'tier=front');
  await kubectl('annotate', 'deployment', 'web', 'note=hello');
  const shown = JSON.parse(await kubectl('get', 'deployment', 'web', '-o', 'json'));
  assert.deepEqual(shown.metadata.labels, { app: 'web', merge: 'yes', tier: 'front' });
  assert.equal(shown.spec.replicas, 1);
  assert.deepEqual(shown.spec.template.spec.containers[0].env, [{ name: 'A', value: 'b' }]);
  const conflict = await cluster.tryKubectl(['apply', '--server-side', '-f', '-'], { input: deployment });
  assert.match(conflict.stderr, /conflict with "kubectl-patch" using apps\/v1/);
  await cluster.kubectlWithInput(deployment, 'apply', '--server-side', '--force-conflicts', '-f', '-');
  writeFileSync(join(dir, 'editor.sh'), '#!/bin/sh\nsed -i s/hello/edited/ "$1"\n', { mode: 0o755 });
  const edited = await run(clientTools().kubectl, ['edit', 'deployment', 'web'], { env: { ...cluster.env, KUBE_EDITOR: join(dir, 'editor.sh') } });
  assert.equal(edited.code, 0, edited.stderr);
  assert.equal(await kubectl('get', 'deploy', 'web', '-o', 'jsonpath={.metadata.annotations.note}'), 'edited');
});

test('create’s generators, run, create job, explain, api-resources, auth can-i', async () => {
  await kubectl('create', 'namespace', 'gen');
  await kubectl('create', 'configmap', 'c', '--from-literal=a=b', '-n', 'gen');
  await kubectl('create', 'secret', 'generic', 's', '--from-literal=k=v', '-n', 'gen');
  await kubectl('create', 'serviceaccount', 'robot', '-n', 'gen');
  await kubectl('create', 'role', 'reader', '--verb=get', '--resource=pods', '-n', 'gen');
  await kubectl('create', 'rolebinding', 'reads', '--role=reader', '--serviceaccount=gen:robot', '-n', 'gen');
  await kubectl('create', 'deployment', 'd', `--image=${busybox}`, '-n', 'gen', '--', 'sleep', '1000');
  await kubectl('create', 'quota', 'q', '--hard=pods=10', '-n', 'gen');
  await kubectl('create', 'job', 'j', `--image=${busybox}`, '-n', 'gen', '--', 'echo', 'job done');
  await kubectl('wait', '--for=condition=complete', 'job/j', '-n', 'gen', '--timeout=60s');
  assert.equal(await kubectl('logs', 'job/j', '-n', 'gen'), 'job done\n');
  await kubectl('run', 'r', `--image=${busybox}`, '--restart=Never', '-n', 'gen', '--', 'true');
  await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/r', '-n', 'gen', '--timeout=60s');
  assert.match(
    await kubectl('explain', 'pod.spec.containers'),
    /FIELD: containers <\[\]Container>[\s\S]*DESCRIPTION:\s+List of containers belonging to the pod/,
  );
  assert.match(await kubectl('api-resources'), /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/);
  assert.equal(await kubectl('auth', 'can-i', 'get', 'pods', '-n', 'gen', '--as=system:serviceaccount:gen:robot'), 'yes\n');
  assert.equal((await cluster.tryKubectl(['auth', 'can-i', 'delete', 'pods', '-n', 'gen', '--as=system:serviceaccount:gen:robot'])).stdout, 'no\n');
  assert.match(await kubectl('create', 'token', 'robot', '-n', 'gen'), /^ey/);
  await kubectl('delete', 'namespace', 'gen', '--timeout=90s');
});

test('get -w shows changes as they come', async () => {
  const watch = cluster.start(['get', 'configmap', '-w', '--no-headers']);
  let out = '';
  watch.stdout!.on('data', (d) => (out += String(d)));
  await eventually('the first rows', async () => out.includes('kube-root-ca.crt'));
  await kubectl('create', 'configmap', 'watched', '--from-literal=a=b');
  await eventually('the new row', async () => /watched\s+1/.test(out));
  watch.kill();
});

test('helm installs, upgrades and uninstalls a chart with a CRD', async () => {
  const chart = join(root, 'examples/chart');
  assert.match(await cluster.helm('install', 'greet', chart, '--wait', '--timeout', '60s'), /STATUS: deployed/);
  assert.match(await kubectl('get', 'greetings'), /greet\s+hello/);
  await cluster.helm('upgrade', 'greet', chart, '--set', 'greeting=good day', '--wait', '--timeout', '60s');
  assert.match(await kubectl('get', 'gr', 'greet', '-o', 'jsonpath={.spec.text} {.spec.times}'), /^good day 1$/);
  assert.match(await cluster.helm('history', 'greet'), /superseded[\s\S]*deployed/);
  await cluster.helm('uninstall', 'greet', '--wait', '--timeout', '60s');
  assert.equal((await kubectl('get', 'deploy', '-l', 'app.kubernetes.io/name=greeter', '-o', 'name')).trim(), '');
});

function httpGet(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    let text = '';
    socket.setTimeout(3000, () => socket.destroy(new Error('timeout')));
    socket
      .on('data', (d) => (text += String(d)))
      .on('error', reject)
      .on('end', () => resolve(text));
    socket.write(`GET / HTTP/1.0\r\nHost: x\r\n\r\n`);
  });
}

process.on('exit', () => dir && rmSync(dir, { recursive: true, force: true }));
