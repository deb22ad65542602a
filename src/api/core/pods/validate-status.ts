import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Subdomain, isLabelKey } from '../../helpers/validation/formats.ts';
import { checkIp, ipFamily } from '../../helpers/validation/ip.ts';
import type { ContainerStatus, Pod } from '../../types.gen.ts';

function checkTransitions(c: Checks, pod: Pod, old: Pod): void {
  const restartPolicy = old.spec?.restartPolicy ?? 'Always';
  if (restartPolicy === 'Always') return;
  const byName = (list: readonly ContainerStatus[] | undefined) => new Map((list ?? []).map((s) => [s.name, s]));
  for (const field of ['containerStatuses', 'initContainerStatuses'] as const) {
    const now = byName(pod.status?.[field]);
    for (const [i, before] of (old.status?.[field] ?? []).entries()) {
      const { terminated } = before.state ?? {};
      if (!terminated) continue;
      if (terminated.exitCode !== 0 && restartPolicy === 'OnFailure') continue;
      const spec = (field === 'containerStatuses' ? old.spec?.containers : old.spec?.initContainers)?.find((s) => s.name === before.name);
      if (spec?.restartPolicy !== undefined || spec?.restartPolicyRules?.length) continue;
      const after = now.get(before.name);
      if (after && !after.state?.terminated) c.forbidden(`status.${field}[${i}]`, 'state', 'may not be transitioned to non-terminated state');
    }
  }
}

function checkIps(c: Checks, ips: readonly { readonly ip?: string }[] | undefined, field: string): void {
  const families = new Map<string, number>();
  for (const [i, { ip = '' }] of (ips ?? []).entries()) {
    checkIp(c, ip, 'status', `${field}[${i}].ip`);
    const family = ipFamily(ip);
    if (family) families.set(family, (families.get(family) ?? 0) + 1);
  }
  if ([...families.values()].some((n) => n > 1)) c.invalid(['status', field], ips, 'may specify no more than one IP for each IP family');
}

/** An update of `/status`. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  return collect((c) => {
    const status = pod.status;
    for (const [i, condition] of (status?.conditions ?? []).entries()) {
      c.format(isLabelKey, condition.type, 'status', `conditions[${i}].Type`);
    }
    if ((pod.spec?.nodeName ?? '') !== (old.spec?.nodeName ?? '')) c.forbidden('status', 'nodeName', 'may not be changed directly');
    const nominated = status?.nominatedNodeName;
    if (nominated && nominated !== old.status?.nominatedNodeName) c.format(isDns1123Subdomain, nominated, 'status', 'nominatedNodeName');
    if (old.status?.qosClass && status?.qosClass !== old.status.qosClass) {
      c.invalid(['status', 'qosClass'], status?.qosClass ?? '', 'field is immutable');
    }
    checkTransitions(c, pod, old);
    checkIps(c, status?.podIPs, 'podIPs');
    checkIps(c, status?.hostIPs, 'hostIPs');
  });
}
