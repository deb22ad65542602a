import { type Json, type KubeObject, equalJson, isJsonObject } from '../../apimachinery/index.ts';
import type { Namespace, Pod, PodSpec } from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';
import { isAbout, refuse } from './refusal.ts';
import { type Standard, standardOf, violationsOf } from './pod-security/standards.ts';

const namespaces = { group: '', resource: 'namespaces' };

/** Where kinds that make pods keep the pod's template. */
const templates: ReadonlyMap<string, readonly string[]> = new Map([
  ['/podtemplates', ['template']],
  ['/replicationcontrollers', ['spec', 'template']],
  ['apps/replicasets', ['spec', 'template']],
  ['apps/deployments', ['spec', 'template']],
  ['apps/statefulsets', ['spec', 'template']],
  ['apps/daemonsets', ['spec', 'template']],
  ['batch/jobs', ['spec', 'template']],
  ['batch/cronjobs', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** Pods keep to the Pod Security Standards that their namespace's labels name; what makes pods is warned about. */
export function podSecurity(lookup: Lookup): AdmissionPlugin {
  const labelsOf = async (name: string) => {
    const found = lookup.peek<Namespace>(namespaces, '', name) ?? (await lookup.get<Namespace>(namespaces, '', name));
    return found?.metadata?.labels;
  };
  return {
    name: 'PodSecurity',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async validate(request) {
      if (!request.object || request.namespace === '') return;
      const isPod = isAbout(request, '', 'pods') || isAbout(request, '', 'pods', 'ephemeralcontainers');
      const path = isPod || request.subresource !== '' ? undefined : templates.get(`${request.group}/${request.resource}`);
      if (!isPod && !path) return;
      const labels = await labelsOf(request.namespace);
      if (!labels) return;
      const spec = isPod ? (request.object as Pod).spec : templateSpec(request.object, path!);
      if (!spec || (isPod && !isSignificant(request))) return;
      if (isPod) enforce(request, spec, standardOf(labels, 'enforce'));
      tell(request, spec, labels);
    },
  };
}

function templateSpec(object: KubeObject, path: readonly string[]): PodSpec | undefined {
  let at: unknown = object;
  for (const key of [...path, 'spec']) at = isJsonObject(at) ? at[key] : undefined;
  return isJsonObject(at) ? (at as unknown as PodSpec) : undefined;
}

/** An update that leaves the spec alone is not judged anew: the pod runs already. */
function isSignificant({ operation, object, oldObject }: AdmissionRequest): boolean {
  const spec = (of: KubeObject | undefined) => ((of as Pod | undefined)?.spec ?? null) as unknown as Json;
  return operation === 'CREATE' || !equalJson(spec(object), spec(oldObject));
}

const describe = ({ level, version }: Standard, found: string) => `violates PodSecurity "${level}:${version}": ${found}`;

function enforce(request: AdmissionRequest, spec: PodSpec, standard: Standard): void {
  const found = violationsOf(standard, spec);
  if (found !== undefined) throw refuse(request, describe(standard, found));
}

function tell(request: AdmissionRequest, spec: PodSpec, labels: Readonly<Record<string, string>>): void {
  const would = (standard: Standard) => {
    const found = violationsOf(standard, spec);
    return found === undefined ? undefined : `would violate PodSecurity "${standard.level}:${standard.version}": ${found}`;
  };
  const audit = would(standardOf(labels, 'audit'));
  if (audit !== undefined) request.addAuditAnnotation('pod-security.kubernetes.io/audit-violations', audit);
  const warning = would(standardOf(labels, 'warn'));
  if (warning !== undefined) request.addWarning(warning);
}
