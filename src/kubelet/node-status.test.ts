import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Lease, Node } from '../api/index.ts';
import { FakeClock, realClock, seededRng, silentLogger } from '../base/index.ts';
import { startCluster, type TestCluster } from '../testing/index.ts';
import { runNodeLease } from './node-lease.ts';
import { goArchitecture, osImageOf } from './node-status/node-info.ts';
import { type NodeFacts, type NodeFactsNow, nodeObject, readNodeInfo, runNodeStatus, statusPatch } from './node-status.ts';

const info = {
  machineID: 'm',
  systemUUID: 's',
  bootID: 'b',
  kernelVersion: '6.1',
  osImage: 'Debian',
  containerRuntimeVersion: 'containerd://1.6.20',
  kubeletVersion: 'v1.36.2',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
};
const gib = 1024 ** 3;
const now: NodeFactsNow = {
  addresses: [
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'Hostname', address: 'h1' },
  ],
  resources: { milliCpu: 2000, memoryBytes: 4 * gib, ephemeralBytes: 10 * gib, pods: 110 },
  info,
};
const facts = (more: Partial<NodeFacts> = {}): NodeFacts => ({ ...now, name: 'n1', now: Date.UTC(2026, 0, 1), ...more });

describe('nodeObject', () => {
  it('tells amounts, labels and conditions as upstream does', () => {
    const node = nodeObject(facts());
    assert.deepEqual(node.status?.capacity, {
      cpu: '2',
      'hugepages-1Gi': '0',
      'hugepages-2Mi': '0',
      pods: '110',
      'ephemeral-storage': '10485760Ki',
      memory: '4194304Ki',
    });
    assert.deepEqual(node.status?.allocatable, {
      cpu: '2',
      'hugepages-1Gi': '0',
      'hugepages-2Mi': '0',
      pods: '110',
      'ephemeral-storage': '9663676416',
      memory: '4091904Ki',
    });
    assert.equal(node.metadata?.labels?.['kubernetes.io/hostname'], 'h1');
    assert.deepEqual(
      node.status?.conditions?.map((c) => [c.type, c.status, c.reason]),
      [
        ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
        ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
        ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
        ['Ready', 'True', 'KubeletReady'],
      ],
    );
    assert.equal(nodeObject(facts({ resources: { ...now.resources, milliCpu: 1500 } })).status?.capacity?.['cpu'], '1500m');
  });

  it("says in the runtime's words why it is not ready, and keeps the time of change", () => {
    const previous = nodeObject(facts());
    const at = Date.UTC(2026, 0, 2);
    const node = nodeObject(facts({ previous, now: at, notReady: ['container runtime network not ready: NetworkReady=false'] }));
    const of = (type: string) => node.status?.conditions?.find((c) => c.type === type);
    assert.equal(of('Ready')?.message, 'container runtime network not ready: NetworkReady=false');
    assert.equal(of('Ready')?.reason, 'KubeletNotReady');
    assert.equal(of('Ready')?.lastTransitionTime, '2026-01-02T00:00:00Z');
    assert.equal(of('DiskPressure')?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.equal(of('DiskPressure')?.lastHeartbeatTime, '2026-01-02T00:00:00Z');
  });
});

describe('images of a node', () => {
  it('are the largest, in one order however the runtime lists them', () => {
    const all = Array.from({ length: 60 }, (_, i) => ({ names: [`i${i}`], sizeBytes: 100 + (i >> 1) }));
    const told = (images: typeof all) => nodeObject(facts({ images })).status?.images;
    assert.equal(told(all)?.length, 50);
    assert.deepEqual(
      told(all)
        ?.slice(0, 2)
        .map((i) => i.names?.[0]),
      ['i58', 'i59'],
    );
    assert.deepEqual(told(all.toReversed()), told(all));
  });
});

describe('statusPatch', () => {
  const current = nodeObject(facts());
  const later = (more: Partial<NodeFacts> = {}) => nodeObject(facts({ previous: current, now: Date.UTC(2026, 0, 2), ...more }));
  it('is nothing where only time has passed, unless a heartbeat is due', () => {
    assert.equal(statusPatch(current, later(), false), undefined);
    assert.deepEqual(Object.keys(statusPatch(current, later(), true)!.status), ['conditions']);
  });
  it("leaves others' resources alone", () => {
    const withGpu = { ...current, status: { ...current.status, capacity: { ...current.status?.capacity, 'nvidia.com/gpu': '1' } } };
    assert.equal(statusPatch(withGpu, later(), false), undefined);
  });
  it('replaces addresses as a whole', () => {
    const addresses = [{ type: 'InternalIP', address: '10.0.0.2' }];
    const { status } = statusPatch(current, later({ addresses }), false) ?? {};
    assert.deepEqual({ ...status, conditions: [] }, { addresses: [...addresses, { $patch: 'replace' }], conditions: [] });
  });
});

describe('readNodeInfo', () => {
  it('reads this machine', async () => {
    const read = await readNodeInfo({ runtimeName: 'containerd', runtimeVersion: 'v1.6.20', kubeletVersion: 'v1.36.2' });
    assert.equal(read.containerRuntimeVersion, 'containerd://1.6.20');
    assert.equal(read.operatingSystem, 'linux');
    assert.match(read.bootID, /^[0-9a-f-]{36}$/);
  });
  it("knows Go's names and shell's quotes", () => {
    assert.equal(goArchitecture('x64'), 'amd64');
    assert.equal(goArchitecture('arm64'), 'arm64');
    assert.equal(osImageOf('NAME=x\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'), 'Debian GNU/Linux 12 (bookworm)');
    assert.equal(osImageOf('PRETTY_NAME=Alpine'), 'Alpine');
  });
});

describe('a Node and its lease at a real API server', () => {
  let cluster: TestCluster;
  before(async () => void (cluster = await startCluster({ listen: false, controllers: false })));
  after(() => cluster[Symbol.asyncDispose]());
  const client = (name: string) => cluster.clientFor({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] });
  const nodes = () => cluster.client.resource<Node>('nodes');
  const ready = (node: Node) => node.status?.conditions?.find((c) => c.type === 'Ready');

  async function until(what: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (await what()) return;
      await realClock.sleep(10);
    }
    assert.fail('it did not come about');
  }

  it('is registered, follows what changes at once when told, and has a heartbeat', async () => {
    const end = new AbortController();
    const clock = new FakeClock();
    let current: NodeFactsNow = { ...now, notReady: ['PLEG is not healthy'] };
    const run = runNodeStatus({
      client: client('n1'),
      nodeName: 'n1',
      facts: () => current,
      clock,
      rng: seededRng(1),
      logger: silentLogger,
      signal: end.signal,
    });
    const made = await run.registered;
    assert.equal(ready(made)?.status, 'False');
    current = now;
    run.touch();
    await until(async () => ready(await nodes().get('n1'))?.status === 'True');
    const beat = ready(await nodes().get('n1'))?.lastHeartbeatTime;
    for (let i = 0; i < 60; i++) {
      await clock.advance(10_000);
      await realClock.sleep(2);
    }
    await until(async () => ready(await nodes().get('n1'))?.lastHeartbeatTime !== beat);
    end.abort();
    await run.done;
    assert.equal(clock.pendingTimers, 0);
  });

  it('is adopted where it exists, with what others have put there', async () => {
    await nodes().create({
      metadata: { name: 'n2', labels: { mine: 'yes' } },
      status: { addresses: [{ type: 'InternalIP', address: '10.9.9.9' }], conditions: [{ type: 'NetworkUnavailable', status: 'False' }] },
    });
    const end = new AbortController();
    const run = runNodeStatus({
      client: client('n2'),
      nodeName: 'n2',
      facts: () => now,
      clock: new FakeClock(),
      rng: seededRng(1),
      logger: silentLogger,
      signal: end.signal,
    });
    await run.registered;
    const node = await nodes().get('n2');
    assert.equal(node.metadata?.labels?.['mine'], 'yes');
    assert.equal(node.metadata?.labels?.['kubernetes.io/os'], 'linux');
    assert.deepEqual(node.status?.addresses, now.addresses);
    assert.deepEqual(node.status?.conditions?.map((c) => c.type).sort(), [
      'DiskPressure',
      'MemoryPressure',
      'NetworkUnavailable',
      'PIDPressure',
      'Ready',
    ]);
    end.abort();
    await run.done;
  });

  it('has a lease that it owns, renewed each 10 s', async () => {
    const end = new AbortController();
    const clock = new FakeClock();
    const leases = cluster.client.resource<Lease>('leases');
    const get = () => leases.get({ namespace: 'kube-node-lease', name: 'n1' }).catch(() => undefined);
    const done = runNodeLease({ client: client('n1'), nodeName: 'n1', clock, logger: silentLogger, signal: end.signal });
    await until(async () => (await get()) !== undefined);
    const made = await get();
    assert.equal(made?.spec?.leaseDurationSeconds, 40);
    assert.equal(made?.spec?.renewTime, '2026-01-01T00:00:00.000000Z');
    assert.equal(made?.metadata?.ownerReferences?.[0]?.uid, (await nodes().get('n1')).metadata?.uid);
    await until(async () => {
      await clock.advance(2500);
      return (await get())?.spec?.renewTime !== made?.spec?.renewTime;
    });
    // Someone else changed it: the next renewals go on from there.
    const changed = await get();
    await leases.update({ ...changed!, metadata: { ...changed!.metadata, labels: { a: 'b' } } });
    const before = (await get())?.spec?.renewTime;
    await until(async () => {
      await clock.advance(2500);
      return (await get())?.spec?.renewTime !== before;
    });
    assert.equal((await get())?.metadata?.labels?.['a'], 'b');
    end.abort();
    await done;
    assert.equal(clock.pendingTimers, 0);
  });
});
