import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makePodCgroup, podCgroup, podCgroups, removePodCgroup } from './pod-cgroups.ts';
import { app, podOf } from './pod-fixtures.ts';

const burstable = podOf({ containers: [app('main', { resources: { requests: { cpu: '500m' }, limits: { cpu: '1', memory: '1Mi' } } })] });
const unlimited = podOf({ containers: [app('main', { resources: { limits: { cpu: '1' } } }), app('other')] });

/** A folder in the place of /sys/fs/cgroup: what is written stays as it was written. */
function mounts(t: TestContext, unified: boolean) {
  const mountPoint = mkdtempSync(join(tmpdir(), 'kubets-cgroup-'));
  t.after(() => rmSync(mountPoint, { recursive: true, force: true }));
  return { mountPoint, unified, read: (file: string) => readFileSync(join(mountPoint, file), 'utf8') };
}

test('names are upstream’s, by quality of service', () => {
  const guaranteed = podOf({ containers: [app('main', { resources: { requests: { cpu: '1', memory: '1' }, limits: { cpu: '1', memory: '1' } } })] });
  assert.deepEqual(
    [podOf(), burstable, guaranteed].map((p) => podCgroup('kubets/c/n', p)),
    ['/kubets/c/n/kubepods/besteffort/podu1', '/kubets/c/n/kubepods/burstable/podu1', '/kubets/c/n/kubepods/podu1'],
  );
});

test('version 1: a group in every hierarchy, with the cpuset’s cpus and the pod’s limits', (t) => {
  const host = mounts(t, false);
  for (const h of ['cpu', 'memory', 'pids', 'cpuset', 'unified']) mkdirSync(join(host.mountPoint, h));
  for (const file of ['cpuset.cpus', 'cpuset.mems']) writeFileSync(join(host.mountPoint, 'cpuset', file), '0-1\n');
  mkdirSync(join(host.mountPoint, 'cpuset/n'));
  for (const file of ['cpuset.cpus', 'cpuset.mems']) writeFileSync(join(host.mountPoint, 'cpuset/n', file), '\n');
  const group = makePodCgroup('n', burstable, host);
  assert.equal(host.read(`cpu${group}/cpu.shares`), '512');
  assert.equal(host.read(`cpu${group}/cpu.cfs_quota_us`), '100000');
  assert.equal(host.read(`memory${group}/memory.limit_in_bytes`), '1048576');
  assert.equal(host.read('cpuset/n/cpuset.cpus'), '0-1');
  assert.ok(existsSync(join(host.mountPoint, 'pids', group)));
  assert.ok(!existsSync(join(host.mountPoint, 'unified', group)));
  assert.deepEqual([...podCgroups('n', host)], [['u1', group]]);
});

test('no limit of the pod where a container has none', (t) => {
  const host = mounts(t, false);
  for (const h of ['cpu', 'memory']) mkdirSync(join(host.mountPoint, h));
  const group = makePodCgroup('n', unlimited, host);
  assert.ok(!existsSync(join(host.mountPoint, `cpu${group}/cpu.cfs_quota_us`)));
  assert.ok(!existsSync(join(host.mountPoint, `memory${group}/memory.limit_in_bytes`)));
});

test('version 2: one tree; what runs in the node’s own group moves into a leaf', (t) => {
  const host = mounts(t, true);
  for (const folder of ['', 'n']) {
    mkdirSync(join(host.mountPoint, folder), { recursive: true });
    writeFileSync(join(host.mountPoint, folder, 'cgroup.controllers'), 'cpu memory pids rdma\n');
    writeFileSync(join(host.mountPoint, folder, 'cgroup.subtree_control'), folder === '' ? 'cpu memory pids\n' : '\n');
    writeFileSync(join(host.mountPoint, folder, 'cgroup.procs'), '7\n');
  }
  const group = makePodCgroup('n', burstable, host);
  assert.equal(host.read(`${group}/cpu.weight`), '20');
  assert.equal(host.read(`${group}/cpu.max`), '100000 100000');
  assert.equal(host.read(`${group}/memory.max`), '1048576');
  assert.equal(host.read('n/cgroup.subtree_control'), '+cpu +memory +pids');
  assert.equal(host.read('n/system/cgroup.procs'), '7');
  assert.equal(existsSync(join(host.mountPoint, 'system')), false);
});

test('a group that is gone is removed already', (t) => {
  const host = mounts(t, false);
  mkdirSync(join(host.mountPoint, 'cpu/n/kubepods/besteffort/podu1/container'), { recursive: true });
  assert.equal(removePodCgroup('n', podOf(), host), true);
  assert.equal(existsSync(join(host.mountPoint, 'cpu/n/kubepods/besteffort/podu1')), false);
  assert.equal(removePodCgroup('n', podOf(), host), true);
});
