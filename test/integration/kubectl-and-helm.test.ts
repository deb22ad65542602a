/** Real kubectl and helm against a control plane without nodes: what people do with manifests, charts, roles and rollouts. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCluster, type TestCluster } from '../../src/testing/index.ts';
import { root } from '../../tools/source-files.ts';
import { clientTools } from '../support/client-tools.ts';
import { eventually, type Outcome, run } from '../support/e2e-cluster.ts';

const chart = join(root, 'examples/chart');
let cluster: TestCluster;
let directory: string;
let env: NodeJS.ProcessEnv;

before(async () => {
  cluster = await startCluster();
  directory = await mkdtemp(join(tmpdir(), 'kubets-clients-'));
  await writeFile(join(directory, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
  env = { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: join(directory, 'kubeconfig'), KUBECTL_APPLYSET: 'true' };
});

after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  if (directory) await rm(directory, { recursive: true, force: true });
});

/** Command (helm's where it begins so, else kubectl's; quotes hold words together), what its output must match, standard input; `!` in front: exits with 1. */
type Step = readonly [command: string, expected: RegExp, stdin?: string];

const words = (line: string): readonly string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]!);

async function runLine(line: string, input?: string): Promise<Outcome> {
  const { kubectl, helm } = clientTools();
  const isHelm = line.startsWith('helm ');
  return run(isHelm ? helm : kubectl, words(isHelm ? line.slice(5) : line), { env, timeoutMs: 30_000, ...(input === undefined ? {} : { input }) });
}

async function follow(steps: readonly Step[]): Promise<void> {
  for (const [command, expected, stdin] of steps) {
    const fails = command.startsWith('!');
    const outcome = await runLine(fails ? command.slice(1) : command, stdin);
    const out = outcome.stdout + outcome.stderr;
    assert.match(out, expected, command);
    assert.equal(outcome.code, fails ? 1 : 0, `${command}: ${out}`);
  }
}

function story(name: string, steps: readonly Step[]): void {
  test(name, { timeout: 120_000 }, () => follow(steps));
}

const configMap = (name: string, value: string, labels = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: mine${labels}}}\ndata: {k: "${value}"}\n---\n`;

const deployment = (image: string, replicas = 1) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "${image}"}]}
`;

story('helm installs, upgrades, rolls back and uninstalls a chart with a CRD', [
  [`!helm install greet ${chart} --dry-run=server`, /no matches for kind "Greeting"/],
  [`helm install greet ${chart}`, /STATUS: deployed\nREVISION: 1/],
  [`!helm install greet ${chart}`, /cannot re-?use a name that is still in use/],
  [`helm install other ${chart} --dry-run=server`, /STATUS: pending-install[\s\S]*kind: Greeting/],
  ['get greetings greet -o jsonpath={.spec.text}', /^hello$/],
  [`helm upgrade greet ${chart} --set greeting=hi --set replicas=2`, /STATUS: deployed\nREVISION: 2/],
  ['get deploy greet -o jsonpath={.spec.replicas}{.spec.template.spec.containers[0].env[0].value}', /^2hi$/],
  ['helm get values greet', /greeting: hi\nreplicas: 2/],
  ['helm rollback greet 1', /Rollback was a success/],
  ['get deploy greet -o jsonpath={.spec.replicas}{.spec.template.spec.containers[0].env[0].value}', /^1hello$/],
  ['helm history greet', /1 .*superseded[\s\S]*2 .*superseded[\s\S]*3 .*deployed/],
  [`!helm upgrade greet ${chart} --set replicas=-1`, /must be greater than or equal to 0/],
  ['helm history greet', /4 .*failed/],
  [`helm upgrade --install greet ${chart} --set greeting=again`, /REVISION: 5/],
  ['helm status greet', /STATUS: deployed/],
  ['helm list -o json', /"name":"greet".*"revision":"5"/],
  ['helm uninstall greet --keep-history', /release "greet" uninstalled/],
  ['!get deploy greet', /NotFound/],
  ['helm history greet', /5 .*uninstalled/],
  ['helm rollback greet 5', /Rollback was a success/],
  ['helm uninstall greet', /release "greet" uninstalled/],
  ['get secrets -l owner=helm', /No resources found/],
  ['get crd', /greetings\.example\.kubets\.dev/],
]);

