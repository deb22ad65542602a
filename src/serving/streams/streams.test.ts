import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer, connect as connectTcp, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { realClock } from '../../base/index.ts';
import {
  type HttpRequest,
  type Reply,
  serve,
  type ServerHandle,
  SpdyConnection,
  type SpdyStream,
  UpgradeRefused,
  upgradeTo,
  type WireReply,
} from '../../http/index.ts';
import {
  acceptPortForward,
  acceptRemoteCommand,
  commandSuccess,
  dialPortForward,
  dialRemoteCommand,
  exitStatus,
  parsePorts,
  proxyPortForward,
  proxyRemoteCommand,
  type RemoteCommandServerSession,
  type TerminalSize,
} from '../index.ts';
import { readAll } from './dial-remote-command.ts';
import { copy } from './splice-remote-command.ts';

const options = { clock: realClock };
const wanted = (query: URLSearchParams) => ({
  stdin: query.get('stdin') === 'true',
  stdout: query.get('stdout') === 'true',
  stderr: query.get('stderr') === 'true',
  tty: query.get('tty') === 'true',
});

/** A command at the end of the line: it echoes stdin, then says what its name asks for. */
async function command(name: string, session: RemoteCommandServerSession): Promise<void> {
  const { stdin, stdout, stderr } = session;
  switch (name) {
    case 'cat':
      await copy(stdin, stdout);
      return session.finish(commandSuccess);
    case 'fail': {
      const input = await readAll(stdin!, 1000);
      stdout?.write(`got ${input.toString()}`);
      stderr?.write('err\n');
      return session.finish(exitStatus(3));
    }
    case 'flood':
      for (let i = 0; i < 200; i++) if (!stdout!.write(Buffer.alloc(32 * 1024, 'x'))) await once(stdout!, 'drain');
      return session.finish(commandSuccess);
    case 'sizes': {
      const seen: TerminalSize[] = [];
      for await (const size of session.sizes!) {
        seen.push(size);
        stdout?.write(`${size.width}x${size.height}\n`);
        if (size.width === 2) break;
      }
      return session.finish(commandSuccess);
    }
    case 'wait':
      await once(session.signal, 'abort');
      runtime.aborted++;
      return;
    default:
      throw new Error(`error executing command in container: ${name} not found`);
  }
}

const runtime = { aborted: 0 };
let echoPort = 0;
const echo = createTcpServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket));

/** The container runtime: SPDY only, as containerd. */
async function runtimeHandler(request: HttpRequest): Promise<Reply> {
  if (request.path === '/portforward') {
    return acceptPortForward(request, {
      ...options,
      async forward({ port, data }) {
        const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
        await once(socket, 'connect').catch(() => {
          throw new Error(`failed to connect to localhost:${port} inside namespace`);
        });
        const done = copy(socket, data);
        void copy(data, socket).then(() => socket.end());
        await done;
      },
    });
  }
  return acceptRemoteCommand(request, {
    ...options,
    ...wanted(request.query),
    start: (session) => command(request.query.get('command') ?? '', session),
  });
}

/** The API server or the kubelet in front of it. */
async function proxyHandler(request: HttpRequest): Promise<Reply> {
  const next = request.path.startsWith('/two') ? proxy.url : cri.url;
  const path = request.path.replace('/two', '');
  const url = `${next}${path}?${request.query.toString()}`;
  if (path === '/portforward') {
    return proxyPortForward(request, { ...options, ports: parsePorts(request.query), dial: () => dialPortForward(url, options) });
  }
  const streams = wanted(request.query);
  if (path === '/nowhere')
    return proxyRemoteCommand(request, { ...options, ...streams, dial: () => dialRemoteCommand('http://127.0.0.1:1/', { ...options, ...streams }) });
  return proxyRemoteCommand(request, { ...options, ...streams, dial: () => dialRemoteCommand(url, { ...options, ...streams }) });
}

const onWire =
  (handler: (request: HttpRequest) => Promise<Reply>) =>
  async (request: HttpRequest): Promise<WireReply> => {
    try {
      const reply = await handler(request);
      if (reply.kind === 'upgrade') return reply;
      assert.ok(reply.kind === 'raw');
      return { kind: 'bytes', status: reply.status, headers: { 'content-type': reply.contentType, ...reply.headers }, body: reply.body };
    } catch (error) {
      const status = (error as { code?: unknown }).code;
      return { kind: 'bytes', status: typeof status === 'number' ? status : 500, headers: {}, body: Buffer.from(String((error as Error).message)) };
    }
  };

let cri: ServerHandle;
let proxy: ServerHandle;

