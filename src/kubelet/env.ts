import type { ConfigMap, Container, EnvFromSource, EnvVar, Pod, Secret, Service } from '../api/index.ts';
import { configMapValues, fieldValue, resourceFieldValue, secretValues } from '../volume/index.ts';

/** What keeps a container from being made until its configuration is mended: CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

export interface EnvSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** Services of the pod's namespace and `default/kubernetes`. */
  readonly services: readonly Service[];
  readonly nodeAllocatable: ReadonlyMap<string, number>;
}

/** A container's environment, in order: Services, envFrom, env. Later ones win. */
export async function containerEnv(pod: Pod, container: Container, sources: EnvSources): Promise<Map<string, string>> {
  const env = serviceEnv(pod, sources.services);
  for (const source of container.envFrom ?? []) for (const [key, value] of await fromSource(pod, source, sources)) env.set(key, value);
  for (const variable of container.env ?? []) {
    const value = await valueOf(pod, container, { variable, sources, env });
    if (value !== undefined) env.set(variable.name, value);
  }
  return env;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

async function fromSource(pod: Pod, source: EnvFromSource, sources: EnvSources): Promise<(readonly [string, string])[]> {
  const namespace = pod.metadata?.namespace ?? '';
  const prefix = source.prefix ?? '';
  if (source.configMapRef) {
    const { name = '', optional = false } = source.configMapRef;
    const object = await sources.configMap(namespace, name);
    if (!object && !optional) throw new ContainerConfigError(`configmap ${JSON.stringify(name)} not found`);
    return Object.entries(object?.data ?? {}).map(([key, value]) => [prefix + key, value]);
  }
  const { name = '', optional = false } = source.secretRef ?? {};
  const object = await sources.secret(namespace, name);
  if (!object && !optional) throw new ContainerConfigError(`secret ${JSON.stringify(name)} not found`);
  return [...secretValues(object ?? {})].map(([key, value]) => [prefix + key, text(value)]);
}

interface VariableContext {
  readonly variable: EnvVar;
  readonly sources: EnvSources;
  readonly env: ReadonlyMap<string, string>;
}

async function valueOf(pod: Pod, container: Container, { variable, sources, env }: VariableContext): Promise<string | undefined> {
  const from = variable.valueFrom;
  if (!from) return expand(variable.value ?? '', env);
  const namespace = pod.metadata?.namespace ?? '';
  if (from.fieldRef) {
    const value = fieldValue(pod, from.fieldRef.fieldPath);
    if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${from.fieldRef.fieldPath}`);
    return value;
  }
  if (from.resourceFieldRef) {
    const { containerName } = from.resourceFieldRef;
    const other = containerName
      ? [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((c) => c.name === containerName)
      : container;
    const value = resourceFieldValue(other ?? container, from.resourceFieldRef, sources.nodeAllocatable);
    if (value === undefined) throw new ContainerConfigError(`unsupported container resource : ${from.resourceFieldRef.resource}`);
    return value;
  }
  if (from.configMapKeyRef) {
    const { name = '', key, optional = false } = from.configMapKeyRef;
    const object = await sources.configMap(namespace, name);
    return keyOf(object && configMapValues(object), { kind: 'configmap', shown: 'ConfigMap', name, key, namespace, optional });
  }
  if (from.secretKeyRef) {
    const { name = '', key, optional = false } = from.secretKeyRef;
    const object = await sources.secret(namespace, name);
    return keyOf(object && secretValues(object), { kind: 'secret', shown: 'Secret', name, key, namespace, optional });
  }
  throw new ContainerConfigError(`the source of variable ${variable.name} is not supported`);
}

interface KeyReference {
  readonly kind: string;
  readonly shown: string;
  readonly name: string;
  readonly key: string;
  readonly namespace: string;
  readonly optional: boolean;
}

function keyOf(values: ReadonlyMap<string, Uint8Array> | undefined, ref: KeyReference): string | undefined {
  if (!values) {
    if (ref.optional) return undefined;
    throw new ContainerConfigError(`${ref.kind} ${JSON.stringify(ref.name)} not found`);
  }
  const value = values.get(ref.key);
  if (value !== undefined) return text(value);
  if (ref.optional) return undefined;
  throw new ContainerConfigError(`couldn't find key ${ref.key} in ${ref.shown} ${ref.namespace}/${ref.name}`);
}

/** Replaces `$(NAME)` by what is known by then; `$$` is a dollar; an unknown name stays as it is written. */
export function expand(input: string, env: ReadonlyMap<string, string>): string {
  return input.replaceAll(/\$\$|\$\(([^)]*)\)/g, (all, name: string | undefined) => (name === undefined ? '$' : (env.get(name) ?? all)));
}

/** `WEB_SERVICE_HOST` and its like for each Service that has a ClusterIP; without service links those of `kubernetes` alone. */
function serviceEnv(pod: Pod, services: readonly Service[]): Map<string, string> {
  const env = new Map<string, string>();
  const links = pod.spec?.enableServiceLinks ?? true;
  for (const service of services) {
    const { name = '', namespace = '' } = service.metadata ?? {};
    const ip = service.spec?.clusterIP;
    if (!ip || ip === 'None') continue;
    const isApi = name === 'kubernetes' && namespace === 'default';
    if (!isApi && (!links || namespace !== pod.metadata?.namespace)) continue;
    addService(env, name, service);
  }
  return env;
}

function addService(env: Map<string, string>, name: string, service: Service): void {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const ip = service.spec?.clusterIP ?? '';
  const ports = service.spec?.ports ?? [];
  const first = ports[0];
  if (!first) return;
  env.set(`${prefix}_SERVICE_HOST`, ip);
  env.set(`${prefix}_SERVICE_PORT`, String(first.port));
  for (const port of ports) if (port.name) env.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port));
  env.set(`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${ip}:${first.port}`);
  for (const port of ports) {
    const protocol = port.protocol ?? 'TCP';
    const portPrefix = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    env.set(portPrefix, `${protocol.toLowerCase()}://${ip}:${port.port}`);
    env.set(`${portPrefix}_PROTO`, protocol.toLowerCase());
    env.set(`${portPrefix}_PORT`, String(port.port));
    env.set(`${portPrefix}_ADDR`, ip);
  }
}