story('diff tells what apply would change, and changes nothing', [
  ['apply -f -', /configmap\/diffed created/, configMap('diffed', '1')],
  ['diff -f -', /^$/, configMap('diffed', '1')],
  ['!diff -f -', /^-  k: "1"\n\+  k: "2"$/m, configMap('diffed', '2')],
  ['!diff --server-side --force-conflicts -f -', /^\+  k: "3"$/m, configMap('diffed', '3')],
  ['!diff -f -', /^\+  name: undiffed$/m, configMap('undiffed', '1')],
  ['get cm diffed -o jsonpath={.data.k}', /^1$/],
  ['!get cm undiffed', /NotFound/],
  ['delete cm diffed', /deleted/],
]);

story('apply --prune takes away what is no longer applied', [
  [
    'apply -f - -l set=mine --prune --prune-allowlist=core/v1/ConfigMap',
    /a created[\s\S]*b created/,
    configMap('prune-a', '1') + configMap('prune-b', '1'),
  ],
  ['create configmap prune-c', /created/],
  ['apply -f - -l set=mine --prune --prune-allowlist=core/v1/ConfigMap', /prune-a unchanged\nconfigmap\/prune-b pruned/, configMap('prune-a', '1')],
  ['get cm prune-a prune-c -o name', /prune-a\nconfigmap\/prune-c/],
  ['!get cm prune-b', /NotFound/],
  [
    'apply --server-side -n default -f - --prune --applyset=together',
    /x serverside-applied[\s\S]*y serverside-applied/,
    configMap('set-x', '1') + configMap('set-y', '1'),
  ],
  ['get secret together -o jsonpath={.metadata.labels}', /applyset\.kubernetes\.io\/id/],
  ['apply --server-side -n default -f - --prune --applyset=together', /set-x serverside-applied[\s\S]*set-y pruned/, configMap('set-x', '2')],
  ['!get cm set-y', /NotFound/],
  ['delete cm prune-a prune-c set-x', /deleted/],
]);

