import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine, type Machine } from './doctor.ts';

const machine = (lacks: readonly string[], more: Partial<Machine> = {}): Machine => ({
  isRoot: true,
  platform: 'linux',
  has: (p) => !lacks.includes(p),
  exists: () => true,
  ...more,
});

test('each thing missing comes with its mend', () => {
  assert.deepEqual(examine(machine([])), []);
  assert.deepEqual(examine(machine(['containerd', 'nft'])), [
    { missing: 'containerd', mend: 'apt-get install containerd' },
    { missing: 'nftables', mend: 'apt-get install nftables' },
  ]);
  assert.equal(examine(machine([], { isRoot: false }))[0]?.missing, 'root');
  assert.equal(examine(machine([], { exists: () => false }))[0]?.missing, 'containernetworking-plugins');
});

test('with a CRI endpoint of its own no containerd is needed', () => {
  assert.deepEqual(examine(machine(['containerd', 'runc'], { exists: () => false }), { ownRuntime: false }), []);
});
