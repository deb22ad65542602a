import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressIn, chooseNetworkPlan, parseCidr } from './network-plan.ts';

test('ranges in use are left alone', () => {
  assert.deepEqual(chooseNetworkPlan([]), { nodeCidr: '172.30.0.0/24', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/20' });
  assert.deepEqual(chooseNetworkPlan(['172.30.0.0/23', '10.244.3.1/32', '10.96.0.0/12']).nodeCidr, '172.30.2.0/24');
  assert.equal(chooseNetworkPlan(['10.244.3.1/32']).clusterCidr, '10.243.0.0/16');
  assert.throws(() => chooseNetworkPlan(['10.0.0.0/8']), /no free private address range/);
});

test('addresses count from the start of a range', () => {
  assert.equal(addressIn('10.96.0.0/20', 10), '10.96.0.10');
  assert.equal(addressIn('10.96.0.0/20', 300), '10.96.1.44');
  assert.deepEqual(parseCidr('172.30.4.9/24'), {
    first: 172 * 2 ** 24 + 30 * 2 ** 16 + 4 * 256,
    last: 172 * 2 ** 24 + 30 * 2 ** 16 + 4 * 256 + 255,
    bits: 24,
  });
});
