/** What a cluster made on the host is gone after `kubets down`, also after everything was killed. And bad starts end with one clear line. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { realClock, systemRng } from '../../src/base/index.ts';
import { thisMachine, upCluster } from '../../src/cluster/index.ts';
import { E2eCluster, kubetsEntry, run } from '../support/e2e-cluster.ts';
import { hostSnapshot } from '../support/host-snapshot.ts';
import { isRoot, testNeeding } from '../support/requirements.ts';

const test = testNeeding({ root: isRoot });

test('down leaves nothing on the host, and up finds everything as it was', async () => {
  const cluster = await E2eCluster.create('clean');
  const before = hostSnapshot(cluster.name);
  try {
    await cluster.up('--nodes', '2');
    await cluster.kubectl('create', 'configmap', 'kept', '--from-literal=a=b');
    const nodes = await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.uid}');
    assert.equal((await cluster.kubets('down')).code, 0);
    assert.deepEqual(hostSnapshot(cluster.name), before);
    await cluster.up();
    assert.equal(await cluster.kubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'), 'b');
    assert.equal(await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.uid}'), nodes);
  } finally {
    await cluster.delete();
  }
  assert.deepEqual(hostSnapshot(cluster.name), before);
});

test('down cleans up after everything was killed', async () => {
  const cluster = await E2eCluster.create('killed');
  const before = hostSnapshot(cluster.name);
  try {
    await cluster.up();
    for (const line of hostSnapshot(cluster.name).processes) kill(Number(line.split(' ')[0]));
    assert.equal((await cluster.kubets('down')).code, 0);
    assert.deepEqual(hostSnapshot(cluster.name), before);
  } finally {
    await cluster.delete();
  }
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with another one.
  }
}

test('a port in use: one line that names the mend, and nothing left behind', async () => {
  const cluster = await E2eCluster.create('port');
  const before = hostSnapshot(cluster.name);
  const taken = createServer().listen(cluster.port, '127.0.0.1');
  try {
    const outcome = await cluster.kubets('up', '--no-egress', '--port', String(cluster.port));
    assert.equal(outcome.code, 1);
    assert.equal(outcome.stderr, `kubets: port ${cluster.port} is in use: choose another with --port\n`);
    assert.deepEqual(hostSnapshot(cluster.name), before);
  } finally {
    taken.close();
    await cluster.delete();
  }
});

for (const [missing, mend] of [
  ['containerd', 'apt-get install containerd'],
  ['nftables', 'apt-get install nftables'],
] as const) {
  test(`without ${missing}: one line that names the mend`, async () => {
    const cluster = await E2eCluster.create('missing');
    const program = missing === 'nftables' ? 'nft' : missing;
    // Paths are looked up in a mount namespace where the program is hidden.
    const hide = `for p in /usr/bin/${program} /usr/sbin/${program} /bin/${program} /sbin/${program}; do [ -e $p ] && mount --bind -o ro /dev/null $p; done; exec "$@"`;
    const outcome = await run('unshare', [
      '--mount',
      'sh',
      '-c',
      hide,
      'sh',
      process.execPath,
      kubetsEntry,
      'up',
      '--no-egress',
      '--name',
      cluster.name,
      '--data-dir',
      cluster.dataDir,
    ]);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, new RegExp(`^kubets: ${missing} is missing: ${mend}`));
    await cluster.delete();
  });
}

test('without root: one line that names the mend', async () => {
  const cluster = await E2eCluster.create('noroot');
  const machine = { ...thisMachine, isRoot: false };
  const options = {
    name: cluster.name,
    dataDir: cluster.dataDir,
    nodes: 1,
    port: cluster.port,
    egress: false,
    inMemory: false,
    entry: kubetsEntry,
    timeoutMs: 1_000,
  };
  await assert.rejects(upCluster({ ...options, machine, clock: realClock, rng: systemRng, progress: () => {} }), {
    name: 'UserError',
    message: 'root is missing: run it with sudo, or without nodes: kubets up --nodes 0',
  });
  await cluster.delete();
});
