import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import { FakeApiServer } from '../../test/support/fake-api-server.ts';
import { createClient } from './client.ts';
import type { CoreEvent } from './event-correlator.ts';
import { createEventRecorder } from './event-recorder.ts';
import { inProcessTransport } from './in-process-transport.ts';
import { createSeriesRecorder } from './series-recorder.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', uid: 'u' } };

function setUp() {
  const clock = new FakeClock();
  const server = new FakeApiServer({ clock });
  const client = createClient(inProcessTransport(server.handler, { name: 'u', groups: [] }));
  const end = new AbortController();
  const recorder = createEventRecorder({ client, component: 'c', clock, logger: silentLogger, signal: end.signal });
  return { clock, server, client, end, recorder, events: () => server.list<CoreEvent>('events') };
}

test('a repeated event counts, and keeps its first time', async () => {
  const { recorder, clock, events } = setUp();
  recorder.event(pod, 'Normal', 'R', 'm');
  await recorder.flush();
  await clock.advance(5000);
  recorder.event(pod, 'Normal', 'R', 'm');
  await recorder.flush();
  assert.deepEqual(
    events().map((e) => [e.count, e.firstTimestamp, e.lastTimestamp, e.source, e.involvedObject.uid]),
    [[2, '2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z', { component: 'c' }, 'u']],
  );
  assert.match(events()[0]?.metadata?.name ?? '', /^p\.[0-9a-f]{16}$/);
});

test('many similar events are joined, and more than the burst are dropped', async () => {
  const { recorder, events } = setUp();
  for (let i = 0; i < 40; i++) recorder.event(pod, 'Warning', 'R', `message ${i}`);
  await recorder.flush();
  assert.equal(events().length, 10);
  const joined = events().find((e) => e.message.startsWith('(combined from similar events): '));
  assert.equal(joined?.count, 16);
});

test('a full queue drops events instead of growing', async () => {
  const { client, clock, server, end } = setUp();
  const small = createEventRecorder({ client, component: 'c', clock, logger: silentLogger, signal: end.signal, maxQueued: 2 });
  for (let i = 0; i < 5; i++) small.event(pod, 'Normal', `R${i}`, 'm');
  await small.flush();
  assert.equal(server.list('events').length, 2);
});

test('an unreachable server is tried again', async () => {
  const { clock, end, events, server } = setUp();
  let down = true;
  const client = createClient(
    inProcessTransport((r) => (down ? Promise.reject(new Error('refused')) : server.handler(r)), { name: 'u', groups: [] }),
  );
  const recorder = createEventRecorder({ client, component: 'c', clock, logger: silentLogger, signal: end.signal });
  recorder.event(pod, 'Normal', 'R', 'm');
  await clock.advance(0);
  down = false;
  await clock.advance(10_000);
  await recorder.flush();
  assert.equal(events().length, 1);
});

test('a series is one event with a count', async () => {
  const { client, clock, server, end } = setUp();
  const recorder = createSeriesRecorder({
    client,
    reportingController: 's',
    reportingInstance: 's-1',
    clock,
    logger: silentLogger,
    signal: end.signal,
  });
  for (let i = 0; i < 4; i++) {
    recorder.event(pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: 'no' });
    await recorder.flush();
  }
  const series = () => server.list<CoreEvent & { series?: { count: number } }>('events.events.k8s.io').map((e) => e.series?.count);
  assert.deepEqual(series(), [2]);
  await clock.advance(6 * 60_000);
  await recorder.flush();
  assert.deepEqual(series(), [4]);
  end.abort();
});