const roles = (verbs: string, user: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verbs}]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${user}}]
`;

story('auth reconcile adds rights and subjects, and takes none', [
  ['auth reconcile -f - --dry-run=client', /reader reconciled/, roles('get', 'ann')],
  ['!get role reader', /NotFound/],
  ['auth reconcile -f -', /reader reconciled/, roles('get', 'ann')],
  ['auth can-i get pods --as=ann', /^yes/],
  ['auth reconcile -f -', /readers reconciled/, roles('list', 'bob')],
  ['get role reader -o jsonpath={.rules[*].verbs}', /get.*list/],
  ['auth can-i get pods --as=ann', /^yes/],
  ['auth can-i list pods --as=bob', /^yes/],
  ['auth reconcile --remove-extra-subjects --remove-extra-permissions -f -', /reconciled/, roles('list', 'bob')],
  ['!auth can-i get pods --as=ann', /^no/],
  ['!auth can-i get pods --as=bob', /^no/],
  ['auth can-i --list --as=bob', /pods +\[\] +\[\] +\[list\]/],
  ['!--as=bob create role more --verb=get --resource=secrets', /cannot create resource "roles"/],
]);

story('rollouts are kept, shown and undone', [
  ['apply -f -', /created/, deployment('one')],
  ['wait --for=jsonpath={.status.observedGeneration}=1 deploy/web --timeout=10s', /condition met/],
  ['set image deploy/web c=two', /image updated/],
  ['wait --for=jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}=2 deploy/web --timeout=10s', /condition met/],
  ['rollout history deploy/web', /REVISION[\s\S]*1 [\s\S]*2 /],
  ['rollout history deploy/web --revision=1', /Image:\s+one/],
  ['rollout undo deploy/web --dry-run=client', /dry run/],
  ['rollout undo deploy/web --dry-run=server', /rolled back \(server dry run\)|rolled back/],
  ['get deploy web -o jsonpath={.spec.template.spec.containers[0].image}', /^two$/],
  ['rollout undo deploy/web', /rolled back/],
  ['get deploy web -o jsonpath={.spec.template.spec.containers[0].image}', /^one$/],
  ['rollout pause deploy/web', /paused/],
  ['!rollout undo deploy/web', /cannot rollback a paused/],
  ['rollout resume deploy/web', /resumed/],
  ['!rollout status deploy/web --timeout=1s', /Waiting for deployment|timed out/],
  ['delete deploy web --cascade=foreground --wait --timeout=20s', /deleted/],
  ['get rs -l app=web', /No resources found/],
]);

story('objects are edited, replaced, sorted, shown in parts', [
  ['create configmap e1 --from-literal=k=b', /created/],
  ['create configmap e2 --from-literal=k=a', /created/],
  ['get cm e1 e2 --sort-by=.data.k -o custom-columns=N:.metadata.name,K:.data.k', /^N +K\ne2 +a\ne1 +b\n$/],
  ['get cm e1 -o go-template={{.data.k}}', /^b$/],
  ['get cm e1 -o yaml --show-managed-fields', /managedFields:[\s\S]*manager: kubectl-create/],
  ['replace --force -f -', /deleted[\s\S]*replaced/, configMap('e1', 'c')],
  ['label cm e1 set=other --overwrite', /labeled/],
  ['get cm -l set=other -o name', /^configmap\/e1\n$/],
  ['patch cm e1 --type=merge -p {"data":null} --dry-run=server -o jsonpath={.data}', /^$/],
  ['get cm e1 -o jsonpath={.data.k}', /^c$/],
  ['delete cm -l set=other --wait=false', /deleted/],
  ['!get cm e1', /NotFound/],
  ['delete cm e2 nosuch --ignore-not-found', /^configmap "e2" deleted/],
]);

story('nodes without machines are labelled, tainted, cordoned and drained', [
  ['create -f -', /node\/n1 created/, 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n'],
  ['cordon n1', /cordoned/],
  ['get node n1', /SchedulingDisabled/],
  ['taint node n1 key=value:NoSchedule', /tainted/],
  ['drain n1 --dry-run=server --ignore-daemonsets', /drained|cordoned/],
  ['uncordon n1', /uncordoned/],
  ['describe node n1', /Taints: +.*key=value:NoSchedule/],
  ['delete node n1', /deleted/],
]);

story('the short ways to make things', [
  ['create quota q --hard=pods=2', /created/],
  ['create poddisruptionbudget p --selector=app=x --min-available=1', /created/],
  ['create priorityclass pc --value=5', /created/],
  ['create ingress i --rule=example.com/*=svc:80', /created/],
  ['create job j --image=x', /created/],
  ["create cronjob cj --image=x '--schedule=*/5 * * * *'", /created/],
  ['create clusterrole cr --aggregation-rule=a=b', /created/],
  ['create serviceaccount sa', /created/],
  ['create token sa --duration=20m', /^eyJ/],
  ['run r --image=x --restart=Never --dry-run=server -o jsonpath={.spec.restartPolicy}', /^Never$/],
  ['!autoscale deploy none --max=3', /NotFound/],
]);

test('kubectl edit sends what the editor leaves', { timeout: 60_000 }, async () => {
  await follow([['create configmap edited --from-literal=k=before', /created/]]);
  env = { ...env, EDITOR: 'sed -i s/before/after/' };
  await follow([
    ['edit cm edited', /configmap\/edited edited/],
    ['get cm edited -o jsonpath={.data.k}', /^after$/],
    ['edit cm edited', /Edit cancelled, no changes made/],
    ['delete cm edited', /deleted/],
  ]);
});

test('a kustomization is applied, changed and deleted', { timeout: 60_000 }, async () => {
  const folder = join(directory, 'kustomization');
  await mkdir(folder);
  await writeFile(
    join(folder, 'kustomization.yaml'),
    'namePrefix: k-\nresources: [d.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n',
  );
  await writeFile(join(folder, 'd.yaml'), deployment('one', 0));
  await follow([
    [`apply -k ${folder}`, /configmap\/k-settings-\w+ created\ndeployment.apps\/k-web created/],
    [`diff -k ${folder}`, /^$/],
    [`delete -k ${folder}`, /deleted/],
  ]);
});

test('get --watch tells changes as they come', { timeout: 60_000 }, async () => {
  const { kubectl } = clientTools();
  const watching = run(kubectl, ['get', 'cm', '-l', 'watched', '--watch', '--output-watch-events', '--request-timeout=5s'], {
    env,
    timeoutMs: 20_000,
  });
  await eventually('a watch', async () => (await runLine('create configmap w1 --dry-run=server')).code === 0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await follow([
    ['create -f -', /created/, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: w1, labels: {watched: "1"}}\n'],
    ['label cm w1 x=y', /labeled/],
    ['delete cm w1', /deleted/],
  ]);
  const { stdout } = await watching;
  assert.deepEqual(stdout.match(/ADDED|MODIFIED|DELETED/g), ['ADDED', 'MODIFIED', 'DELETED'], stdout);
});
