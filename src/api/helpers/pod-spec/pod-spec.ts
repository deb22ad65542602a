import type { PodSpec } from '../../types.gen.ts';
import { type Checks, join } from '../validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isDns1123SubdomainWithUnderscore, isLabelKey } from '../validation/formats.ts';
import { checkIp } from '../validation/ip.ts';
import { checkLabels } from '../validation/metadata.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './containers.ts';
import { checkPodLevelResources, checkResourceRequirements } from './resources.ts';
import { checkAffinity, checkTolerations, checkTopologySpread } from './scheduling.ts';
import { checkPodSecurityContext } from './security.ts';
import { checkVolumes } from './volumes.ts';

export interface PodSpecOptions {
  /** The pod's name; '' in templates. */
  readonly podName: string;
  /** False in templates. */
  readonly isPod: boolean;
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const noNames: ReadonlySet<string> = new Set();

function checkResourceClaims(c: Checks, spec: PodSpec, path: string): ReadonlySet<string> {
  if (!spec.resourceClaims?.length) return noNames;
  const names = new Set<string>();
  for (const [i, claim] of spec.resourceClaims.entries()) {
    const at = `${path}.resourceClaims[${i}]`;
    c.requiredFormat(isDns1123Label, claim.name, at, 'name');
    if (names.has(claim.name)) c.duplicate(at, 'name', claim.name);
    else names.add(claim.name);
    const { resourceClaimName, resourceClaimTemplateName } = claim;
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      c.invalid([at, ''], claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      c.invalid([at, ''], claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
    c.optionalFormat(isDns1123Subdomain, resourceClaimName, at, 'resourceClaimName');
    c.optionalFormat(isDns1123Subdomain, resourceClaimTemplateName, at, 'resourceClaimTemplateName');
  }
  return names;
}

function checkDns(c: Checks, spec: PodSpec, path: string): void {
  const config = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (!config) return c.required(path, 'dnsConfig', 'must provide `dnsConfig` when `dnsPolicy` is None');
    if (!config.nameservers?.length) {
      return c.required(path, 'dnsConfig.nameservers', 'must provide at least one DNS nameserver when `dnsPolicy` is None');
    }
  }
  if (!config) return;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > 3) c.invalid([path, 'dnsConfig.nameservers'], nameservers, 'must not have more than 3 nameservers');
  for (const [i, ip] of nameservers.entries()) checkIp(c, ip, path, `dnsConfig.nameservers[${i}]`);
  if (searches.length > 32) c.invalid([path, 'dnsConfig.searches'], searches, 'must not have more than 32 search paths');
  if (searches.join(' ').length > 2048) {
    c.invalid([path, 'dnsConfig.searches'], searches, 'must not have more than 2048 characters (including spaces) in the search list');
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue;
    c.format(isDns1123SubdomainWithUnderscore, search.endsWith('.') ? search.slice(0, -1) : search, path, `dnsConfig.searches[${i}]`);
  }
  for (const [i, option] of options.entries()) if (!option.name) c.required(path, `dnsConfig.options[${i}]`, 'must not be empty');
}

function checkGates(c: Checks, spec: PodSpec, path: string): void {
  for (const [i, gate] of (spec.readinessGates ?? []).entries()) c.format(isLabelKey, gate.conditionType, path, `readinessGates[${i}].conditionType`);
  const seen = new Set<string>();
  for (const [i, gate] of (spec.schedulingGates ?? []).entries()) {
    c.format(isLabelKey, gate.name, path, `schedulingGates[${i}]`);
    if (seen.has(gate.name)) c.duplicate(path, `schedulingGates[${i}]`, gate.name);
    seen.add(gate.name);
  }
}

function checkHostUsers(c: Checks, spec: PodSpec, path: string): void {
  if (spec.hostUsers !== false) return;
  const text = 'when `hostUsers` is false';
  if (spec.hostNetwork) c.forbidden(path, 'hostNetwork', text);
  if (spec.hostPID) c.forbidden(path, 'HostPID', text);
  if (spec.hostIPC) c.forbidden(path, 'HostIPC', text);
}

function checkHostnames(c: Checks, spec: PodSpec, path: string): void {
  c.optionalFormat(isDns1123Label, spec.hostname, path, 'hostname');
  c.optionalFormat(isDns1123Label, spec.subdomain, path, 'subdomain');
  const name = spec.hostnameOverride;
  if (name !== undefined) {
    if (spec.setHostnameAsFQDN) c.forbidden(path, 'hostnameOverride', 'may not be specified when setHostnameAsFQDN is true');
    if (spec.hostNetwork) c.forbidden(path, 'hostnameOverride', 'may not be specified when hostNetwork is true');
    if (name.length > 64) c.tooLong(path, 'hostnameOverride', 64);
    c.format(isDns1123Subdomain, name, path, 'hostnameOverride');
  }
  for (const [i, alias] of (spec.hostAliases ?? []).entries()) {
    checkIp(c, alias.ip ?? '', path, `hostAliases[${i}].ip`);
    for (const [j, host] of (alias.hostnames ?? []).entries()) c.format(isDns1123Subdomain, host, path, `hostAliases[${i}].hostnames[${j}]`);
  }
}

function checkNames(c: Checks, spec: PodSpec, path: string): void {
  c.optionalFormat(isDns1123Subdomain, spec.serviceAccountName, path, 'serviceAccountName');
  c.optionalFormat(isDns1123Subdomain, spec.nodeName, path, 'nodeName');
  c.optionalFormat(isDns1123Subdomain, spec.priorityClassName, path, 'priorityClassName');
  c.optionalFormat(isDns1123Subdomain, spec.runtimeClassName, path, 'runtimeClassName');
}

function checkLimits(c: Checks, spec: PodSpec, path: string): void {
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) {
    c.invalid([path, 'activeDeadlineSeconds'], deadline, 'must be between 1 and 2147483647, inclusive');
  }
  if (spec.preemptionPolicy !== undefined) {
    c.requiredOneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path, 'preemptionPolicy');
  }
  if (spec.overhead) checkResourceRequirements(c, { limits: spec.overhead }, noNames, join(path, 'overhead'));
  if (spec.os && spec.os.name !== 'linux' && spec.os.name !== 'windows') {
    if (!spec.os.name) c.required(path, 'os.name');
    else c.notSupported([path, 'os'], spec.os.name, ['linux', 'windows']);
  }
}

