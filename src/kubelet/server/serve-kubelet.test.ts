import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { ClusterRole, ClusterRoleBinding, Pod, ServiceAccount, TokenRequest } from '../../api/index.ts';
import { realClock, silentLogger } from '../../base/index.ts';
import { CriError, type ContainerStats, type StreamsWanted } from '../../cri/index.ts';
import { encodeReply, serve, type ServerHandle } from '../../http/index.ts';
import { clientUsages, createAuthority, issueCertificate, serverUsages } from '../../pki/index.ts';
import {
  acceptPortForward,
  acceptRemoteCommand,
  commandSuccess,
  dialPortForward,
  dialRemoteCommand,
  type CommandStreams,
} from '../../serving/index.ts';
import { startCluster, type TestCluster } from '../../testing/index.ts';
import { delegatedAuthenticator, delegatedAuthorizer, serveKubelet } from './index.ts';

const authority = createAuthority({ commonName: 'ca', clock: realClock });
const issue = (commonName: string, organizations: readonly string[], usages = clientUsages) => {
  const template = { subject: { commonName, organizations }, usages, validityMs: 3_600_000, ipAddresses: ['127.0.0.1'] };
  const made = issueCertificate(authority, template, realClock);
  return { cert: made.certificatePem, key: made.keyPem, ca: authority.certificatePem };
};
const admin = issue('admin', ['system:masters']);
const nobody = issue('nobody', []);
const watcher = issue('watcher', []);
const stranger = (() => {
  const other = createAuthority({ commonName: 'other', clock: realClock });
  const made = issueCertificate(
    other,
    { subject: { commonName: 'admin', organizations: ['system:masters'] }, usages: clientUsages, validityMs: 3_600_000 },
    realClock,
  );
  return { cert: made.certificatePem, key: made.keyPem, ca: authority.certificatePem };
})();

const pod: Pod = {
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'main' }, { name: 'slow' }, { name: 'term', tty: true }] },
  status: {
    startTime: '2026-01-01T00:00:00Z',
    containerStatuses: [
      {
        name: 'main',
        containerID: 'containerd://c1',
        state: { running: { startedAt: '2026-01-01T00:00:01Z' } },
        image: '',
        imageID: '',
        ready: true,
        restartCount: 0,
      },
      { name: 'slow', state: { waiting: { reason: 'ContainerCreating' } }, image: '', imageID: '', ready: false, restartCount: 0 },
      { name: 'term', containerID: 'containerd://c3', state: { running: {} }, image: '', imageID: '', ready: true, restartCount: 0 },
    ],
  },
};

interface Answer {
  readonly status: number;
  readonly body: string;
}

