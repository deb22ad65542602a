/** Real kubectl and helm against the API server over HTTPS, with its own authentication, RBAC and admission, and nothing else running. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDescriptions } from '../../src/api/index.ts';
import { createApiServer, createSecurity, createTokenIssuer } from '../../src/apiserver/index.ts';
import { realClock, silentLogger, systemRng } from '../../src/base/index.ts';
import { openMemoryEtcd } from '../../src/etcd/index.ts';
import { serve } from '../../src/http/index.ts';
import { createAuthority, generateKeyPair, issueCertificate, serverUsages } from '../../src/pki/index.ts';
import { clientTools } from '../support/client-tools.ts';

const dayMs = 24 * 3600 * 1000;
const deadlineMs = 30_000;

interface Ran {
  readonly code: number;
  readonly out: string;
}

interface Bench extends AsyncDisposable {
  /** Runs kubectl; the words of `line` are its arguments. */
  kubectl(line: string, stdin?: string): Promise<Ran>;
  helm(line: string): Promise<Ran>;
  readonly directory: string;
}

async function startBench(): Promise<Bench> {
  const clock = realClock;
  const etcd = openMemoryEtcd({ clock });
  const keys = generateKeyPair();
  const accounts = { issuer: 'https://kubernetes.default.svc', signingKey: keys.privateKey, verificationKeys: [keys.publicKey] };
  const server = createApiServer({
    etcd,
    clock,
    rng: systemRng,
    logger: silentLogger,
    security: createSecurity({ serviceAccounts: accounts, staticTokens: 'admin,admin,1,"system:masters"\nbob,bob,2\n' }),
    tokens: createTokenIssuer(accounts, { clock, rng: systemRng }),
    serviceCidrs: ['10.5.0.0/24'],
    descriptions: (await readDescriptions()) ?? {},
  });
  await server.start();
  const authority = createAuthority({ commonName: 'test', clock });
  const template = { subject: { commonName: 'kube-apiserver' }, usages: serverUsages, validityMs: dayMs, ipAddresses: ['127.0.0.1'] };
  const tls = issueCertificate(authority, template, clock);
  const handle = await serve({ handler: server.wireHandler, tls: { key: tls.keyPem, cert: tls.certificatePem }, listen: { port: 0 } });
  const directory = await mkdtemp(join(tmpdir(), 'kubets-kubectl-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const ca = Buffer.from(authority.certificatePem).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: handle.url, 'certificate-authority-data': ca } }],
    users: [{ name: 'admin', user: { token: 'admin' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const tools = clientTools();
  const env = { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: kubeconfig };
  const run = (program: string, line: string, stdin = ''): Promise<Ran> =>
    new Promise((resolve) => {
      const child = execFile(program, line.split(' '), { env, cwd: directory, timeout: deadlineMs }, (error, stdout, stderr) =>
        resolve({ code: error ? 1 : 0, out: `${stdout}${stderr}` }),
      );
      child.stdin?.end(stdin);
    });
  return {
    directory,
    kubectl: (line, stdin) => run(tools.kubectl, line, stdin),
    helm: (line) => run(tools.helm, line),
    async [Symbol.asyncDispose]() {
      await handle.close({ deadlineMs: 0 });
      await server.close();
      await etcd[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const deployment = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {cronSpec: {type: string}, replicas: {type: integer, maximum: 10}}}}
    additionalPrinterColumns: [{name: Spec, type: string, jsonPath: .spec.cronSpec}]
`;

const custom = (replicas: number) =>
  `{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"my"},"spec":{"cronSpec":"x","replicas":${replicas}}}`;

/** Command, what its output must match, and what goes to its standard input; `!` in front: it must fail. */
type Step = readonly [command: string, expected: RegExp, stdin?: string];

const stories: Readonly<Record<string, readonly Step[]>> = {
  'objects are created, read, changed and deleted': [
    ['create configmap a --from-literal=k=v', /^configmap\/a created/],
    ['get cm', /NAME +DATA +AGE\n.*a +1/s],
    ['get cm a -o jsonpath={.data.k}', /^v$/],
    ['!get cm nosuch', /Error from server \(NotFound\): configmaps "nosuch" not found/],
    ['!create configmap a', /AlreadyExists|already exists/],
    ['label cm a x=y', /labeled/],
    ['get cm -l x=y -o name', /^configmap\/a\n$/],
    ['annotate cm a z=1', /annotated/],
    ['patch cm a -p {"data":{"k":"w"}}', /patched/],
    ['patch cm a --type=json -p [{"op":"remove","path":"/data/k"}]', /patched/],
    ['delete cm a', /configmap "a" deleted/],
    ['create secret generic s --from-literal=p=q', /created/],
    ['create namespace demo', /namespace\/demo created/],
    ['get ns', /demo +Active/],
    ['get --raw /readyz', /^ok$/],
    ['version', /Server Version: v1\.36\.2/],
    ['api-resources', /deployments +deploy +apps\/v1 +true +Deployment/],
    ['explain deployment.spec.replicas', /FIELD: replicas <integer>/],
    ['!create -f - --validate=strict', /unknown field "foo"/, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"u"},"foo":1}'],
  ],
  'apply goes both ways': [
    ['apply -f -', /deployment.apps\/web created/, deployment(2)],
    ['apply -f -', /deployment.apps\/web unchanged/, deployment(2)],
    ['apply -f -', /deployment.apps\/web configured/, deployment(3)],
    ['get deploy web -o jsonpath={.spec.replicas}{.metadata.generation}', /^32$/],
    ['diff -f -', /^$/, deployment(3)],
    ['apply --server-side --force-conflicts -f -', /serverside-applied/, deployment(4)],
    ['apply --server-side -f - --dry-run=server', /serverside-applied \(server dry run\)/, deployment(4)],
    ['scale deploy web --replicas=5', /scaled/],
    ['!apply --server-side -f - --field-manager=other', /Apply failed with 1 conflict/, deployment(1)],
    ['set image deploy/web c=nginx:2', /image updated/],
    ['rollout restart deploy web', /restarted/],
    ['describe deploy web', /Replicas: +5 desired/],
    ['expose deploy web --port=80 --type=NodePort', /service\/web exposed/],
    ['get svc web', /NodePort +10\.5\.0\.\d+ /],
    ['replace -f -', /deployment.apps\/web replaced/, deployment(1)],
    ['delete deploy web', /deleted/],
  ],
  'custom resources are served as soon as they are established': [
    ['apply -f -', /created/, definition],
    ['wait --for=condition=Established crd/crontabs.stable.example.com --timeout=10s', /condition met/],
    ['apply -f -', /crontab.stable.example.com\/my created/, custom(1)],
    ['get ct', /NAME +SPEC\nmy +x/],
    ['!apply -f -', /spec.replicas in body should be less than or equal to 10/, custom(11)],
    ['explain ct.spec.cronSpec', /FIELD: cronSpec <string>/],
    ['delete crd crontabs.stable.example.com', /deleted/],
    ['!get ct', /the server (could not find|doesn't have a resource)/],
  ],
  'who may do what is asked and answered': [
    ['auth whoami', /admin/],
    ['!--token=bob get pods', /Forbidden.*User "bob" cannot list resource "pods" in API group "" in the namespace "default"/],
    ['!--token=nosuch get pods', /Unauthorized/],
    ['!auth can-i get pods --as=bob', /no/],
    ['create role r --verb=get,list --resource=pods', /created/],
    ['create rolebinding b --role=r --user=bob', /created/],
    ['--token=bob get pods', /No resources found/],
    ['create serviceaccount robot', /created/],
    ['create token robot', /^eyJ/],
  ],
};

for (const [name, steps] of Object.entries(stories)) {
  test(name, { timeout: 120_000 }, async () => {
    await using bench = await startBench();
    for (const [command, expected, stdin] of steps) {
      const fails = command.startsWith('!');
      const { code, out } = await bench.kubectl(fails ? command.slice(1) : command, stdin);
      assert.match(out, expected, command);
      assert.equal(code, fails ? 1 : 0, `${command}: ${out}`);
    }
  });
}

test('helm installs, upgrades and uninstalls a chart', { timeout: 120_000 }, async () => {
  await using bench = await startBench();
  await bench.kubectl('create serviceaccount default');
  const lines: readonly (readonly [string, RegExp])[] = [
    ['create chart', /Creating chart/],
    ['install r1 ./chart', /STATUS: deployed/],
    ['upgrade r1 ./chart --set replicaCount=2', /REVISION: 2/],
    ['list', /r1 .*deployed/s],
    ['uninstall r1', /release "r1" uninstalled/],
  ];
  for (const [line, expected] of lines) {
    const { code, out } = await bench.helm(line);
    assert.equal(code, 0, out);
    assert.match(out, expected);
  }
});