/** A pod's spec, defaults applied. The order of checks is upstream's, so that lists of errors read alike. */
export function checkPodSpec(c: Checks, spec: PodSpec, options: PodSpecOptions, path: string): void {
  if (spec.terminationGracePeriodSeconds === undefined) c.required(path, 'terminationGracePeriodSeconds');
  const volumes = checkVolumes(c, spec, options, path);
  const claims = checkResourceClaims(c, spec, path);
  const context = { spec, volumes, claims };
  checkContainers(c, context, path);
  if (spec.initContainers) checkInitContainers(c, context, path);
  if (spec.ephemeralContainers) checkEphemeralContainers(c, context, path);
  checkPodLevelResources(c, spec, join(path, 'resources'));
  c.requiredOneOf(spec.restartPolicy, restartPolicies, path, 'restartPolicy');
  c.requiredOneOf(spec.dnsPolicy, dnsPolicies, path, 'dnsPolicy');
  checkLabels(c, spec.nodeSelector, path, 'nodeSelector');
  checkPodSecurityContext(c, spec, join(path, 'securityContext'));
  if (spec.affinity) checkAffinity(c, spec.affinity, join(path, 'affinity'));
  checkDns(c, spec, path);
  checkGates(c, spec, path);
  if (spec.topologySpreadConstraints) checkTopologySpread(c, spec, join(path, 'topologySpreadConstraints'));
  checkHostUsers(c, spec, path);
  checkHostnames(c, spec, path);
  checkNames(c, spec, path);
  if (spec.tolerations) checkTolerations(c, spec.tolerations, join(path, 'tolerations'));
  checkLimits(c, spec, path);
}
