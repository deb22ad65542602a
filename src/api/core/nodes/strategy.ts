import { type Draft, milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { checkTaintEffect } from '../../helpers/pod-spec/scheduling.ts';
import { roundUpToMilli } from '../../helpers/quantities.ts';
import { keep, keepAllButStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isLabelKey, isLabelValue } from '../../helpers/validation/formats.ts';
import { cidrErrors, ipFamily } from '../../helpers/validation/ip.ts';
import type { Node } from '../../types.gen.ts';

function checkTaints(c: Checks, node: Node): void {
  const seen = new Set<string>();
  for (const [i, taint] of (node.spec?.taints ?? []).entries()) {
    const at = `metadata.taints[${i}]`;
    c.format(isLabelKey, taint.key ?? '', at, 'key');
    c.format(isLabelValue, taint.value ?? '', at, 'value');
    checkTaintEffect(c, taint.effect, false, at);
    const key = `${taint.effect}\0${taint.key}`;
    if (seen.has(key)) c.duplicate(at, '', taint);
    seen.add(key);
  }
}

function checkResources(c: Checks, node: Node): void {
  for (const field of ['capacity', 'allocatable'] as const) {
    for (const [name, quantity] of Object.entries(node.status?.[field] ?? {})) {
      if (milliValueOfQuantity(quantity) < 0) c.invalid([`status.${field}`, name], quantity, 'must be greater than or equal to 0');
    }
  }
}

function checkPodCidrs(c: Checks, node: Node): void {
  const cidrs = node.spec?.podCIDRs ?? [];
  for (const [i, cidr] of cidrs.entries()) c.texts(cidrErrors(cidr), ['spec', `podCIDRs[${i}]`], cidr);
  const families = cidrs.map((cidr) => ipFamily(cidr.split('/')[0] ?? ''));
  if (cidrs.length > 2 || (cidrs.length === 2 && families[0] === families[1])) {
    c.invalid(['spec', 'podCIDRs'], cidrs, 'may specify no more than one CIDR for each IP family');
  }
}

function check(c: Checks, node: Node): void {
  checkTaints(c, node);
  checkResources(c, node);
  checkPodCidrs(c, node);
}

function checkUpdate(c: Checks, node: Node, old: Node): void {
  const seen = new Set<string>();
  for (const [i, address] of (node.status?.addresses ?? []).entries()) {
    const key = `${address.type}\0${address.address}`;
    if (seen.has(key)) c.duplicate('status', `addresses[${i}]`, address);
    seen.add(key);
  }
  const before = old.spec?.podCIDRs ?? [];
  if (before.length > 0) {
    const cidrs = node.spec?.podCIDRs ?? [];
    if (before.length !== cidrs.length || before.some((cidr, i) => cidr !== cidrs[i])) {
      c.forbidden('spec', 'podCIDRs', 'node updates may not change podCIDR except from "" to valid');
    }
  }
  const provider = old.spec?.providerID;
  if (provider && provider !== node.spec?.providerID) {
    c.forbidden('spec', 'providerID', 'node updates may not change providerID except from "" to valid');
  }
}

function alignPodCidrs(spec: Draft<NonNullable<Node['spec']>>): void {
  if (spec.podCIDR && !spec.podCIDRs?.length) spec.podCIDRs = [spec.podCIDR];
  if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0]!;
}

export const nodeStrategy: Strategy<Node> = {
  default(node) {
    if (node.spec) alignPodCidrs(node.spec);
    const { status } = node;
    if (!status) return;
    if (!status.allocatable && status.capacity) status.allocatable = { ...status.capacity };
    roundUpToMilli(status.capacity);
    roundUpToMilli(status.allocatable);
  },
  prepareForCreate(node) {
    if (node.spec) delete node.spec.configSource;
  },
  prepareForUpdate(node, old, ctx) {
    if (ctx.subresource === 'status') keepAllButStatus(node, old);
    else keep(node, old, 'status');
  },
  validate: (node) => collect((c) => check(c, node)),
  validateUpdate: (node, old) =>
    collect((c) => {
      check(c, node);
      checkUpdate(c, node, old);
    }),
};
