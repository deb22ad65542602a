/** The example application on two nodes: nginx → web → redis by DNS names, reached by a node port from the host, through everything that goes wrong. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { root } from '../../tools/source-files.ts';
import { E2eCluster, eventually } from '../support/e2e-cluster.ts';
import { hostSnapshot } from '../support/host-snapshot.ts';
import { exampleImage } from '../support/images.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const test = testNeeding({ root: isRoot });
const manifest = join(root, 'examples/guestbook/guestbook.yaml');
let cluster: E2eCluster;
const kubectl = (...args: string[]) => cluster.kubectl('-n', 'guestbook', ...args);

interface Answer {
  readonly status: number;
  readonly body: string;
}

function http(host: string, options: { readonly method?: string; readonly body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ host, port: 30080, method: options.method ?? 'GET', agent: false, timeout: 5_000 }, (res) => {
      let body = '';
      res
        .setEncoding('utf8')
        .on('data', (d: string) => (body += d))
        .on('end', () => resolve({ status: res.statusCode!, body }));
    });
    req.on('timeout', () => req.destroy(new Error('timeout')));
    req.on('error', reject);
    req.end(options.body);
  });
}

async function nodeIPs(): Promise<string[]> {
  return (await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}')).split(' ');
}

before(async () => {
  if (!isRoot) return;
  cluster = await E2eCluster.create('guestbook');
  await cluster.up('--nodes', '2');
  for (const name of ['nginx', 'redis', 'web'] as const) {
    const loaded = await cluster.kubets('image', 'load', await exampleImage(name));
    assert.equal(loaded.code, 0, loaded.stderr);
  }
  await cluster.kubectl('apply', '-f', manifest);
  for (const name of ['redis', 'web', 'nginx']) await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
});

after(async () => {
  await cluster?.delete();
});

test('it answers on every node, and keeps what is written', async () => {
  for (const [i, ip] of (await nodeIPs()).entries()) {
    await eventually(`an answer from ${ip}`, async () => (await http(ip)).status === 200);
    assert.equal((await http(ip, { method: 'POST', body: `entry ${i}` })).status, 201);
  }
  const { body } = await http((await nodeIPs())[0]!);
  assert.deepEqual(JSON.parse(body).entries, ['entry 0', 'entry 1']);
  const placed = new Set((await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].spec.nodeName}')).split(' '));
  assert.equal(placed.size, 2, 'pods run on both nodes');
});

test('a rolling update of web under steady requests loses none', async () => {
  const [ip] = await nodeIPs();
  let going = true;
  const failures: string[] = [];
  let count = 0;
  const load = Array.from({ length: 4 }, async () => {
    while (going) {
      count++;
      const answer = await http(ip!).catch((e: Error) => ({ status: 0, body: e.message }));
      if (answer.status !== 200) failures.push(`${answer.status} ${answer.body}`);
      await new Promise((r) => setTimeout(r, 10));
    }
  });
  try {
    await kubectl('set', 'env', 'deployment/web', 'GREETING=updated');
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=120s');
    await eventually('the new answer', async () => JSON.parse((await http(ip!)).body).greeting === 'updated');
  } finally {
    going = false;
    await Promise.all(load);
  }
  assert.deepEqual(failures, []);
  assert.ok(count > 100, `${count} requests`);
});

test('a killed container comes back', async () => {
  // The newest one: pods of the update before may still be on their way out.
  const names = (
    await kubectl('get', 'pods', '-l', 'app=web', '--sort-by=.metadata.creationTimestamp', '-o', 'jsonpath={.items[*].metadata.name}')
  ).split(' ');
  const pod = names.at(-1)!;
  const uid = await kubectl('get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}');
  const containerId = await kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.containerStatuses[0].containerID}');
  process.kill(hostProcess(uid, containerId), 'SIGKILL');
  await eventually('a restart', async () => (await kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.containerStatuses[0].restartCount}')) === '1');
  await kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s');
});

/** The main process of a container, by its cgroup. */
function hostProcess(podUid: string, containerId: string): number {
  const id = containerId.replace(/^.*:\/\//, '');
  for (const line of hostSnapshot('server.mjs').processes) {
    const pid = Number(line.split(' ')[0]);
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    if (groups.includes(id) || groups.includes(podUid)) return pid;
  }
  throw new Error(`no process of container ${id}`);
}

test('after kill -9 of an agent its containers have the same ids, and were not restarted', async () => {
  const ids = () =>
    kubectl(
      'get',
      'pods',
      '-l',
      'app in (nginx,redis)',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
    );
  const before = await ids();
  const agents = hostSnapshot(cluster.name).processes.filter((p) => / agent /.test(p) && !p.includes('nsenter'));
  assert.ok(agents.length >= 2, agents.join('\n'));
  for (const line of agents) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
  await eventually('new agents', async () => {
    const now = hostSnapshot(cluster.name).processes.filter((p) => / agent /.test(p));
    return now.length >= 2 && now.every((p) => !agents.includes(p));
  });
  await eventually('both agents ready', async () => (await cluster.kubets('status')).code === 0);
  await cluster.kubectl('wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=60s');
  assert.equal(await ids(), before);
  await eventually('an answer', async () => (await http((await nodeIPs())[0]!)).status === 200);
});

test('a killed node’s pods move to the other one', async () => {
  const nodes = (await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
  const [, killed] = nodes;
  const ip = (await nodeIPs())[0]!;
  const freeze = hostSnapshot(cluster.name).processes.filter((p) => p.includes(`--node ${killed}`) || p.includes(`/nodes/${killed}/`));
  for (const line of freeze) tryKill(Number(line.split(' ')[0]), 'SIGSTOP');
  await eventually('the node is NotReady', async () => /NotReady/.test(await cluster.kubectl('get', 'node', killed!)), 120_000);
  await eventually(
    'all on the other node',
    async () => {
      const json = JSON.parse(await kubectl('get', 'pods', '-o', 'json')) as {
        items: {
          metadata: { deletionTimestamp?: string };
          spec: { nodeName?: string };
          status: { conditions?: { type: string; status: string }[] };
        }[];
      };
      const ready = json.items.filter(
        (p) => p.metadata.deletionTimestamp === undefined && p.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
      );
      return ready.length === 6 && ready.every((p) => p.spec.nodeName === nodes[0]);
    },
    120_000,
  );
  await eventually('an answer', async () => (await http(ip)).status === 200);
});

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
