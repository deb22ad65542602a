import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalIp } from '../../../../api/index.ts';
import { seededRng } from '../../../../base/index.ts';
import { IpRange, staticBand } from './ip-range.ts';
import { PortAllocator } from './port-allocator.ts';

test('ranges know their addresses', () => {
  const v4 = new IpRange('10.96.0.0/16');
  assert.deepEqual([v4.at(0), v4.at(255), v4.size, v4.family], ['10.96.0.1', '10.96.1.0', 65534, 'IPv4']);
  assert.ok(v4.contains('10.96.255.254'));
  for (const outside of ['10.96.0.0', '10.96.255.255', '10.97.0.1', 'fd00::1', 'x']) assert.equal(v4.contains(outside), false, outside);
  const v6 = new IpRange('fd00:10::/108');
  assert.deepEqual([v6.at(0), v6.at(65535), v6.family], ['fd00:10::1', 'fd00:10::1:0', 'IPv6']);
  assert.ok(v6.contains('fd00:0010:0::ff'));
  assert.throws(() => new IpRange('10.0.0.0/40'), RangeError);
});

test('addresses have one form', () => {
  assert.equal(canonicalIp('FD00:0:0:0::01'), 'fd00::1');
  assert.equal(canonicalIp('1:0:0:2:0:0:0:3'), '1:0:0:2::3');
  assert.equal(canonicalIp('::ffff:1.2.3.4'), '::ffff:102:304');
  assert.equal(canonicalIp('10.0.0.1'), '10.0.0.1');
});

test('a band of each range is kept for those who name an address', () => {
  assert.deepEqual([14, 254, 4094, 65534].map(staticBand), [14, 16, 255, 256]);
});

test('all node ports of a range are found, each once', () => {
  const ports = new PortAllocator({ from: 30000, to: 30019 }, seededRng(3));
  const found = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const port = ports.next();
    assert.ok(port !== undefined && ports.inRange(port));
    ports.hold(port);
    found.add(port);
  }
  assert.equal(found.size, 20);
  assert.equal(ports.next(), undefined);
  ports.free(30007);
  assert.equal(ports.next(), 30007);
});
