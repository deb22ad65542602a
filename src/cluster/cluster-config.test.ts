import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ClusterConfig, rangesOfOthers, writeClusterConfig } from './cluster-config.ts';
import { chooseNetworkPlan } from './network-plan.ts';

test('a cluster that is down keeps its ranges: another one made meanwhile gets others', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'kubets-config-'));
  const first: ClusterConfig = {
    name: 'a',
    dataDir: join(parent, 'a'),
    nodes: ['a-1'],
    port: 1,
    network: chooseNetworkPlan([]),
    egress: false,
    inMemory: false,
  };
  await writeClusterConfig(first);
  mkdirSync(join(parent, 'junk'));
  writeFileSync(join(parent, 'junk', 'cluster.json'), 'no JSON');
  mkdirSync(join(parent, 'foreign'));
  writeFileSync(join(parent, 'foreign', 'cluster.json'), '{"network":{"nodeCidr":7}}');
  const second = chooseNetworkPlan(rangesOfOthers(join(parent, 'b')));
  assert.deepEqual(second, { nodeCidr: '172.30.1.0/24', clusterCidr: '10.243.0.0/16', serviceCidr: '10.96.16.0/20' });
  assert.deepEqual(rangesOfOthers(first.dataDir), [], 'its own are no one else’s');
  rmSync(parent, { recursive: true });
});
