import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Container, Pod } from '../api/index.ts';
import { containerConfig, type ContainerContext, terminationMessageFile } from './container-config.ts';
import { ContainerConfigError } from './env.ts';
import { app, podOf } from './pod-fixtures.ts';
import { kernelHostname, sandboxConfig } from './sandbox-config.ts';

const root = mkdtempSync(join(tmpdir(), 'kubets-config-'));
after(() => rmSync(root, { recursive: true, force: true }));
const data = join(root, 'data');
mkdirSync(data);

const context: ContainerContext = {
  restartCount: 2,
  imageRef: 'sha256:1',
  env: new Map([
    ['NAME', 'x'],
    ['UP', '..'],
  ]),
  volumes: new Map([
    ['data', data],
    ['conf', data],
  ]),
  podDir: join(root, 'pod'),
  hostsFile: join(root, 'hosts'),
  nodeMemoryBytes: 1_000,
};
const configOf = (container: Container, pod: Pod = podOf(), more: Partial<ContainerContext> = {}) =>
  containerConfig(pod, container, { ...context, ...more });

test('words, variables, labels and the file for the last message', async () => {
  const config = await configOf(app('main', { command: ['run', '$(NAME)'], args: ['$(NONE)', '$$(NAME)'], workingDir: '/w', tty: true }));
  assert.deepEqual(
    [config.command, config.args],
    [
      ['run', 'x'],
      ['$(NONE)', '$(NAME)'],
    ],
  );
  assert.equal(config.labels?.['io.kubernetes.container.name'], 'main');
  assert.equal(config.labels?.['io.kubernetes.pod.uid'], 'u1');
  assert.equal(config.annotations?.['io.kubernetes.container.restartCount'], '2');
  assert.equal(config.logPath, 'main/2.log');
  const file = terminationMessageFile(context.podDir, 'main', 2);
  assert.deepEqual(
    config.mounts?.find((m) => m.containerPath === '/dev/termination-log'),
    { containerPath: '/dev/termination-log', hostPath: file },
  );
  // Whatever user the container runs as must be able to write it.
  assert.equal(statSync(file).mode & 0o777, 0o666);
});

describe('mounts', () => {
  const mount = async (m: object, spec = {}) =>
    (
      await configOf(
        app('main', { volumeMounts: [{ name: 'data', mountPath: '/data', ...m }] }),
        podOf({ volumes: [{ name: 'data', emptyDir: {} }], ...spec }),
      )
    ).mounts![0]!;

  test('paths inside of a volume', async () => {
    assert.equal((await mount({})).hostPath, data);
    assert.equal((await mount({ subPath: 'a/b' })).hostPath, join(data, 'a/b'));
    assert.ok(existsSync(join(data, 'a/b')));
    assert.equal((await mount({ subPathExpr: '$(NAME)' })).hostPath, join(data, 'x'));
    assert.equal((await mount({ mountPropagation: 'Bidirectional' })).propagation, 'PROPAGATION_BIDIRECTIONAL');
  });

  test('paths that lead outside keep the container from starting', async () => {
    for (const m of [{ subPath: '../x' }, { subPath: '/etc' }, { subPathExpr: '$(UP)' }, { subPathExpr: '/tmp' }])
      await assert.rejects(mount(m), ContainerConfigError);
    await assert.rejects(mount({ subPathExpr: '$(NONE)' }), (e) => e instanceof ContainerConfigError && e.message === 'missing value for "NONE"');
    await assert.rejects(mount({ name: 'none' }), ContainerConfigError);
  });

  test('what the node writes can only be read', async () => {
    assert.equal((await mount({})).readonly, false);
    assert.equal((await mount({ readOnly: true })).readonly, true);
    assert.equal((await mount({ readOnly: false }, { volumes: [{ name: 'data', configMap: { name: 'c' } }] })).readonly, true);
  });

  test('/etc/hosts, unless the container has its own', async () => {
    const hosts = async (c: Container) => (await configOf(c)).mounts!.filter((m) => m.containerPath === '/etc/hosts').map((m) => m.hostPath);
    assert.deepEqual(await hosts(app('main')), [context.hostsFile]);
    assert.deepEqual(await hosts(app('main', { volumeMounts: [{ name: 'conf', mountPath: '/etc/hosts' }] })), [data]);
  });
});

