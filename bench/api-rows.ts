import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../tools/source-files.ts';
import type { Load, LoadResult, WatchLoad } from './load-generator.ts';
import { largePod, smallPod } from './pod.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import type { Row } from './table.ts';

const pods = '/api/v1/namespaces/default/pods';
const below = 'goal below node:http2’s own cost (80 to 130 µs a request): the transport’s to meet';

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly count: number;
  readonly inFlight?: number;
  readonly upstream: string;
  readonly goal: string;
  readonly note?: string;
}

/** `make bench ARGS=small`: Pods of 1.5 KB, the size that upstream's figures were measured with; else of the size that clusters hold. */
const pod = JSON.stringify((process.argv.includes('small') ? smallPod : largePod)('pod-{i}'));
const status = JSON.stringify({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', reason: 'R{i}' }], podIP: '10.244.0.9' } });
const applied = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace: 'default' }, data: { value: '{i}' } });

const operations: readonly Operation[] = [
  { name: 'GET /version', method: 'GET', path: '/version', count: 10_000, upstream: '285 µs', goal: '55 µs', note: below },
  {
    name: 'CREATE ConfigMap',
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c-{i}' }, data: { a: 'b' } }),
    count: 3_000,
    upstream: '935 µs',
    goal: '230 µs',
  },
  { name: 'CREATE Pod', method: 'POST', path: pods, body: pod, count: 10_000, upstream: '1,855 µs', goal: '450 µs' },
  { name: 'GET Pod', method: 'GET', path: `${pods}/pod-{i}`, count: 10_000, upstream: '620 µs', goal: '70 µs', note: below },
  {
    name: 'PATCH Pod, merge',
    method: 'PATCH',
    path: `${pods}/pod-{i}`,
    body: '{"metadata":{"annotations":{"example.org/n":"{i}"}}}',
    contentType: 'application/merge-patch+json',
    count: 2_000,
    upstream: '2,800 µs',
    goal: '350 µs',
  },
  {
    name: 'PATCH Pod status, strategic',
    method: 'PATCH',
    path: `${pods}/pod-{i}/status`,
    body: status,
    contentType: 'application/strategic-merge-patch+json',
    count: 2_000,
    upstream: '2,790 µs',
    goal: '350 µs',
  },
  {
    name: 'server-side apply, ConfigMap',
    method: 'PATCH',
    path: '/api/v1/namespaces/default/configmaps/applied-{i}?fieldManager=bench&force=true',
    body: applied.replace('"applied"', '"applied-{i}"'),
    contentType: 'application/apply-patch+yaml',
    count: 2_000,
    upstream: '1,220 µs',
    goal: '400 µs',
  },
  {
    name: 'LIST 10,000 Pods, resourceVersion=0',
    method: 'GET',
    path: '/api/v1/pods?resourceVersion=0',
    count: 5,
    inFlight: 1,
    upstream: '569 ms',
    goal: '90 ms',
  },
  { name: 'LIST 10,000 Pods, consistent', method: 'GET', path: '/api/v1/pods', count: 5, inFlight: 1, upstream: '569 ms', goal: '95 ms' },
  { name: 'LIST a page of 500', method: 'GET', path: '/api/v1/pods?limit=500', count: 100, inFlight: 4, upstream: '25.8 ms', goal: '2.5 ms' },
];
const account = JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
const deletion: Operation = { name: 'DELETE Pod', method: 'DELETE', path: `${pods}/pod-{i}`, count: 3_000, upstream: '2,430 µs', goal: '400 µs' };

/** All rows of the API on one server, in order: later ones use what earlier ones wrote. `only`: words, of which a row's name must contain one. */
export async function apiRows(server: ServerUnderTest, report: (row: Row) => void, only: readonly string[] = []): Promise<void> {
  const wanted = (name: string) => only.length === 0 || only.some((word) => name.includes(word));
  const generator = fork(join(root, 'bench/load-generator.ts'));
  try {
    // Compiled code is what a server that has run for a while has: one short round first.
    await run(server, generator, {
      ...operations[1]!,
      path: operations[1]!.path,
      body: operations[1]!.body!.replace('c-{i}', 'warm-{i}'),
      count: 1_000,
    });
    // What a controller would make: Pods need it.
    await run(server, generator, { ...operations[1]!, path: '/api/v1/namespaces/default/serviceaccounts', body: account, count: 1 });
    for (const operation of operations.filter((o) => wanted(o.name))) report(await row(server, generator, operation));
    if (wanted('WATCH')) report(await watchRow(server, generator));
    if (wanted(deletion.name)) report(await row(server, generator, deletion));
  } finally {
    generator.kill();
  }
}

