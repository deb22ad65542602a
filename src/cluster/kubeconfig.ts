import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';
import { makeSecretDirectory, type Owner, writeSecretFile } from '../pki/index.ts';

interface Named {
  readonly name: string;
}

interface KubeconfigFile {
  readonly apiVersion: 'v1';
  readonly kind: 'Config';
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
  readonly contexts: readonly Named[];
  readonly 'current-context': string;
  readonly [key: string]: unknown;
}

/** A kubeconfig of one context, named for the cluster. */
export function kubeconfig(options: {
  readonly name: string;
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}): KubeconfigFile {
  const { name, server } = options;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(options.ca) } } as Named],
    users: [{ name, user: { 'client-certificate-data': base64(options.cert), 'client-key-data': base64(options.key) } } as Named],
    contexts: [{ name, context: { cluster: name, user: name } } as Named],
    'current-context': name,
  };
}

export function kubeconfigText(config: object): string {
  return dump(config, { lineWidth: -1 });
}

/** The file kubectl writes to: the first of `$KUBECONFIG` that exists, its last name when none does, else `~/.kube/config` of who called sudo. */
export function userKubeconfigPath(env: NodeJS.ProcessEnv = process.env): { readonly path: string; readonly owner?: Owner } {
  const owner = env['SUDO_UID'] && env['SUDO_GID'] ? { uid: Number(env['SUDO_UID']), gid: Number(env['SUDO_GID']) } : undefined;
  const listed = (env['KUBECONFIG'] ?? '').split(':').filter(Boolean);
  const home = owner ? homeOf(owner.uid) : undefined;
  const path = listed.find((p) => existsSync(p)) ?? listed.at(-1) ?? join(home ?? homedir(), '.kube', 'config');
  return { path, ...(owner ? { owner } : {}) };
}

function homeOf(uid: number): string | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.split(':')[2] === String(uid));
  return line?.split(':')[5];
}

/** Adds the context (and its cluster and user) to the user's file and makes it the current one. Entries of other names stay as they are. */
export async function mergeKubeconfig(config: KubeconfigFile, target: { readonly path: string; readonly owner?: Owner }): Promise<void> {
  const current = readKubeconfig(target.path);
  const merged = {
    ...current,
    clusters: withNamed(current.clusters, config.clusters),
    users: withNamed(current.users, config.users),
    contexts: withNamed(current.contexts, config.contexts),
    'current-context': config['current-context'],
  };
  await write(target, merged);
}

/** Takes the context `name` out again; does nothing where it is not. */
export async function removeFromKubeconfig(name: string, target: { readonly path: string; readonly owner?: Owner }): Promise<void> {
  if (!existsSync(target.path)) return;
  const current = readKubeconfig(target.path);
  if (!current.contexts?.some((c) => c.name === name)) return;
  const without = (list: readonly Named[] | undefined) => (list ?? []).filter((e) => e.name !== name);
  const isCurrent = current['current-context'] === name;
  await write(target, {
    ...current,
    clusters: without(current.clusters),
    users: without(current.users),
    contexts: without(current.contexts),
    'current-context': isCurrent ? '' : current['current-context'],
  });
}

function readKubeconfig(path: string): Partial<KubeconfigFile> {
  const empty = { apiVersion: 'v1', kind: 'Config' } as const;
  if (!existsSync(path)) return empty;
  const parsed = load(readFileSync(path, 'utf8'));
  if (parsed === undefined || parsed === null) return empty;
  if (typeof parsed !== 'object') throw new Error(`${path} is no kubeconfig`);
  return parsed;
}

function withNamed(list: readonly Named[] | undefined, added: readonly Named[]): Named[] {
  return [...(list ?? []).filter((e) => !added.some((a) => a.name === e.name)), ...added];
}

async function write(target: { readonly path: string; readonly owner?: Owner }, config: object): Promise<void> {
  const folder = dirname(target.path);
  if (!existsSync(folder)) await makeSecretDirectory(folder, target.owner);
  const owner = existsSync(target.path) ? statSync(target.path) : target.owner;
  await writeSecretFile(target.path, kubeconfigText(config), owner ? { uid: owner.uid, gid: owner.gid } : undefined);
}
