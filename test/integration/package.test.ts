/** The package as its users get it: packed, installed from the tarball, run by plain Node, and compiled against. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildPackage } from '../../tools/build.ts';
import { root } from '../../tools/source-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'kubets-package-'));

function run(program: string, ...args: readonly string[]): string {
  // As a user has it: no compile cache, no flags of the test runner.
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, NODE_COMPILE_CACHE: _cache, ...env } = process.env;
  return execFileSync(program, args, { cwd: dir, encoding: 'utf8', env, timeout: 120_000 });
}

const node = (file: string, source: string): string => {
  writeFileSync(join(dir, file), source);
  return run(process.execPath, file);
};

before(async () => {
  await buildPackage();
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', dir, '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
  ) as unknown;
  const [{ filename }] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [{ readonly filename: string }];
  writeFileSync(join(dir, 'package.json'), '{"name":"consumer","private":true,"type":"module"}');
  run('npm', 'install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--silent', join(dir, filename));
});
after(() => rmSync(dir, { recursive: true, force: true }));

test('the package holds what it needs to run and nothing of its development', () => {
  const installed = join(dir, 'node_modules/kubets');
  const files = globSync('**/*', { cwd: installed, exclude: (name) => name === 'node_modules' });
  assert.deepEqual(
    files.filter((f) => /(^|\/)(src|test|tools|bench)\/|\.test\.|(?<!\.d)\.ts$|\.map$/.test(f.replace(/^dist\/types\//, ''))),
    [],
  );
  for (const needed of ['dist/api-descriptions.json.gz', 'dist/THIRD-PARTY-LICENSES', 'LICENSE', 'NOTICE', 'README.md'])
    assert.ok(files.includes(needed), needed);
  const { scripts = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
    [],
  );
  assert.ok(!existsSync(join(dir, 'node_modules/typescript')) && !existsSync(join(dir, 'node_modules/esbuild')), 'development dependencies');
});

test('a test of somebody else starts a cluster and works with it', () => {
  const out = node(
    'cluster.mjs',
    `
    import { startCluster } from 'kubets/testing';
    import { isNotFound } from 'kubets/client';
    await using cluster = await startCluster();
    const configMaps = cluster.client.resource('configmaps');
    const made = await configMaps.create({ metadata: { name: 'settings', namespace: 'default' }, data: { colour: 'blue' } });
    const patched = await configMaps.patch({ name: 'settings', namespace: 'default' }, 'merge', { data: { colour: 'red' } });
    const { items } = await configMaps.list({ namespace: 'default' });
    await configMaps.delete({ name: 'settings', namespace: 'default' });
    const gone = await configMaps.get({ name: 'settings', namespace: 'default' }).catch((error) => error);
    console.log(JSON.stringify({ made: made.data, patched: patched.data, names: items.map((i) => i.metadata.name), gone: isNotFound(gone), url: cluster.url, kubeconfig: cluster.kubeconfig.length > 1000 }));
    `,
  );
  const seen = JSON.parse(out) as Readonly<Record<string, unknown>>;
  assert.deepEqual(seen['made'], { colour: 'blue' });
  assert.deepEqual(seen['patched'], { colour: 'red' });
  assert.ok((seen['names'] as readonly string[]).includes('settings'));
  assert.equal(seen['gone'], true);
  assert.match(String(seen['url']), /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(seen['kubeconfig'], true);
});

test('a controller of somebody else compiles against the declarations and runs', () => {
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable'],
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        outDir: 'out',
      },
      files: ['controller.ts'],
    }),
  );
  writeFileSync(
    join(dir, 'controller.ts'),
    `
    import { createInformerFactory, isConflict, type Client, type ConfigMap } from 'kubets/client';
    import { realClock, silentLogger, systemRng } from 'kubets';
    import { startCluster, type TestCluster } from 'kubets/testing';

    async function count(client: Client): Promise<number> {
      const { items } = await client.resource<ConfigMap>('configmaps').list({ namespace: 'default', labelSelector: 'app=x' });
      return items.filter((c) => c.data?.['a'] === 'b').length;
    }
    const cluster: TestCluster = await startCluster({ controllers: false, listen: false });
    await cluster.client.resource<ConfigMap>('configmaps').create({ metadata: { name: 'c', namespace: 'default', labels: { app: 'x' } }, data: { a: 'b' } });
    // @ts-expect-error: data holds strings
    const wrong: ConfigMap = { data: { a: 1 } };
    const factory = createInformerFactory({ client: cluster.client, clock: realClock, rng: systemRng, logger: silentLogger });
    console.log(await count(cluster.client), isConflict(new Error('no')), typeof factory, wrong.kind);
    await cluster[Symbol.asyncDispose]();
    `,
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', dir], { cwd: dir, stdio: 'inherit' });
  assert.equal(run(process.execPath, 'out/controller.js').trim(), '1 false object undefined');
});

test('descriptions of the API come from the package', () => {
  const out = node(
    'explain.mjs',
    `
    import { startCluster } from 'kubets/testing';
    await using cluster = await startCluster({ controllers: false, listen: false });
    const chunks = [];
    for await (const chunk of await cluster.client.transport.open({ method: 'GET', path: '/openapi/v3/api/v1' })) chunks.push(chunk);
    const { components } = JSON.parse(Buffer.concat(chunks).toString());
    console.log(components.schemas['io.k8s.api.core.v1.PodSpec'].properties.containers.description);
    `,
  );
  assert.match(out, /^List of containers belonging to the pod/);
});

test('the command runs, and says what it can do', () => {
  const help = run(join(dir, 'node_modules/.bin/kubets'), '--help');
  for (const word of ['up', 'down', 'status', 'server']) assert.match(help, new RegExp(`^ +${word} `, 'm'));
});

test('subpaths share their classes', () => {
  const out = node(
    'classes.mjs',
    `
    import { StatusError } from 'kubets/client';
    import { startCluster } from 'kubets/testing';
    await using cluster = await startCluster({ controllers: false, listen: false });
    const error = await cluster.client.resource('pods').get({ name: 'none', namespace: 'default' }).catch((e) => e);
    console.log(error instanceof StatusError, error.message);
    `,
  );
  assert.equal(out.trim(), 'true pods "none" not found');
});