before(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  echoPort = (echo.address() as AddressInfo).port;
  cri = await serve({ handler: onWire(runtimeHandler), listen: { port: 0 } });
  proxy = await serve({ handler: onWire(proxyHandler), listen: { port: 0 } });
});

after(async () => {
  await proxy.close({ deadlineMs: 100 });
  await cri.close({ deadlineMs: 100 });
  echo.close();
});

interface Talk {
  readonly messages: Buffer[];
  readonly code: number;
  readonly protocol: string;
  readonly text: boolean;
}

/** Runs a WebSocket to its end. */
function talk(path: string, protocols: string[], onOpen: (socket: WebSocket) => void): Promise<Talk> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}${path}`, protocols, { perMessageDeflate: false });
    const messages: Buffer[] = [];
    let text = false;
    socket.on('open', () => onOpen(socket));
    socket.on('message', (data: Buffer, isBinary) => {
      messages.push(data);
      text = !isBinary;
      if (data.toString().startsWith('\x01ready')) onOpen(socket);
    });
    socket.on('close', (code) => resolve({ messages, code, protocol: socket.protocol, text }));
    socket.on('error', reject);
  });
}

const exec = (name: string, flags = 'stdin=true&stdout=true&stderr=true', path = '/exec') => `${path}?command=${name}&${flags}`;
const of = (messages: readonly Buffer[], channel: number) =>
  Buffer.concat(messages.filter((m) => m[0] === channel).map((m) => m.subarray(1))).toString();

for (const hops of ['/exec', '/two/exec']) {
  test(`v5: output, half-close and exit code come through (${hops})`, async () => {
    const { messages, code, protocol } = await talk(exec('fail', undefined, hops), ['v5.channel.k8s.io'], (socket) => {
      socket.send(Buffer.from('\0abc'));
      socket.send(Buffer.from([0]));
      socket.send(Buffer.from([255, 0]));
    });
    assert.equal(protocol, 'v5.channel.k8s.io');
    assert.deepEqual(messages[0], Buffer.from([1]));
    assert.equal(of(messages, 1), 'got abc');
    assert.equal(of(messages, 2), 'err\n');
    assert.equal(
      of(messages, 3),
      '{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit code 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}',
    );
    assert.equal(messages.at(-1)?.[0], 3);
    assert.equal(code, 1000);
  });
}

test('success is told as such', async () => {
  const { messages } = await talk(exec('cat'), ['v5.channel.k8s.io'], (socket) => {
    socket.send('\0text frames are taken too');
    socket.send(Buffer.from([255, 0]));
  });
  assert.equal(of(messages, 1), 'text frames are taken too');
  assert.equal(of(messages, 3), '{"metadata":{},"status":"Success"}');
});

test('a failure to reach the next hop is told after the 101', async () => {
  const { messages, code } = await talk(exec('cat', undefined, '/nowhere'), ['v5.channel.k8s.io'], () => {});
  assert.match(of(messages, 3), /"message":"Internal error occurred: .*ECONNREFUSED.*","reason":"InternalError".*"code":500/);
  assert.equal(code, 1000);
});

test('an error in the runtime is passed on as it is', async () => {
  const { messages } = await talk(exec('nosuch'), ['v4.channel.k8s.io'], () => {});
  assert.match(of(messages, 3), /"Internal error occurred: error executing command in container: nosuch not found"/);
});

test('the first protocol of the list that is known is chosen', async () => {
  const cases: [string[], string][] = [
    [['v3.channel.k8s.io', 'v2.channel.k8s.io', 'v4.channel.k8s.io', 'v5.channel.k8s.io'], 'v4.channel.k8s.io'],
    [['v5.channel.k8s.io', 'v4.channel.k8s.io'], 'v5.channel.k8s.io'],
    [['channel.k8s.io'], 'channel.k8s.io'],
  ];
  for (const [list, expected] of cases) assert.equal((await talk(exec('flood', 'stdout=true'), list, () => {})).protocol, expected);
  await assert.rejects(
    talk(exec('cat'), ['v9.channel.k8s.io'], () => {}),
    /403/,
  );
});

test('base64 protocols speak text frames', async () => {
  const { messages, text } = await talk(exec('flood', 'stdout=true'), ['v4.base64.channel.k8s.io'], () => {});
  assert.equal(text, true);
  assert.equal(messages[0]!.toString(), '1');
  const sent = messages.filter((m) => m[0] === 0x31).map((m) => Buffer.from(m.subarray(1).toString(), 'base64'));
  assert.equal(Buffer.concat(sent).length, 200 * 32 * 1024);
  assert.equal(Buffer.from(messages.at(-1)!.subarray(1).toString(), 'base64').toString(), '{"metadata":{},"status":"Success"}');
});

test('the nameless protocol tells failures in text', async () => {
  const { messages, code } = await talk(exec('nosuch', 'stdout=true'), [], () => {});
  assert.equal(of(messages, 3), 'Internal error occurred: error executing command in container: nosuch not found');
  assert.equal(code, 1000);
});

test('sizes reach the terminal', async () => {
  const { messages } = await talk(exec('sizes', 'stdin=true&stdout=true&tty=true'), ['v5.channel.k8s.io'], (socket) => {
    socket.send('\x04{"Width":0,"Height":0}{"Wid');
    socket.send('\x04th":2,"Height":40}\n');
  });
  assert.equal(of(messages, 1), '2x40\n');
});

test('a command is left when its client goes', async () => {
  const before = runtime.aborted;
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}${exec('wait')}`, ['v5.channel.k8s.io']);
  await once(socket, 'message');
  await realClock.sleep(20);
  socket.terminate();
  for (let i = 0; i < 200 && runtime.aborted === before; i++) await realClock.sleep(5);
  assert.equal(runtime.aborted, before + 1);
});

