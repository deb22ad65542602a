import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { realClock } from '../../../base/index.ts';
import { encodeReply, type HttpRequest, serve, type WireReply } from '../../../http/index.ts';
import { acceptPortForward, acceptRemoteCommand, commandSuccess, dialPortForward, dialRemoteCommand } from '../../../serving/index.ts';
import { startTestServer, type TestServer } from '../../test-support/test-server.ts';

const pods = '/api/v1/namespaces/default/pods';
const clock = realClock;
const plain = { mediaType: { type: 'text/plain', parameters: {} } };

/** A kubelet that echoes: exec sends back what was asked and what came in, port-forward what comes in. */
async function kubelet(request: HttpRequest): Promise<WireReply> {
  const flag = (name: string) => request.query.get(name) === '1';
  if (request.path.startsWith('/portForward/')) {
    const forward = async ({ data, port }: { readonly data: NodeJS.ReadWriteStream; readonly port: number }) => {
      data.write(`${port} `);
      for await (const chunk of data) data.write(chunk as Buffer);
      data.end();
    };
    return encodeReply(acceptPortForward(request, { clock, forward }), plain);
  }
  const streams = { stdin: flag('input'), stdout: flag('output'), stderr: flag('error'), tty: flag('tty') };
  const reply = acceptRemoteCommand(request, {
    ...streams,
    clock,
    start: async (session) => {
      const input = session.stdin ? await text(session.stdin) : '';
      session.stdout?.write(`${request.path} ${request.query.getAll('command').join(' ')} ${input}`);
      await session.finish(commandSuccess);
    },
  });
  return encodeReply(reply, plain);
}

async function withServers(run: (url: string, server: TestServer) => Promise<void>): Promise<void> {
  const node = await serve({ handler: kubelet, listen: { port: 0 } });
  try {
    await using server = await startTestServer({ kubelet: () => ({ baseUrl: node.url }) });
    const front = await serve({ handler: server.server.wireHandler, listen: { port: 0 } });
    const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] };
    await server.send('POST', '/api/v1/nodes', { body: { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n1' }, status } });
    const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] };
    await server.send('POST', pods, { body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' }, spec } });
    try {
      await run(front.url, server);
    } finally {
      await front.close({ deadlineMs: 0 });
    }
  } finally {
    await node.close({ deadlineMs: 0 });
  }
}

test('exec goes through to the kubelet, in its words, and back', async () => {
  await withServers(async (url) => {
    const streams = { stdin: true, stdout: true, stderr: false, tty: false };
    const session = await dialRemoteCommand(`${url}${pods}/a/exec?command=ls&command=-l&stdin=true&stdout=true`, { ...streams, clock });
    session.stdin?.end('hello');
    assert.equal(await text(session.stdout!), '/exec/default/a/c ls -l hello');
    assert.equal((await session.status).status, 'Success');
  });
});

test('port-forward goes through to the kubelet and back', async () => {
  await withServers(async (url) => {
    const client = await dialPortForward(`${url}${pods}/a/portforward`, { clock });
    const { data } = client.open(8080);
    data.end('ping');
    assert.equal(await text(data), '8080 ping');
    client.close();
  });
});

test('who may only read may not exec over a WebSocket, and a Pod that is not there is 404', async () => {
  await withServers(async (url) => {
    const streams = { stdin: false, stdout: true, stderr: false, tty: false };
    await assert.rejects(dialRemoteCommand(`${url}${pods}/nosuch/exec?command=ls&stdout=true`, { ...streams, clock }), /404/);
    const headers = { authorization: 'Bearer nobody' };
    await assert.rejects(dialRemoteCommand(`${url}${pods}/a/exec?command=ls&stdout=true`, { ...streams, clock, headers }), /403/);
  });
});