describe('security', () => {
  const security = async (own: NonNullable<Container['securityContext']>, shared = {}, more: Partial<ContainerContext> = {}) =>
    (await configOf(app('main', { securityContext: own }), podOf({ securityContext: shared }), more)).linux!.securityContext!;

  test('the container’s word before the pod’s, then the image’s', async () => {
    assert.deepEqual((await security({ runAsUser: 1 }, { runAsUser: 2, runAsGroup: 3 })).runAsUser, { value: 1 });
    assert.deepEqual((await security({}, { runAsUser: 2, runAsGroup: 3 })).runAsGroup, { value: 3 });
    assert.deepEqual((await security({}, {}, { imageUser: { uid: 7 } })).runAsUser, { value: 7 });
    assert.equal((await security({}, {}, { imageUser: { username: 'www' } })).runAsUsername, 'www');
    assert.deepEqual((await security({}, { fsGroup: 5, supplementalGroups: [6] })).supplementalGroups, [5, 6]);
  });

  test('capabilities, escalation, masks', async () => {
    const own = await security({
      capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
    assert.deepEqual([own.capabilities?.addCapabilities, own.capabilities?.dropCapabilities], [['NET_ADMIN'], ['ALL']]);
    assert.deepEqual([own.noNewPrivs, own.readonlyRootfs], [true, true]);
    assert.ok(own.maskedPaths?.includes('/proc/kcore'));
    const privileged = await security({ privileged: true });
    assert.deepEqual([privileged.privileged, privileged.maskedPaths], [true, undefined]);
  });

  test('runAsNonRoot, in upstream’s words', async () => {
    const rows: readonly (readonly [NonNullable<Container['securityContext']>, ContainerContext['imageUser'], RegExp | undefined])[] = [
      [{ runAsUser: 1 }, undefined, undefined],
      [{}, { uid: 1 }, undefined],
      [{ runAsUser: 0 }, undefined, /container's runAsUser breaks non-root policy/],
      [{}, undefined, /container has runAsNonRoot and image will run as root/],
      [{}, { uid: 0 }, /container has runAsNonRoot and image will run as root/],
      [{}, { username: 'www' }, /container has runAsNonRoot and image has non-numeric user \(www\), cannot verify user is non-root/],
    ];
    for (const [own, imageUser, wanted] of rows) {
      const made = security({ ...own, runAsNonRoot: true }, {}, imageUser ? { imageUser } : {});
      if (wanted) await assert.rejects(made, wanted);
      else await made;
    }
  });
});

test('limits as the kernel takes them', async () => {
  const resources = async (pod: Pod) => (await configOf(pod.spec!.containers[0]!, pod)).linux!.resources!;
  const burstable = podOf({ containers: [app('main', { resources: { requests: { cpu: '250m', memory: '100' }, limits: { cpu: '500m' } } })] });
  assert.deepEqual(await resources(burstable), { cpuShares: 256, cpuPeriod: 100_000, cpuQuota: 50_000, oomScoreAdj: 900 });
  const guaranteed = podOf({
    containers: [app('main', { resources: { requests: { cpu: '1', memory: '200' }, limits: { cpu: '1', memory: '200' } } })],
  });
  assert.deepEqual(await resources(guaranteed), {
    cpuShares: 1024,
    cpuPeriod: 100_000,
    cpuQuota: 100_000,
    memoryLimitInBytes: 200,
    oomScoreAdj: -997,
  });
  assert.deepEqual(await resources(podOf()), { cpuShares: 2, oomScoreAdj: 1000 });
});

test('the sandbox: namespaces, ports, names', () => {
  const dns = { servers: [], searches: [], options: [] };
  const of = (pod: Pod) => sandboxConfig(pod, { attempt: 1, cgroupParent: '/g', logRoot: '/logs', clusterDomain: 'cluster.local', dns });
  const own = of(
    podOf({ containers: [app('main', { ports: [{ containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' }, { containerPort: 81 }] })] }),
  );
  assert.deepEqual(own.portMappings, [{ protocol: 'TCP', containerPort: 80, hostPort: 8080, hostIp: '127.0.0.1' }]);
  assert.equal(own.logDirectory, '/logs/default_web_u1');
  assert.deepEqual(own.linux?.securityContext?.namespaceOptions, { network: 'POD', pid: 'CONTAINER', ipc: 'POD' });
  const host = of(podOf({ hostNetwork: true, hostPID: true, hostIPC: true }));
  assert.deepEqual([host.hostname, host.linux?.securityContext?.namespaceOptions], [undefined, { network: 'NODE', pid: 'NODE', ipc: 'NODE' }]);
  assert.equal(of(podOf({ containers: [app('main', { securityContext: { privileged: true } })] })).linux?.securityContext?.privileged, true);
});

test('host names', () => {
  const name = (spec: object) => kernelHostname(podOf(spec), 'cluster.local');
  assert.equal(name({}), 'web');
  assert.equal(name({ hostname: 'own', subdomain: 'sub' }), 'own');
  assert.equal(name({ hostname: 'own', subdomain: 'sub', setHostnameAsFQDN: true }), 'own.sub.default.svc.cluster.local');
  assert.equal(name({ hostname: `${'a'.repeat(62)}-b` }), 'a'.repeat(62));
  assert.throws(
    () => name({ hostname: 'a'.repeat(40), subdomain: 'sub', setHostnameAsFQDN: true }),
    /is too long \(64 characters is the max, 70 characters requested\)/,
  );
});