describe('the server of the kubelet', () => {
  let cluster: TestCluster;
  let folder: string;
  let streaming: ServerHandle;
  let server: ServerHandle;
  const asked: { id: string; command: readonly string[]; streams: StreamsWanted }[] = [];
  let running = true;

  before(async () => {
    cluster = await startCluster({ listen: false, controllers: false });
    folder = await mkdtemp(join(tmpdir(), 'kubelet-server-'));
    await writeFile(join(folder, '0.log'), '2026-01-01T00:00:01Z stdout F hello\n2026-01-01T00:00:02Z stderr F world\n');
    streaming = await serve({
      listen: { port: 0 },
      handler: async (request) => encodeReply(stream(request), { mediaType: { type: 'text/plain', parameters: {} } }),
    });
    const serving = issue('system:node:n1', ['system:nodes'], serverUsages);
    // As the node itself: its rights suffice to ask.
    const client = cluster.clientFor({ name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] });
    server = await serveKubelet({
      nodeName: 'n1',
      listen: { host: '127.0.0.1', port: 0 },
      tls: { key: serving.key, cert: serving.cert, clientCa: authority.certificatePem },
      authenticator: delegatedAuthenticator(client, { clock: realClock }),
      authorizer: delegatedAuthorizer(client, { clock: realClock }),
      pods: {
        list: () => [pod],
        find: (namespace, name) => (namespace === 'default' && name === 'web' ? pod : undefined),
        sandboxId: () => 's1',
      },
      runtime: {
        containerStatus: async () => ({
          status: { logPath: join(folder, '0.log'), state: running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED' } as never,
          info: {},
        }),
        async exec(id, command, streams) {
          if (command[0] === 'refuse') throw new CriError('NOT_FOUND', 'container is gone', { method: 'Exec' });
          asked.push({ id, command, streams });
          return `${streaming.url}/exec`;
        },
        async attach(id, streams) {
          asked.push({ id, command: [], streams });
          return `${streaming.url}/exec`;
        },
        portForward: async () => `${streaming.url}/portforward`,
        execSync: async (_id, command) => ({ stdout: Buffer.from(command.join('+')), stderr: new Uint8Array(0), exitCode: 0 }),
        listContainerStats: async () => [stats],
      },
      clock: realClock,
      logger: silentLogger,
    });
  });
  after(async () => {
    await server.close({ deadlineMs: 0 });
    await streaming.close({ deadlineMs: 0 });
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** The runtime's side of a stream: cat. */
  function stream(request: Parameters<typeof acceptRemoteCommand>[0]) {
    if (request.path === '/portforward') {
      return acceptPortForward(request, {
        clock: realClock,
        async forward({ port, data }) {
          data.write(`port ${port} `);
          for await (const chunk of data) data.write(chunk);
          data.end();
        },
      });
    }
    const { streams } = asked.at(-1)!;
    return acceptRemoteCommand(request, {
      ...streams,
      clock: realClock,
      async start({ stdin, stdout, finish }) {
        if (stdin) for await (const chunk of stdin) stdout?.write(chunk);
        else stdout?.write('no stdin');
        await finish(commandSuccess);
      },
    });
  }

  const stats: ContainerStats = {
    attributes: { id: 'c1', labels: { 'io.kubernetes.pod.uid': 'u1', 'io.kubernetes.container.name': 'main' }, annotations: {} },
    cpu: { timestamp: 1_767_225_600_000_000_000n, usageCoreNanoSeconds: { value: 1_500_000_000 } },
    memory: { timestamp: 1_767_225_600_000_000_000n, workingSetBytes: { value: 4096 } },
  };

  async function call(path: string, options: { readonly as?: object; readonly method?: string; readonly token?: string } = {}): Promise<Answer> {
    const { as = admin, method = 'GET', token } = options;
    const request = httpsRequest(new URL(path, server.url), {
      agent: false,
      method,
      ca: authority.certificatePem,
      ...as,
      ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
    });
    request.end();
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  const answers: { readonly path: string; readonly status: number; readonly body: string; readonly method?: string }[] = [
    { path: '/healthz', status: 200, body: 'ok' },
    { path: '/containerLogs/default/web/main', status: 200, body: 'hello\nworld\n' },
    { path: '/containerLogs/default/web/main?tailLines=1&timestamps=true', status: 200, body: '2026-01-01T00:00:02.000000000Z world\n' },
    { path: '/containerLogs/default/web/main?sinceTime=2026-01-01T00:00:02Z', status: 200, body: 'world\n' },
    { path: '/containerLogs/default/web/main?tailLines=x', status: 400, body: '{"message":"Unable to decode query."}' },
    { path: '/containerLogs/default/web/main?limitBytes=0', status: 422, body: '{"message":"Invalid request."}' },
    { path: '/containerLogs/default/web/slow', status: 400, body: 'container "slow" in pod "web" is waiting to start: ContainerCreating' },
    { path: '/containerLogs/default/web/main?previous=true', status: 400, body: 'previous terminated container "main" in pod "web" not found' },
    { path: '/containerLogs/default/web/none', status: 404, body: 'container "none" not found in pod "web"\n' },
    { path: '/containerLogs/default/none/main', status: 404, body: 'pod "none" does not exist\n' },
    { path: '/containerLogs/default/web/main', method: 'POST', status: 405, body: '405: Method Not Allowed' },
    { path: '/exec/default/none/main?command=a&output=1', method: 'POST', status: 404, body: 'pod does not exist\n' },
    { path: '/exec/default/web/other-uid/main?command=a&output=1', method: 'POST', status: 404, body: 'pod does not exist\n' },
    { path: '/exec/default/web/slow?command=a&output=1', method: 'POST', status: 500, body: 'container not found ("slow")\n' },
    { path: '/exec/default/web/main?command=a', method: 'POST', status: 400, body: 'you must specify at least 1 of stdin, stdout, stderr\n' },
    { path: '/run/default/web/main?cmd=a+b', method: 'POST', status: 200, body: 'a+b' },
    { path: '/constructor', status: 404, body: '404 page not found\n' },
    { path: '/exec', status: 404, body: '404 page not found\n' },
    { path: '/%zz', status: 404, body: '404 page not found\n' },
  ];
  for (const { path, method = 'GET', status, body } of answers)
    it(`answers ${method} ${path} with ${status}`, async () => {
      assert.deepEqual(await call(path, { method }), { status, body });
    });

  it('lists its pods', async () => {
    const list = JSON.parse((await call('/pods')).body) as { kind: string; items: Pod[] };
    assert.equal(list.kind, 'PodList');
    assert.deepEqual(list.items, [pod]);
  });

  it('tells what is used', async () => {
    const metrics = (await call('/metrics/resource')).body;
    assert.match(metrics, /^container_cpu_usage_seconds_total\{container="main",namespace="default",pod="web"\} 1\.5 1767225600000$/m);
    assert.match(metrics, /^pod_memory_working_set_bytes\{namespace="default",pod="web"\} 4096 1767225600000$/m);
    assert.match(metrics, /^container_start_time_seconds\{container="main",namespace="default",pod="web"\} 1767225601$/m);
    assert.match(metrics, /^node_memory_working_set_bytes [1-9]\d+ \d+$/m);
    const summary = JSON.parse((await call('/stats/summary')).body) as {
      node: { nodeName: string };
      pods: { containers: { memory: { workingSetBytes: number } }[] }[];
    };
    assert.equal(summary.node.nodeName, 'n1');
    assert.equal(summary.pods[0]?.containers[0]?.memory.workingSetBytes, 4096);
  });

  it('follows a log until its container has ended', async () => {
    running = true;
    const reply = call('/containerLogs/default/web/main?follow=true');
    await writeFile(join(folder, '0.log'), '2026-01-01T00:00:03Z stdout F !\n', { flag: 'a' });
    running = false;
    assert.deepEqual(await reply, { status: 200, body: 'hello\nworld\n!\n' });
    running = true;
  });

  it('knows no one without credentials, or by a certificate of others', async () => {
    assert.deepEqual(await call('/healthz', { as: {} }), { status: 401, body: 'Unauthorized' });
    assert.deepEqual(await call('/healthz', { as: stranger }), { status: 401, body: 'Unauthorized' });
    assert.deepEqual(await call('/healthz', { as: {}, token: 'wrong' }), { status: 401, body: 'Unauthorized' });
  });

  it('asks the API server who may do what', async () => {
    assert.deepEqual(await call('/exec/default/web/main?command=a&output=1', { as: nobody, method: 'POST' }), {
      status: 403,
      body: 'Forbidden (user=nobody, verb=create, resource=nodes, subresource(s)=[proxy])',
    });
    assert.equal((await call('/healthz', { as: nobody })).body, 'Forbidden (user=nobody, verb=get, resource=nodes, subresource(s)=[healthz proxy])');
    const apiGroup = 'rbac.authorization.k8s.io';
    await cluster.client.resource<ClusterRole>('clusterroles').create({
      metadata: { name: 'watcher' },
      rules: [{ apiGroups: [''], resources: ['nodes/healthz', 'nodes/metrics'], verbs: ['get'] }],
    });
    await cluster.client.resource<ClusterRoleBinding>('clusterrolebindings').create({
      metadata: { name: 'watcher' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'watcher' },
      subjects: [
        { kind: 'User', apiGroup, name: 'watcher' },
        { kind: 'ServiceAccount', namespace: 'default', name: 'watcher' },
      ],
    });
    assert.equal((await call('/healthz', { as: watcher })).status, 200);
    assert.equal((await call('/metrics/resource', { as: watcher })).status, 200);
    assert.equal((await call('/pods', { as: watcher })).status, 403);
    const metadata = { name: 'watcher', namespace: 'default' };
    await cluster.client.resource<ServiceAccount>('serviceaccounts').create({ metadata });
    const made = await cluster.client
      .resource<ServiceAccount>('serviceaccounts')
      .createSubresource<TokenRequest>(metadata, 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
    const token = made.status?.token ?? '';
    assert.equal((await call('/healthz', { as: {}, token })).status, 200);
    assert.equal((await call('/pods', { as: {}, token })).status, 403);
  });

  const tls = { ca: admin.ca, cert: admin.cert, key: admin.key };
  const command = (path: string, streams: CommandStreams) => dialRemoteCommand(`${server.url}${path}`, { ...streams, clock: realClock, tls });

  it('passes a command through to the runtime', async () => {
    const streams = { stdin: true, stdout: true, stderr: true, tty: false };
    const session = await command('/exec/default/web/main?command=cat&command=-&input=1&output=1&error=1', streams);
    session.stdin!.end('all of it');
    assert.equal(await text(session.stdout!), 'all of it');
    assert.equal((await session.status).status, 'Success');
    assert.deepEqual(asked.at(-1), { id: 'c1', command: ['cat', '-'], streams });
  });

  it("attaches with the container's own terminal", async () => {
    const streams = { stdin: false, stdout: true, stderr: false, tty: true };
    const session = await command('/attach/default/web/term?output=1&error=1', streams);
    assert.equal(await text(session.stdout!), 'no stdin');
    assert.deepEqual(asked.at(-1), { id: 'c3', command: [], streams });
  });

  it("tells the runtime's refusal as an HTTP status", async () => {
    await assert.rejects(
      command('/exec/default/web/main?command=refuse&output=1', { stdin: false, stdout: true, stderr: false, tty: false }),
      /container is gone/,
    );
  });

  it('forwards ports', async () => {
    const client = await dialPortForward(`${server.url}/portForward/default/web`, { clock: realClock, tls });
    const { data } = client.open(8080);
    data.end('there and back');
    assert.equal(await text(data), 'port 8080 there and back');
    client.close();
  });
});
