import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type handleServerStreamingCall, type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { FakeClock, realClock, silentLogger } from '../base/index.ts';
import type { MessageValue } from './codec.ts';
import { CriError, isCriError } from './error.ts';
import { type RuntimeEvent, watchRuntimeEvents } from './events.ts';
import { runtimeCodec } from './grpc.ts';
import { connectRuntime } from './runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubets-grpc-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let sockets = 0;
const nextSocket = () => join(folder, `${sockets++}.sock`);

type Unary = handleUnaryCall<MessageValue, MessageValue>;
type Streaming = handleServerStreamingCall<MessageValue, MessageValue>;

const definition = (path: string, request: string, response: string, responseStream: boolean) => ({
  path,
  requestStream: false,
  responseStream,
  requestSerialize: (v: MessageValue) => Buffer.from(runtimeCodec().encode(request, v)),
  requestDeserialize: (b: Buffer) => runtimeCodec().decode(request, b),
  responseSerialize: (v: MessageValue) => Buffer.from(runtimeCodec().encode(response, v)),
  responseDeserialize: (b: Buffer) => runtimeCodec().decode(response, b),
});

/** Serves some calls of a runtime on a socket. */
async function serve(socket: string, unary: Readonly<Record<string, Unary>>, subscribe?: Streaming): Promise<Server> {
  const server = new Server();
  const names = Object.keys(unary);
  server.addService(
    Object.fromEntries(
      names.map((n) => [n, definition(`/runtime.v1.RuntimeService/${n}`, `runtime.v1.${n}Request`, `runtime.v1.${n}Response`, false)]),
    ),
    unary,
  );
  if (subscribe) {
    const events = 'containerd.services.events.v1';
    const subscription = definition(`/${events}.Events/Subscribe`, `${events}.SubscribeRequest`, `${events}.Envelope`, true);
    server.addService({ Subscribe: subscription }, { Subscribe: subscribe });
  }
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (e) => (e ? reject(e) : resolve()));
  });
  return server;
}

test('errors carry the code and the text of the runtime', async () => {
  const socket = nextSocket();
  const server = await serve(socket, {
    StartContainer: (_call, done) => done({ code: status.NOT_FOUND, details: 'no container "x"' }),
  });
  const runtime = connectRuntime({ endpoint: `unix://${socket}`, clock: realClock });
  const error = await runtime.startContainer('x').catch((e: unknown) => e);
  assert.ok(isCriError(error, 'NOT_FOUND'));
  assert.deepEqual(
    [error.message, error.method, String(error)],
    ['no container "x"', 'StartContainer', 'rpc error: code = NotFound desc = no container "x"'],
  );
  assert.ok(isCriError(await runtime.version().catch((e: unknown) => e), 'UNIMPLEMENTED'));
  runtime.close();
  server.forceShutdown();
});

test('a call that takes too long ends with DEADLINE_EXCEEDED, execs after their own time-out and a margin', async () => {
  const socket = nextSocket();
  const clock = new FakeClock();
  let arrived = 0;
  const server = await serve(socket, { ExecSync: () => void arrived++, Version: () => void arrived++ });
  const runtime = connectRuntime({ endpoint: `unix://${socket}`, clock, timeoutMs: 5_000 });
  const outcomes: string[] = [];
  const note = (name: string) => (e: unknown) => void outcomes.push(`${name} ${(e as CriError).code}`);
  const calls = [runtime.version().catch(note('version')), runtime.execSync('x', ['true'], 10).catch(note('exec'))];
  while (arrived < 2) await new Promise((r) => setImmediate(r));
  await clock.advance(5_000);
  await calls[0];
  assert.deepEqual(outcomes, ['version DEADLINE_EXCEEDED']);
  await clock.advance(35_000);
  await calls[1];
  assert.deepEqual(outcomes, ['version DEADLINE_EXCEEDED', 'exec DEADLINE_EXCEEDED']);
  assert.equal(clock.pendingTimers, 0);
  runtime.close();
  server.forceShutdown();
});

test('the first UNAVAILABLE is asked again when that is safe', async () => {
  const socket = nextSocket();
  let asked = 0;
  const refuse: Unary = (_call, done) => (++asked === 1 ? done({ code: status.UNAVAILABLE, details: 'going away' }) : done(null, {}));
  const server = await serve(socket, { StopPodSandbox: refuse, CreateContainer: refuse });
  const runtime = connectRuntime({ endpoint: `unix://${socket}`, clock: realClock });
  await runtime.stopPodSandbox('x');
  assert.equal(asked, 2);
  asked = 0;
  await assert.rejects(runtime.createContainer('x', { metadata: { name: 'c', attempt: 0 }, image: { image: 'i' } }, sandboxConfig), (e) =>
    isCriError(e, 'UNAVAILABLE'),
  );
  assert.equal(asked, 1);
  runtime.close();
  await assert.rejects(runtime.stopPodSandbox('x'), (e) => isCriError(e, 'CANCELLED'));
  server.forceShutdown();
});
const sandboxConfig = { metadata: { name: 'p', uid: 'u', namespace: 'n', attempt: 0 } };

test('events come from containerd where CRI has none, without those of execs, and a reader may leave', { timeout: 10_000 }, async () => {
  const socket = nextSocket();
  const event = (name: string, value: MessageValue) => ({
    event: { typeUrl: `containerd.events.${name}`, value: runtimeCodec().encode(`containerd.events.${name}`, value) },
  });
  let filters: unknown;
  let cancelled = false;
  const server = await serve(socket, { Version: (_call, done) => done(null, {}) }, (call) => {
    filters = call.request['filters'];
    call.on('cancelled', () => (cancelled = true));
    call.write(event('TaskStart', { containerId: 'a' }));
    call.write(event('TaskExit', { containerId: 'a', id: 'exec' }));
    call.write(event('TaskOOM', { containerId: 'a' }));
    call.write(event('TaskExit', { containerId: 'a', id: 'a' }));
    call.write(event('TaskDelete', { containerId: 'a', id: 'a' }));
  });
  const { signal } = new AbortController();
  const events: RuntimeEvent[] = [];
  for await (const e of watchRuntimeEvents({ endpoint: `unix://${socket}`, signal, clock: realClock, logger: silentLogger })) {
    events.push(e);
    if (e.type === 'deleted') break;
  }
  assert.deepEqual(
    events.map((e) => e.type),
    ['reconnected', 'started', 'oom', 'exited', 'deleted'],
  );
  assert.deepEqual(filters, ['namespace==k8s.io,topic~="^/tasks/(start|exit|oom|delete)"']);
  while (!cancelled) await new Promise((r) => setImmediate(r));
  server.forceShutdown();
});
