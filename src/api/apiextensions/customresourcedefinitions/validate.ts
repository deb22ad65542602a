import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1035Label, isDns1123Subdomain } from '../../helpers/validation/formats.ts';
import { checkWebhookService, checkWebhookUrl } from '../../helpers/validation/webhook-client.ts';
import type { CustomResourceConversion, CustomResourceDefinition, CustomResourceDefinitionNames } from '../../types.gen.ts';
import { checkVersions } from './validate-versions.ts';

type Crd = CustomResourceDefinition;

function checkKind(c: Checks, kind: string | undefined, path: string, field: string): void {
  if (!kind) return c.required(path, field);
  for (const text of isDns1035Label(kind.toLowerCase())) c.invalid([path, field], kind, `may have mixed case, but should otherwise match: ${text}`);
}

function checkNames(c: Checks, names: CustomResourceDefinitionNames | undefined, path: string): void {
  c.requiredFormat(isDns1035Label, names?.plural, path, 'plural');
  c.requiredFormat(isDns1035Label, names?.singular, path, 'singular');
  checkKind(c, names?.kind, path, 'kind');
  checkKind(c, names?.listKind, path, 'listKind');
  for (const field of ['shortNames', 'categories'] as const) {
    for (const [i, name] of (names?.[field] ?? []).entries()) c.format(isDns1035Label, name, path, `${field}[${i}]`);
  }
  if (names?.kind && names.kind === names.listKind) c.invalid([path, 'listKind'], names.listKind, 'kind and listKind may not be the same');
}

function checkConversion(c: Checks, conversion: CustomResourceConversion | undefined): void {
  const path = 'spec.conversion';
  if (!conversion) return;
  const { strategy, webhook } = conversion;
  c.requiredOneOf(strategy, ['None', 'Webhook'], path, 'strategy');
  if (strategy !== 'Webhook') {
    if (webhook?.clientConfig) c.forbidden(path, 'webhookClientConfig', 'should not be set when strategy is not set to Webhook');
    if (webhook?.conversionReviewVersions?.length)
      c.forbidden(path, 'conversionReviewVersions', 'should not be set when strategy is not set to Webhook');
    return;
  }
  const config = webhook?.clientConfig;
  if (!config) c.required(path, 'webhookClientConfig', 'required when strategy is set to Webhook');
  else if ((config.url === undefined) === (config.service === undefined)) {
    c.required(path, 'webhookClientConfig', 'exactly one of url or service is required');
  } else if (config.url !== undefined) checkWebhookUrl(c, config.url, path, 'webhookClientConfig.url');
  else if (config.service) checkWebhookService(c, config.service, `${path}.webhookClientConfig.service`);
  const versions = webhook?.conversionReviewVersions ?? [];
  if (versions.length === 0) return c.required(path, 'conversionReviewVersions');
  const seen = new Set<string>();
  for (const [i, version] of versions.entries()) {
    if (seen.has(version)) c.invalid([path, `conversionReviewVersions[${i}]`], version, 'duplicate version');
    else c.format(isDns1035Label, version, path, `conversionReviewVersions[${i}]`);
    seen.add(version);
  }
  if (!versions.includes('v1') && !versions.includes('v1beta1')) {
    c.invalid([path, 'conversionReviewVersions'], versions, 'must include at least one of v1, v1beta1');
  }
}

function check(c: Checks, obj: Crd): void {
  const spec = obj.spec as Partial<Crd['spec']> | undefined;
  const group = spec?.group ?? '';
  if (group === '') c.required('spec', 'group');
  else {
    c.format(isDns1123Subdomain, group, 'spec', 'group');
    if (!group.includes('.')) c.invalid(['spec', 'group'], group, 'should be a domain with at least one dot');
  }
  c.requiredOneOf(spec?.scope, ['Cluster', 'Namespaced'], 'spec', 'scope');
  checkVersions(c, spec ?? {});
  checkNames(c, spec?.names, 'spec.names');
  checkConversion(c, spec?.conversion);
  if (spec?.preserveUnknownFields) {
    const text = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    c.invalid(['spec', 'preserveUnknownFields'], true, text);
  }
}

function checkStored(c: Checks, obj: Crd): void {
  const stored = obj.status?.storedVersions ?? [];
  if (stored.length === 0) c.invalid(['status', 'storedVersions'], stored, 'must have at least one stored version');
  const names = new Set((obj.spec?.versions ?? []).map((v) => v.name));
  for (const [i, v] of stored.entries()) {
    if (names.has(v)) continue;
    const text = `missing from spec.versions; ${v} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${v} and removes ${v} from status.storedVersions`;
    c.invalid(['status', `storedVersions[${i}]`], v, text);
  }
  const storage = obj.spec?.versions?.find((v) => v.storage)?.name;
  if (storage !== undefined && stored.length > 0 && !stored.includes(storage)) {
    c.invalid(['status', 'storedVersions'], stored, `must have the storage version ${storage}`);
  }
}

const protectedGroups = /(^|\.)(k8s\.io|kubernetes\.io)$/;
const approval = 'api-approved.kubernetes.io';

/** Groups of the project itself need an approval that is noted on the object. */
function checkApproval(c: Checks, obj: Crd): void {
  if (!protectedGroups.test(obj.spec?.group ?? '')) return;
  const value = obj.metadata?.annotations?.[approval];
  const why = 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111';
  if (value === undefined || value === '') c.required('metadata.annotations', `[${approval}]`, why);
  else if (!value.startsWith('unapproved') && !URL.canParse(value)) {
    const text =
      'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111';
    c.invalid(['metadata.annotations', `[${approval}]`], value, text);
  }
}

export function validateCrd(obj: Crd): readonly FieldError[] {
  return collect((c) => {
    const required = `${obj.spec?.names?.plural ?? ''}.${obj.spec?.group ?? ''}`;
    const name = obj.metadata?.name ?? '';
    if (name !== required) c.invalid(['metadata', 'name'], name, `must be spec.names.plural+"."+spec.group`);
    check(c, obj);
    checkStored(c, obj);
    checkApproval(c, obj);
  });
}

export function validateCrdUpdate(obj: Crd, old: Crd): readonly FieldError[] {
  return collect((c) => {
    check(c, obj);
    checkStored(c, obj);
    const established = old.status?.conditions?.some((x) => x.type === 'Established' && x.status === 'True');
    if (established) {
      c.immutable(obj.spec?.scope, obj.spec?.scope !== old.spec?.scope, 'spec', 'scope');
      c.immutable(obj.spec?.names?.kind, obj.spec?.names?.kind !== old.spec?.names?.kind, 'spec', 'names.kind');
    }
    c.immutable(obj.spec?.group, obj.spec?.group !== old.spec?.group, 'spec', 'group');
    c.immutable(obj.spec?.names?.plural, obj.spec?.names?.plural !== old.spec?.names?.plural, 'spec', 'names.plural');
  });
}

export function validateCrdStatusUpdate(obj: Crd): readonly FieldError[] {
  return collect((c) => checkStored(c, obj));
}
