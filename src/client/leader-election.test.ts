import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, seededRng, silentLogger } from '../base/index.ts';
import { statusErrors } from '../apimachinery/index.ts';
import { FakeApiServer } from '../../test/support/fake-api-server.ts';
import { createClient } from './client.ts';
import { inProcessTransport } from './in-process-transport.ts';
import { electionStep, type LeaseObject, runLeaderElection } from './leader-election.ts';

const now = { wallMs: 1_000_000, monotonicMs: 50_000, leaseDurationMs: 15_000 };
const lease = (holderIdentity: string): LeaseObject => ({
  spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions: 3, acquireTime: 'then' },
});

for (const [name, observed, want] of [
  ['there is none: create', undefined, { kind: 'create', transitions: 0 }],
  ['it is mine: renew', { lease: lease('me'), seenMs: 0 }, { kind: 'update', transitions: 3 }],
  ["it is another's and fresh: wait", { lease: lease('you'), seenMs: 40_000 }, { kind: 'wait' }],
  ["it is another's and stale: take it", { lease: lease('you'), seenMs: 34_000 }, { kind: 'update', transitions: 4 }],
  ['it was released: take it', { lease: lease(''), seenMs: 50_000 }, { kind: 'update', transitions: 4 }],
] as const) {
  test(`election: ${name}`, () => {
    const step = electionStep(observed, 'me', now);
    assert.equal(step.kind, want.kind);
    if (step.kind !== 'wait' && 'transitions' in want) assert.equal(step.spec.leaseTransitions, want.transitions);
  });
}

async function idle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

test('one leads, the next takes over when the first lets go, and a leader that cannot renew steps down', async () => {
  const clock = new FakeClock();
  const server = new FakeApiServer({ clock });
  const client = createClient(inProcessTransport(server.handler, { name: 'u', groups: [] }));
  const log: string[] = [];
  const run = (identity: string, signal: AbortSignal) =>
    runLeaderElection(
      { client, clock, rng: seededRng(1), logger: silentLogger, lease: { namespace: 'kube-system', name: 'l' }, identity, signal },
      async (leading) => {
        log.push(`${identity} leads`);
        await new Promise<void>((resolve) => leading.addEventListener('abort', () => resolve(), { once: true }));
        log.push(`${identity} ends`);
      },
    );
  const [one, two] = [new AbortController(), new AbortController()];
  const first = run('a', one.signal);
  await idle();
  const second = run('b', two.signal);
  await idle();
  await clock.advance(30_000);
  assert.deepEqual(log, ['a leads']);
  one.abort();
  await first;
  await clock.advance(5_000);
  assert.deepEqual(log, ['a leads', 'a ends', 'b leads']);
  assert.equal(server.get<LeaseObject>('leases.coordination.k8s.io', 'l', 'kube-system')?.spec?.leaseTransitions, 1);
  server.intercept = () => statusErrors.serviceUnavailable('down');
  await clock.advance(13_000);
  assert.deepEqual(log.at(-1), 'b ends');
  await second;
  two.abort();
});