async function row(server: ServerUnderTest, generator: ChildProcess, operation: Operation): Promise<Row> {
  const { result, cpuMs, probe } = await run(server, generator, operation);
  const perOperation = cpuMs / operation.count;
  return {
    name: operation.name,
    rate: `${Math.round(operation.count / result.seconds).toLocaleString('en')}/s`,
    p50: `${result.p50Ms.toFixed(1)} ms`,
    cpu: perOperation >= 5 ? `${perOperation.toFixed(0)} ms` : `${Math.round(perOperation * 1000)} µs`,
    upstream: operation.upstream,
    goal: operation.goal,
    stall: `${probe.stallMs.toFixed(0)} ms`,
    gc: `${probe.gcMs.toFixed(0)} ms`,
    note: result.failures > 0 ? `${result.failures} FAILED` : (operation.note ?? ''),
  };
}

async function run(
  server: ServerUnderTest,
  generator: ChildProcess,
  operation: Operation,
): Promise<{ readonly result: LoadResult; readonly cpuMs: number; readonly probe: { readonly stallMs: number; readonly gcMs: number } }> {
  await server.probe();
  const before = server.cpuMs();
  const { method, path, count, body, contentType } = operation;
  const load: Load = {
    url: server.url,
    ...server.credentials,
    method,
    path,
    count,
    inFlight: operation.inFlight ?? 32,
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  };
  const result = await ask(generator, { kind: 'load', load });
  return { result, cpuMs: server.cpuMs() - before, probe: await server.probe() };
}

const watchers = 500;
const events = 200;

async function watchRow(server: ServerUnderTest, generator: ChildProcess): Promise<Row> {
  const writer = fork(join(root, 'bench/load-generator.ts'));
  const load: WatchLoad = {
    url: server.url,
    ...server.credentials,
    path: '/api/v1/namespaces/default/configmaps?watch=true&fieldSelector=metadata.name%3Dwatched',
    watchers,
    frames: events,
  };
  const one = {
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"watched"}}',
    inFlight: 1,
    count: 1,
  };
  try {
    await server.probe();
    const watching = new Promise<void>((resolve) => generator.on('message', (m: { kind?: string }) => m.kind === 'watching' && resolve()));
    const delivered = ask(generator, { kind: 'watch', load });
    await watching;
    const before = server.cpuMs();
    await ask(writer, { kind: 'load', load: { url: server.url, ...server.credentials, ...one } });
    const patch = {
      method: 'PATCH',
      path: '/api/v1/namespaces/default/configmaps/watched',
      body: '{"data":{"n":"{i}"}}',
      contentType: 'application/merge-patch+json',
      inFlight: 8,
      count: events - 1,
    };
    await ask(writer, { kind: 'load', load: { url: server.url, ...server.credentials, ...patch } });
    const result = await delivered;
    const probe = await server.probe();
    const cpuMs = server.cpuMs() - before;
    return {
      name: `WATCH, ${watchers} watchers, events delivered`,
      rate: `${Math.round((watchers * events) / result.seconds).toLocaleString('en')}/s`,
      cpu: `${((cpuMs * 1000) / (watchers * events)).toFixed(1)} µs`,
      upstream: '17.3 µs',
      goal: '3 µs',
      stall: `${probe.stallMs.toFixed(0)} ms`,
      gc: `${probe.gcMs.toFixed(0)} ms`,
      note: 'node:http2 alone spends 4.5 to 6 µs a delivery',
    };
  } finally {
    writer.kill();
  }
}

function ask(generator: ChildProcess, message: object): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const take = (reply: LoadResult & { readonly kind?: string; readonly error?: string }) => {
      if (reply.kind === 'watching') return;
      generator.off('message', take);
      if (reply.error === undefined) resolve(reply);
      else reject(new Error(reply.error));
    };
    generator.on('message', take);
    generator.send(message);
  });
}
