import type { Strategy } from '../../definition.ts';
import { withGeneration } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isValidPortName, isValidPortNum } from '../../helpers/validation/formats.ts';
import { cidrErrors } from '../../helpers/validation/ip.ts';
import { checkLabelSelector } from '../../helpers/validation/metadata.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../types.gen.ts';

function checkPort(c: Checks, port: NetworkPolicyPort, path: string): void {
  if (port.protocol !== undefined) c.oneOf(port.protocol, ['TCP', 'UDP', 'SCTP'], path, 'protocol');
  if (port.port === undefined) {
    if (port.endPort !== undefined) c.invalid([path, 'endPort'], port.endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port.port === 'string') {
    c.format(isValidPortName, port.port, path, 'port');
    if (port.endPort !== undefined) c.invalid([path, 'endPort'], port.endPort, 'may not be specified when `port` is non-numeric');
  } else {
    c.texts(isValidPortNum(port.port), [path, 'port'], port.port);
    if (port.endPort === undefined) return;
    if (port.endPort < port.port) c.invalid([path, 'endPort'], port.endPort, 'must be greater than or equal to `port`');
    c.texts(isValidPortNum(port.endPort), [path, 'endPort'], port.endPort);
  }
}

function checkPeer(c: Checks, peer: NetworkPolicyPeer, path: string): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  checkLabelSelector(c, podSelector, `${path}.podSelector`);
  checkLabelSelector(c, namespaceSelector, `${path}.namespaceSelector`);
  if (ipBlock) {
    if (!ipBlock.cidr) c.required(path, 'ipBlock.cidr');
    else c.texts(cidrErrors(ipBlock.cidr), [path, 'ipBlock.cidr'], ipBlock.cidr);
    for (const [i, except] of (ipBlock.except ?? []).entries()) c.texts(cidrErrors(except), [path, `ipBlock.except[${i}]`], except);
    if (podSelector || namespaceSelector) c.forbidden(path, '', 'may not specify both ipBlock and another peer');
  } else if (!podSelector && !namespaceSelector) c.required(path, '', 'must specify a peer');
}

function check(c: Checks, obj: NetworkPolicy): void {
  const spec = obj.spec;
  checkLabelSelector(c, spec?.podSelector, 'spec.podSelector');
  for (const [i, rule] of (spec?.ingress ?? []).entries()) {
    for (const [j, port] of (rule.ports ?? []).entries()) checkPort(c, port, `spec.ingress[${i}].ports[${j}]`);
    for (const [j, peer] of (rule.from ?? []).entries()) checkPeer(c, peer, `spec.ingress[${i}].from[${j}]`);
  }
  for (const [i, rule] of (spec?.egress ?? []).entries()) {
    for (const [j, port] of (rule.ports ?? []).entries()) checkPort(c, port, `spec.egress[${i}].ports[${j}]`);
    for (const [j, peer] of (rule.to ?? []).entries()) checkPeer(c, peer, `spec.egress[${i}].to[${j}]`);
  }
  const types = spec?.policyTypes ?? [];
  if (types.length > 2) return c.invalid(['spec', 'policyTypes'], types, 'may not specify more than two policyTypes');
  for (const [i, type] of types.entries()) c.oneOf(type, ['Ingress', 'Egress'], 'spec', `policyTypes[${i}]`);
}

export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  ...withGeneration(),
  default(obj) {
    const spec = obj.spec;
    if (!spec) return;
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj) => collect((c) => check(c, obj)),
};
