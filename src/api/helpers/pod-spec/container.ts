import type { Container, ContainerPort, EnvFromSource, EnvVar, PodSpec, Volume } from '../../types.gen.ts';
import { type Checks, join } from '../validation/checks.ts';
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain, isRelaxedEnvVarName, isValidPortName, isValidPortNum } from '../validation/formats.ts';
import { checkLocalPath, checkNoBacksteps } from '../validation/paths.ts';
import { checkObjectFieldSelector, checkResourceFieldSelector, envFieldPaths } from './field-refs.ts';
import { checkResourceRequirements } from './resources.ts';
import { checkSecurityContext } from './security.ts';

/** What containers are checked against. */
export interface ContainerContext {
  readonly spec: PodSpec;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

const protocols = ['SCTP', 'TCP', 'UDP'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const messagePolicies = ['File', 'FallbackToLogsOnError'];

function checkPorts(c: Checks, ports: readonly ContainerPort[], path: string): void {
  const names = new Set<string>();
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    if (port.name) {
      const texts = isValidPortName(port.name);
      if (texts.length > 0) c.texts(texts, [path, `ports[${i}].name`], port.name);
      else if (names.has(port.name)) c.duplicate(path, `ports[${i}].name`, port.name);
      else names.add(port.name);
    }
    if (!port.containerPort) c.required(path, `ports[${i}].containerPort`);
    else if (port.containerPort < 1 || port.containerPort > 65535) {
      c.texts(isValidPortNum(port.containerPort), [path, `ports[${i}].containerPort`], port.containerPort);
    }
    if (port.hostPort && (port.hostPort < 1 || port.hostPort > 65535)) {
      c.texts(isValidPortNum(port.hostPort), [path, `ports[${i}].hostPort`], port.hostPort);
    }
    if (!port.protocol) c.required(path, `ports[${i}].protocol`);
    else if (!protocols.includes(port.protocol)) c.notSupported([path, `ports[${i}].protocol`], port.protocol, protocols);
  }
}

const fileSources = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

function checkEnvSource(c: Checks, env: EnvVar, volumes: ReadonlyMap<string, Volume>, path: string): void {
  const from = env.valueFrom;
  if (!from) return;
  const at = `${path}.valueFrom`;
  let count = 0;
  if (from.fieldRef) {
    count++;
    checkObjectFieldSelector(c, from.fieldRef, envFieldPaths, `${at}.fieldRef`);
  }
  if (from.resourceFieldRef) {
    count++;
    checkResourceFieldSelector(c, from.resourceFieldRef, `${at}.resourceFieldRef`, false);
  }
  for (const field of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = from[field];
    if (!ref) continue;
    count++;
    c.format(isDns1123Subdomain, ref.name ?? '', at, `${field}.name`);
    c.requiredFormat(isConfigMapKey, ref.key, at, `${field}.key`);
  }
  const file = from.fileKeyRef;
  if (file) {
    count++;
    c.requiredFormat(isRelaxedEnvVarName, file.key, at, 'fileKeyRef.key');
    c.requiredFormat(isDns1123Label, file.volumeName, at, 'fileKeyRef.volumeName');
    if (!file.path) c.required(at, 'fileKeyRef.path');
    else checkNoBacksteps(c, file.path, at, 'fileKeyRef.path');
    const volume = volumes.get(file.volumeName);
    if (file.volumeName && !volume) c.notFound(at, 'fileKeyRef.volumeName', file.volumeName);
    else if (volume && !volume.emptyDir) c.invalid([at, 'fileKeyRef.volumeName'], file.volumeName, 'referenced volume must be of type emptyDir');
  }
  if (count === 0) c.invalid([at, ''], '', `must specify one of: ${fileSources}`);
  if (env.value && count > 0) c.invalid([at, ''], '', 'may not be specified when `value` is not empty');
  if (count > 1) c.invalid([at, ''], '', 'may not have more than one field specified at a time');
}

function checkEnv(c: Checks, env: readonly EnvVar[], volumes: ReadonlyMap<string, Volume>, path: string): void {
  for (let i = 0; i < env.length; i++) {
    const e = env[i]!;
    if (!e.name) c.required(path, `env[${i}].name`);
    else {
      const texts = isRelaxedEnvVarName(e.name);
      if (texts.length > 0) c.texts(texts, [path, `env[${i}].name`], e.name);
    }
    if (e.valueFrom) checkEnvSource(c, e, volumes, `${path}.env[${i}]`);
  }
}

function checkEnvFrom(c: Checks, sources: readonly EnvFromSource[], path: string): void {
  for (const [i, source] of sources.entries()) {
    const at = `${path}.envFrom[${i}]`;
    c.optionalFormat(isRelaxedEnvVarName, source.prefix, at, 'prefix');
    const refs = (['configMapRef', 'secretRef'] as const).filter((field) => source[field]);
    for (const field of refs) c.requiredFormat(isDns1123Subdomain, source[field]!.name, at, `${field}.name`);
    if (refs.length === 0) c.invalid([path, 'envFrom'], '', 'must specify one of: `configMapRef` or `secretRef`');
    if (refs.length > 1) c.invalid([path, 'envFrom'], '', 'may not have more than one field specified at a time');
  }
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursive = ['Disabled', 'Enabled', 'IfPossible'];

function checkMounts(c: Checks, container: Container, context: ContainerContext, path: string): void {
  const paths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  const mounts = container.volumeMounts ?? [];
  for (let i = 0; i < mounts.length; i++) {
    const m = mounts[i]!;
    if (!m.name) c.required(path, `volumeMounts[${i}].name`);
    if (!context.volumes.has(m.name)) c.notFound(path, `volumeMounts[${i}].name`, m.name ?? '');
    if (!m.mountPath) c.required(path, `volumeMounts[${i}].mountPath`);
    if (paths.has(m.mountPath)) c.invalid([path, `volumeMounts[${i}].mountPath`], m.mountPath, 'must be unique');
    paths.add(m.mountPath);
    if (devices.length > 0) {
      if (devices.some((d) => d.name === m.name)) c.invalid([path, `volumeMounts[${i}].name`], m.name, 'must not already exist in volumeDevices');
      if (devices.some((d) => d.devicePath === m.mountPath)) {
        c.invalid([path, `volumeMounts[${i}].mountPath`], m.mountPath, 'must not already exist as a path in volumeDevices');
      }
    }
    if (m.subPath) checkLocalPath(c, m.subPath, path, 'volumeMounts.subPath');
    if (m.subPathExpr) {
      if (m.subPath) c.invalid([path, `volumeMounts[${i}].subPathExpr`], m.subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      checkLocalPath(c, m.subPathExpr, path, 'volumeMounts.subPathExpr');
    }
    if (m.mountPropagation !== undefined) {
      c.oneOf(m.mountPropagation, propagations, path, 'volumeMounts.mountPropagation');
      if (m.mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
        c.forbidden(path, 'volumeMounts.mountPropagation', 'Bidirectional mount propagation is available only to privileged containers');
      }
    }
    if (m.recursiveReadOnly !== undefined && m.recursiveReadOnly !== 'Disabled') {
      const field = 'volumeMounts.recursiveReadOnly';
      if (!recursive.includes(m.recursiveReadOnly)) c.notSupported([path, field], m.recursiveReadOnly, recursive);
      else if (!m.readOnly) c.forbidden(path, field, 'may only be specified when readOnly is true');
      if ((m.mountPropagation ?? 'None') !== 'None') c.forbidden(path, field, 'may only be specified when mountPropagation is None or not specified');
    }
  }
}

function checkDevices(c: Checks, container: Container, context: ContainerContext, path: string): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts = container.volumeMounts ?? [];
  for (const [i, d] of (container.volumeDevices ?? []).entries()) {
    const at = `volumeDevices[${i}]`;
    if (!d.name) c.required(path, `${at}.name`);
    if (names.has(d.name)) c.invalid([path, `${at}.name`], d.name, 'must be unique');
    const volume = context.volumes.get(d.name);
    if (!volume) c.notFound(path, `${at}.name`, d.name);
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      c.invalid([path, `${at}.name`], d.name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    }
    if (!d.devicePath) c.required(path, `${at}.devicePath`);
    if (paths.has(d.devicePath)) c.invalid([path, `${at}.devicePath`], d.devicePath, 'must be unique');
    if (d.devicePath?.split('/').includes('..')) c.invalid([path, `${at}.devicePath`], d.devicePath, "can not contain backsteps ('..')");
    if (mounts.some((m) => m.name === d.name)) c.invalid([path, `${at}.name`], d.name, 'must not already exist in volumeMounts');
    if (mounts.some((m) => m.mountPath === d.devicePath)) {
      c.invalid([path, `${at}.devicePath`], d.devicePath, 'must not already exist as a path in volumeMounts');
    }
    names.add(d.name);
    paths.add(d.devicePath);
  }
}

function checkResizePolicy(c: Checks, container: Container, spec: PodSpec, path: string): void {
  const seen = new Set<string>();
  for (const [i, p] of (container.resizePolicy ?? []).entries()) {
    if (seen.has(p.resourceName)) c.duplicate(path, `resizePolicy[${i}]`, p.resourceName);
    seen.add(p.resourceName);
    c.requiredOneOf(p.resourceName, ['cpu', 'memory'], path, 'resizePolicy');
    c.requiredOneOf(p.restartPolicy, ['NotRequired', 'RestartContainer'], path, 'resizePolicy');
    if (spec.restartPolicy === 'Never' && p.restartPolicy !== 'NotRequired') {
      c.invalid([path, 'resizePolicy'], p.restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
    }
  }
}

/** What all kinds of containers have in common. */
export function checkContainerCommon(c: Checks, container: Container, context: ContainerContext, path: string): void {
  c.requiredFormat(isDns1123Label, container.name, path, 'name');
  if (!container.image) c.required(path, 'image');
  c.requiredOneOf(container.terminationMessagePolicy, messagePolicies, path, 'terminationMessagePolicy');
  if (container.ports) checkPorts(c, container.ports, path);
  if (container.env) checkEnv(c, container.env, context.volumes, path);
  if (container.envFrom) checkEnvFrom(c, container.envFrom, path);
  if (container.volumeMounts) checkMounts(c, container, context, path);
  if (container.volumeDevices) checkDevices(c, container, context, path);
  c.requiredOneOf(container.imagePullPolicy, pullPolicies, path, 'imagePullPolicy');
  if (container.resources) checkResourceRequirements(c, container.resources, context.claims, join(path, 'resources'));
  if (container.resizePolicy) checkResizePolicy(c, container, context.spec, path);
  if (container.securityContext) checkSecurityContext(c, container.securityContext, context.spec, join(path, 'securityContext'));
}
