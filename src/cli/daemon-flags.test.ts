import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boolFlag, cidrsFlag, durationFlag, electionOf, endpointOf, listFlag, portRangeFlag, together } from './daemon-flags.ts';

interface Row {
  readonly name: string;
  readonly read: () => unknown;
  /** The value, or what the error says. */
  readonly expected: unknown;
}

const rows: readonly Row[] = [
  { name: 'a flag without value is true', read: () => boolFlag({ leaderElect: true }, 'leader-elect'), expected: true },
  { name: 'false as text', read: () => boolFlag({ leaderElect: 'false' }, 'leader-elect'), expected: false },
  { name: 'no boolean', read: () => boolFlag({ leaderElect: 'no' }, 'leader-elect'), expected: /^--leader-elect takes true or false, not "no"$/ },
  { name: 'lists, repeated and with commas', read: () => listFlag({ clusterDns: ['a,b', 'c'] }, 'cluster-dns'), expected: ['a', 'b', 'c'] },
  { name: 'a list not given', read: () => listFlag({}, 'cluster-dns'), expected: [] },
  { name: 'a duration', read: () => durationFlag({ period: '1m30s' }, 'period'), expected: 90_000 },
  { name: 'a duration of nothing', read: () => durationFlag({ period: '0s' }, 'period'), expected: /^--period must be greater than zero$/ },
  {
    name: 'a duration without unit',
    read: () => durationFlag({ period: '5' }, 'period'),
    expected: /^--period: time: missing unit in duration "5"$/,
  },
  { name: 'one range', read: () => cidrsFlag({ range: '10.0.0.0/24' }, 'range'), expected: ['10.0.0.0/24'] },
  { name: 'a range of each family', read: () => cidrsFlag({ range: '10.0.0.0/24,fd00::/108' }, 'range'), expected: ['10.0.0.0/24', 'fd00::/108'] },
  {
    name: 'two ranges of a family',
    read: () => cidrsFlag({ range: '10.0.0.0/24,10.1.0.0/24' }, 'range'),
    expected: /^--range takes one range, or one of each/,
  },
  { name: 'a mask too long', read: () => cidrsFlag({ range: '10.0.0.0/33' }, 'range'), expected: /^--range: invalid CIDR address: 10\.0\.0\.0\/33$/ },
  { name: 'ports by start and end', read: () => portRangeFlag({ ports: '30000-32767' }, 'ports'), expected: { from: 30_000, to: 32_767 } },
  { name: 'ports by start and length', read: () => portRangeFlag({ ports: '30000+5' }, 'ports'), expected: { from: 30_000, to: 30_005 } },
  { name: 'one port', read: () => portRangeFlag({ ports: '30000' }, 'ports'), expected: { from: 30_000, to: 30_000 } },
  {
    name: 'ports the wrong way round',
    read: () => portRangeFlag({ ports: '2-1' }, 'ports'),
    expected: /^--ports: the end of the range is before its start: 2-1$/,
  },
  { name: 'an address alone', read: () => endpointOf('1.1.1.1', 'upstream', 53), expected: { address: '1.1.1.1', port: 53 } },
  { name: 'an address with a port', read: () => endpointOf('[fd00::1]:5353', 'upstream', 53), expected: { address: 'fd00::1', port: 5353 } },
  { name: 'a name in place of an address', read: () => endpointOf('dns.example:53', 'upstream', 53), expected: /^--upstream takes ADDRESS/ },
  { name: 'one of a pair', read: () => together({ cert: 'a' }, 'cert', 'key'), expected: /^--cert and --key must be specified together$/ },
  { name: 'none of a pair', read: () => together({}, 'cert', 'key'), expected: false },
  { name: 'no election', read: () => electionOf({ leaderElect: 'false' }), expected: undefined },
  {
    name: 'upstream’s timings',
    read: () => electionOf({ leaderElect: true }),
    expected: { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 },
  },
  {
    name: 'a lease shorter than its renewal',
    read: () => electionOf({ leaderElect: true, leaderElectLeaseDuration: '5s' }),
    expected: /^--leader-elect-lease-duration must be greater than --leader-elect-renew-deadline$/,
  },
];

for (const { name, read, expected } of rows) {
  test(`flags of daemons: ${name}`, () => {
    if (expected instanceof RegExp) assert.throws(read, { name: 'UserError', message: expected });
    else assert.deepEqual(read(), expected);
  });
}