test('SPDY clients are served over two hops, byte for byte', async () => {
  const session = await dialRemoteCommand(`${proxy.url}${exec('cat', undefined, '/two/exec')}`, {
    ...options,
    stdin: true,
    stdout: true,
    stderr: true,
    tty: false,
  });
  assert.equal(session.protocol, 'v5.channel.k8s.io');
  const sent = Buffer.alloc(3_000_000, 'kubets ');
  const received = readAll(session.stdout!, sent.length + 1);
  session.stderr!.resume();
  session.stdin!.end(sent);
  assert.ok((await received).equals(sent));
  assert.deepEqual(await session.status, { metadata: {}, status: 'Success' });
  session.close();
});

test('a SPDY client gets a true error when the next hop cannot be reached', async () => {
  const dialing = dialRemoteCommand(`${proxy.url}/nowhere?stdout=true`, { ...options, stdin: false, stdout: true, stderr: false, tty: false });
  await assert.rejects(dialing, (error) => error instanceof UpgradeRefused && error.status === 500 && /ECONNREFUSED/.test(error.body));
});

test('a SPDY client with no known protocol is refused', async () => {
  const headers = { 'X-Stream-Protocol-Version': ['v9', 'v8'] };
  const refused = upgradeTo(`${cri.url}/exec`, { protocol: 'SPDY/3.1', headers });
  await assert.rejects(refused, (error) => error instanceof UpgradeRefused && error.status === 403);
});

test('a runtime that resets its streams after the status, as containerd does, is understood', async () => {
  const accept = (socket: Duplex) => {
    const streams: Record<string, SpdyStream> = {};
    const connection = new SpdyConnection({
      role: 'server',
      socket,
      onStream: (stream) => {
        stream.reply();
        stream.resume();
        streams[stream.header('streamtype')!] = stream;
        if (Object.keys(streams).length < 3) return;
        streams['stdout']!.end('out');
        streams['stderr']!.end();
        streams['error']!.write(
          '{"metadata":{},"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
        );
        streams['error']!.reset(5);
        connection.close();
      },
    });
  };
  const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' };
  const server = await serve({ listen: { port: 0 }, handler: () => Promise.resolve({ kind: 'upgrade', status: 101, headers, accept }) });
  const session = await dialRemoteCommand(server.url, { ...options, stdin: false, stdout: true, stderr: true, tty: false });
  session.stderr!.resume();
  assert.equal((await readAll(session.stdout!, 100)).toString(), 'out');
  assert.equal((await session.status).details?.causes?.[0]?.message, '7');
  await server.close({ deadlineMs: 50 });
});

test('a connection that breaks before the status is no success', async () => {
  const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' };
  const accept = (socket: Duplex) => void setTimeout(() => socket.destroy(), 20);
  const server = await serve({ listen: { port: 0 }, handler: () => Promise.resolve({ kind: 'upgrade', status: 101, headers, accept }) });
  const session = await dialRemoteCommand(server.url, { ...options, stdin: false, stdout: true, stderr: false, tty: false });
  session.stdout!.resume();
  assert.equal((await session.status).reason, 'InternalError');
  await server.close({ deadlineMs: 50 });
});

test('who makes no streams in time is cut off', async () => {
  const server = await serve({
    listen: { port: 0 },
    handler: (request) =>
      Promise.resolve(
        acceptRemoteCommand(request, {
          ...options,
          times: { creationMs: 30 },
          stdin: false,
          stdout: true,
          stderr: false,
          tty: false,
          start: () => Promise.resolve(),
        }) as WireReply,
      ),
  });
  const { socket } = await upgradeTo(server.url, { protocol: 'SPDY/3.1' });
  socket.resume();
  await once(socket, 'close');
  await server.close({ deadlineMs: 50 });
});

