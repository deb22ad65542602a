import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { makeRequest } from '../../../http/index.ts';
import { startTestServer, type TestServer } from '../../test-support/test-server.ts';

const pods = '/api/v1/namespaces/default/pods';

/** A server with a node whose kubelet is `answer`, and a Pod `a` with two containers on it. */
async function withKubelet(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  run: (server: TestServer) => Promise<void>,
): Promise<void> {
  const kubelet = createServer(answer);
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
  const { port } = kubelet.address() as AddressInfo;
  try {
    await using server = await startTestServer({ kubelet: () => ({ baseUrl: `http://127.0.0.1:${port}` }) });
    const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }], daemonEndpoints: { kubeletEndpoint: { Port: port } } };
    await server.send('POST', '/api/v1/nodes', { body: { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n1' }, status } });
    const spec = {
      nodeName: 'n1',
      containers: [
        { name: 'c', image: 'i' },
        { name: 'd', image: 'i' },
      ],
      initContainers: [{ name: 'e', image: 'i' }],
    };
    const made = await server.send('POST', pods, { body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' }, spec } });
    assert.equal(made.status, 201, made.text);
    await run(server);
  } finally {
    kubelet.closeAllConnections();
    await new Promise((resolve) => kubelet.close(resolve));
  }
}

test('logs come from the kubelet, with the parameters that it knows, as they arrive', async () => {
  let asked = '';
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    asked = request.url ?? '';
    response.write('one\n');
    setImmediate(() => response.end('two\n'));
  };
  await withKubelet(answer, async (server) => {
    const reply = await server.send('GET', `${pods}/a/log?container=c&follow=true&tailLines=10&pretty=true`);
    assert.deepEqual([reply.status, reply.text, reply.headers['content-type']], [200, 'one\ntwo\n', 'text/plain']);
    assert.equal(asked, '/containerLogs/default/a/c?follow=true&tailLines=10');
  });
});

test('what the kubelet refuses, and containers that are not there, are told', async () => {
  const answer = (_request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = 400;
    response.end('container "c" in pod "a" is waiting to start: ContainerCreating');
  };
  await withKubelet(answer, async (server) => {
    const message = async (query: string) => (await server.send('GET', `${pods}/a/log?${query}`)).json['message'];
    assert.equal(await message('container=c'), 'container "c" in pod "a" is waiting to start: ContainerCreating');
    assert.equal(await message(''), 'a container name must be specified for pod a, choose one of: [c d] or one of the init containers: [e]');
    assert.equal(
      await message('container=c&tailLines=-1'),
      'PodLogOptions "a" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    );
  });
});

test('a followed log ends with its request', async () => {
  let closed: Promise<void> | undefined;
  const answer = (_request: IncomingMessage, response: ServerResponse) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    response.write('one\n');
  };
  await withKubelet(answer, async (server) => {
    const ended = new AbortController();
    const reply = await server.server.wireHandler(makeRequest({ url: `${pods}/a/log?container=c&follow=true`, signal: ended.signal }));
    assert.ok(reply.kind === 'bytes' && !(reply.body instanceof Uint8Array));
    const chunks = reply.body[Symbol.asyncIterator]();
    assert.equal(Buffer.from((await chunks.next()).value as Uint8Array).toString(), 'one\n');
    ended.abort();
    await assert.rejects(chunks.next());
    await closed;
  });
});
