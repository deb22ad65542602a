import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Container, Secret, Service } from '../api/index.ts';
import { ContainerConfigError, containerEnv, type EnvSources, expand } from './env.ts';
import { app, podOf } from './pod-fixtures.ts';

const config: ConfigMap = { data: { color: 'green', __proto__x: '1' } };
const secret: Secret = { data: { password: Buffer.from('hunter2').toString('base64') } };
const service = (name: string, namespace: string, clusterIP: string): Service => ({
  metadata: { name, namespace },
  spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 80 }] },
});
const sources: EnvSources = {
  configMap: (_n, name) => Promise.resolve(name === 'config' ? config : undefined),
  secret: (_n, name) => Promise.resolve(name === 'secret' ? secret : undefined),
  services: [
    service('kubernetes', 'default', '10.0.0.1'),
    service('my-db', 'default', '10.0.0.2'),
    service('far', 'other', '10.0.0.3'),
    service('headless', 'default', 'None'),
  ],
  nodeAllocatable: new Map([
    ['cpu', 2000],
    ['memory', 1024],
  ]),
};
const envOf = async (more: Partial<Container>, spec = {}): Promise<Record<string, string>> =>
  Object.fromEntries(await containerEnv(podOf(spec), app('main', more), sources));

test('$(NAME) takes what is known by then', () => {
  const env = new Map([['A', '1']]);
  const rows = [
    ['$(A)', '1'],
    ['$(B)', '$(B)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$A $', '$A $'],
    ['$(A', '$(A'],
    ['$(A)$(A)', '11'],
  ] as const;
  for (const [input, wanted] of rows) assert.equal(expand(input, env), wanted, input);
});

test('sources in order: later ones win, and refer to earlier ones', async () => {
  const env = await envOf(
    {
      envFrom: [
        { prefix: 'C_', configMapRef: { name: 'config' } },
        { secretRef: { name: 'secret' } },
        { configMapRef: { name: 'none', optional: true } },
      ],
      env: [
        { name: 'FIRST', value: '1' },
        { name: 'SECOND', value: '$(FIRST)$(C_color)$(THIRD)' },
        { name: 'THIRD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'MISSING', valueFrom: { configMapKeyRef: { name: 'config', key: 'none', optional: true } } },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'secret', key: 'password' } } },
      ],
    },
    { enableServiceLinks: false },
  );
  assert.equal(env['C_color'], 'green');
  assert.equal(env['password'], 'hunter2');
  assert.equal(env['PASSWORD'], 'hunter2');
  assert.equal(env['SECOND'], '1green$(THIRD)');
  assert.equal(env['THIRD'], 'web');
  assert.equal(env['CPU'], '2');
  assert.equal(Object.hasOwn(env, 'MISSING'), false);
});

test('Services of the namespace and the API’s, as Docker links named them', async () => {
  const env = await envOf({});
  assert.equal(env['KUBERNETES_SERVICE_HOST'], '10.0.0.1');
  assert.equal(env['MY_DB_SERVICE_PORT_HTTP'], '80');
  assert.equal(env['MY_DB_PORT'], 'tcp://10.0.0.2:80');
  assert.equal(env['MY_DB_PORT_80_TCP_ADDR'], '10.0.0.2');
  assert.equal(
    Object.keys(env).some((k) => /^(FAR|HEADLESS)_/.test(k)),
    false,
  );
  const unlinked = await envOf({}, { enableServiceLinks: false });
  assert.ok(Object.keys(unlinked).every((k) => k.startsWith('KUBERNETES_')));
});

test('what is missing, in upstream’s words', async () => {
  const rows: readonly (readonly [Partial<Container>, string])[] = [
    [{ envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k' } } }] }, 'secret "none" not found'],
    [{ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'config', key: 'k' } } }] }, "couldn't find key k in ConfigMap default/config"],
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'secret', key: 'k' } } }] }, "couldn't find key k in Secret default/secret"],
  ];
  for (const [more, message] of rows) await assert.rejects(envOf(more), (e) => e instanceof ContainerConfigError && e.message === message);
});
