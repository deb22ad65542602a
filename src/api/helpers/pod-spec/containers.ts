import type { Container, ContainerRestartRule, EphemeralContainer, Lifecycle, PodSpec } from '../../types.gen.ts';
import { isRestartableInit } from '../containers.ts';
import type { Checks } from '../validation/checks.ts';
import { checkContainerCommon, type ContainerContext } from './container.ts';
import { checkHandler, checkProbe } from './handlers.ts';
import { stopSignals } from './stop-signals.ts';

function checkLifecycle(c: Checks, lifecycle: Lifecycle | undefined, spec: PodSpec, path: string): void {
  if (!lifecycle) return;
  const grace = spec.terminationGracePeriodSeconds;
  if (lifecycle.postStart) checkHandler(c, lifecycle.postStart, grace, `${path}.lifecycle.postStart`);
  if (lifecycle.preStop) checkHandler(c, lifecycle.preStop, grace, `${path}.lifecycle.preStop`);
  if (lifecycle.stopSignal === undefined) return;
  const os = spec.os?.name;
  if (!os) c.forbidden(path, 'lifecycle.stopSignal', 'may not be set for containers with empty `spec.os.name`');
  else c.oneOf(lifecycle.stopSignal, stopSignals(os), path, 'lifecycle.stopSignal');
}

function checkRestartRules(c: Checks, rules: readonly ContainerRestartRule[], path: string): void {
  c.atMost(rules, 20, path, 'restartPolicyRules');
  for (const [i, rule] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${i}]`;
    c.oneOf(rule.action ?? '', ['Restart', 'RestartAllContainers'], at, 'action');
    if (!rule.exitCodes) c.required(at, 'exitCodes', 'must be specified');
    else {
      c.oneOf(rule.exitCodes.operator ?? '', ['In', 'NotIn'], at, 'exitCodes.operator');
      c.atMost(rule.exitCodes.values, 255, at, 'exitCodes.values');
    }
  }
}

function checkRestart(c: Checks, container: Container, path: string): void {
  const rules = container.restartPolicyRules ?? [];
  if (rules.length > 0) {
    if (container.restartPolicy === undefined) c.required(path, 'restartPolicy', 'must specify restartPolicy when restart rules are used');
    checkRestartRules(c, rules, path);
  }
  if (container.restartPolicy !== undefined) c.oneOf(container.restartPolicy, ['Always', 'Never', 'OnFailure'], path, 'restartPolicy');
}

function checkHostPorts(c: Checks, container: Container, used: Set<string>, path: string): void {
  for (const [i, port] of (container.ports ?? []).entries()) {
    if (!port.hostPort) continue;
    const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
    if (used.has(key)) c.duplicate(path, `ports[${i}].hostPort`, key);
    else used.add(key);
  }
}

function checkHostNetworkPorts(c: Checks, container: Container, spec: PodSpec, path: string): void {
  if (!spec.hostNetwork || !container.ports) return;
  for (const [i, port] of container.ports.entries()) {
    if (port.hostPort !== port.containerPort) {
      c.invalid([path, `ports[${i}].hostPort`], port.hostPort ?? 0, 'must match `containerPort` when `hostNetwork` is true');
    }
  }
}

function checkHooks(c: Checks, container: Container, spec: PodSpec, path: string): void {
  checkLifecycle(c, container.lifecycle, spec, path);
  checkProbe(c, container.livenessProbe, 'livenessProbe', path);
  checkProbe(c, container.readinessProbe, 'readinessProbe', path);
  checkProbe(c, container.startupProbe, 'startupProbe', path);
}

/** spec.containers. */
export function checkContainers(c: Checks, context: ContainerContext, path: string): void {
  const { spec } = context;
  const containers = spec.containers ?? [];
  if (containers.length === 0) return c.required(path, 'containers');
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  for (let i = 0; i < containers.length; i++) {
    const container = containers[i]!;
    const at = `${path}.containers[${i}]`;
    checkContainerCommon(c, container, context, at);
    if (names.has(container.name)) c.duplicate(at, 'name', container.name);
    else names.add(container.name);
    checkHooks(c, container, spec, at);
    checkRestart(c, container, at);
    if (container.ports) {
      checkHostPorts(c, container, hostPorts, at);
      checkHostNetworkPorts(c, container, spec, at);
    }
  }
}

const sidecarsOnly = 'may not be set for init containers without restartPolicy=Always';

function checkInitContainer(c: Checks, container: Container, spec: PodSpec, path: string): void {
  checkRestart(c, container, path);
  if (isRestartableInit(container)) {
    if (container.restartPolicyRules?.length) {
      c.forbidden(path, 'restartPolicyRules', 'restartPolicyRules are not allowed for init containers with restart policy Always');
    }
    checkHooks(c, container, spec, path);
  } else {
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[field]) c.forbidden(path, field, sidecarsOnly);
    }
    for (const [i, p] of (container.resizePolicy ?? []).entries()) {
      if (p.restartPolicy !== 'RestartContainer') continue;
      c.invalid([path, `resizePolicy[${i}].restartPolicy`], p.restartPolicy, "must not be set to 'RestartContainer' for non-sidecar initContainers");
    }
  }
  checkHostPorts(c, container, new Set(), path);
}

/** spec.initContainers, whose names no main container may have. */
export function checkInitContainers(c: Checks, context: ContainerContext, path: string): void {
  const names = new Set((context.spec.containers ?? []).map((m) => m.name));
  for (const [i, container] of (context.spec.initContainers ?? []).entries()) {
    const at = `${path}.initContainers[${i}]`;
    checkContainerCommon(c, container, context, at);
    if (names.has(container.name)) c.duplicate(at, 'name', container.name);
    else names.add(container.name);
    checkInitContainer(c, container, context.spec, at);
  }
}

const forbiddenInEphemeral = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resources',
  'restartPolicy',
  'restartPolicyRules',
  'resizePolicy',
] as const;

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** spec.ephemeralContainers: for debugging, without guarantees. */
export function checkEphemeralContainers(c: Checks, context: ContainerContext, path: string): void {
  const list: readonly EphemeralContainer[] = context.spec.ephemeralContainers ?? [];
  if (list.length === 0) return;
  const mains = new Set([...(context.spec.containers ?? []), ...(context.spec.initContainers ?? [])].map((m) => m.name));
  const names = new Set(mains);
  for (const [i, container] of list.entries()) {
    const at = `${path}.ephemeralContainers[${i}]`;
    checkContainerCommon(c, container, context, at);
    if (container.image && container.image.trim() !== container.image) {
      c.invalid([at, 'image'], container.image, 'must not have leading or trailing whitespace');
    }
    if (names.has(container.name)) c.duplicate(at, 'name', container.name);
    else names.add(container.name);
    if (container.targetContainerName && !mains.has(container.targetContainerName)) {
      c.notFound(at, 'targetContainerName', container.targetContainerName);
    }
    for (const field of forbiddenInEphemeral) if (isGiven(container[field])) c.forbidden(at, field, 'cannot be set for an Ephemeral Container');
    for (const [j, m] of (container.volumeMounts ?? []).entries()) {
      for (const field of ['subPath', 'subPathExpr'] as const) {
        if (m[field]) c.forbidden(at, `volumeMounts[${j}].${field}`, 'cannot be set for an Ephemeral Container');
      }
    }
  }
}