test('ports are forwarded over SPDY, many connections on one, with half-close', async () => {
  const client = await dialPortForward(`${proxy.url}/two/portforward`, options);
  const send = async (text: string) => {
    const { data, error } = client.open(echoPort);
    data.end(text);
    const [echoed, told] = await Promise.all([readAll(data, 2_000_000), readAll(error, 1000)]);
    assert.equal(told.length, 0);
    return echoed.toString();
  };
  const texts = ['one', 'two', 'x'.repeat(1_000_000)];
  assert.deepEqual(await Promise.all(texts.map(send)), texts);
  client.close();
  await client.closed;
});

test('a refused port is told on the error stream, and the connection stays', async () => {
  const client = await dialPortForward(`${proxy.url}/portforward`, options);
  const { data, error } = client.open(1);
  data.resume();
  assert.match((await readAll(error, 1000)).toString(), /failed to connect to localhost:1 /);
  const again = client.open(echoPort);
  again.data.end('still here');
  again.error.resume();
  assert.equal((await readAll(again.data, 100)).toString(), 'still here');
  client.close();
});

/** kubectl's end of a tunnel: masked messages of a few bytes each, empty ones between; what comes is unwrapped. */
function tunnelOver(socket: Duplex, closes: number[]): Duplex {
  let pending = Buffer.alloc(0);
  const message = (opcode: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | bytes.length, 1, 2, 3, 4), bytes.map((b, i) => b ^ ((i & 3) + 1))]);
  const tunnel: Duplex = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      for (let at = 0; at < bytes.length; at += 7) socket.write(Buffer.concat([message(2, bytes.subarray(at, at + 7)), message(2, Buffer.alloc(0))]));
      done();
    },
    final(done) {
      socket.write(message(8, Buffer.of(3, 232)));
      done();
    },
  });
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2) {
      const long = pending[1] === 126;
      if (long && pending.length < 4) return;
      const start = long ? 4 : 2;
      const end = start + (long ? pending.readUInt16BE(2) : pending[1]!);
      if (pending.length < end) return;
      if (pending[0] === 0x82) tunnel.push(pending.subarray(start, end));
      if (pending[0] === 0x88) closes.push(pending.readUInt16BE(start));
      pending = pending.subarray(end);
    }
  });
  return tunnel;
}

test('kubectl port-forward: SPDY tunnelled through WebSocket messages of any size', async () => {
  const protocol = 'SPDY/3.1+portforward.k8s.io';
  const { socket, headers } = await upgradeTo(`${proxy.url}/portforward`, {
    protocol: 'websocket',
    method: 'GET',
    headers: { 'Sec-WebSocket-Key': 'UJXmXiJu13Tjhwfx/SqQWw==', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': protocol },
  });
  assert.equal(headers['sec-websocket-protocol'], protocol);
  const closes: number[] = [];
  const connection = new SpdyConnection({ role: 'client', socket: tunnelOver(socket, closes) });
  const names = (type: string) =>
    new Map([
      ['streamtype', [type]],
      ['port', [String(echoPort)]],
      ['requestid', ['0']],
    ]);
  const error = connection.open(names('error'));
  error.end();
  const data = connection.open(names('data'));
  data.end('through the tunnel');
  const [echoed, told] = await Promise.all([readAll(data, 100), readAll(error, 100)]);
  assert.equal(echoed.toString(), 'through the tunnel');
  assert.equal(told.length, 0);
  connection.close();
  await once(socket, 'close');
  assert.deepEqual(closes, [1000]);
});

test('the Python and Node clients forward over channels, each beginning with its port', async () => {
  const path = `/portforward?ports=${echoPort}&ports=1`;
  const { messages, protocol } = await talk(path, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], (socket) => {
    socket.send(Buffer.from('\0ping'));
    setTimeout(() => socket.close(), 150);
  });
  assert.equal(protocol, 'v4.channel.k8s.io');
  const little = (port: number) => Buffer.of(port & 0xff, port >> 8).toString();
  assert.equal(of(messages, 0), `${little(echoPort)}ping`);
  assert.equal(of(messages, 1), little(echoPort));
  assert.match(of(messages, 3), /failed to connect to localhost:1 /);
});

test('what is no upgrade is refused', async () => {
  const response = await fetch(`${proxy.url}${exec('cat')}`);
  assert.equal(response.status, 400);
  assert.equal(await response.text(), 'Upgrade request required');
});
