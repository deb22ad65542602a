import type { FieldError } from '../../apimachinery/index.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isDns1035Label, isDns1123Subdomain, isLabelKey } from '../helpers/validation/formats.ts';
import { checkLabelSelector } from '../helpers/validation/metadata.ts';
import { checkWebhookService, checkWebhookUrl } from '../helpers/validation/webhook-client.ts';
import type { MatchCondition, MutatingWebhook, ValidatingWebhook } from '../types.gen.ts';
import { checkRuleWithOperations } from './validate-rules.ts';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

const reviewVersions = ['v1', 'v1beta1'];

function checkName(c: Checks, name: string, path: string): void {
  if (name === '') return c.required(path, 'name');
  const problems = isDns1123Subdomain(name);
  c.texts(problems, [path, 'name'], name);
  if (problems.length === 0 && name.split('.').length < 3) {
    c.invalid([path, 'name'], name, 'should be a domain with at least three segments separated by dots');
  }
}

/** Conditions that narrow what is matched; expressions are compiled by whoever runs them. */
export function checkMatchConditions(c: Checks, conditions: readonly MatchCondition[] | undefined, path: string): void {
  if (!conditions) return;
  c.atMost(conditions, 64, path, '');
  const seen = new Set<string>();
  for (const [i, condition] of conditions.entries()) {
    const at = `${path}[${i}]`;
    if (!condition.expression?.trim()) c.required(at, 'expression');
    if (!condition.name) c.required(at, 'name');
    else {
      c.format(isLabelKey, condition.name, at, 'name');
      if (seen.has(condition.name)) c.duplicate(at, 'name', condition.name);
      seen.add(condition.name);
    }
  }
}

function checkReviewVersions(c: Checks, versions: readonly string[] | undefined, path: string): void {
  const field = 'admissionReviewVersions';
  if (!versions?.length) return c.required(path, field, `must specify one of ${reviewVersions.join(', ')}`);
  const seen = new Set<string>();
  for (const [i, version] of versions.entries()) {
    if (seen.has(version)) c.invalid([path, `${field}[${i}]`], version, 'duplicate version');
    seen.add(version);
    c.format(isDns1035Label, version, path, `${field}[${i}]`);
  }
  if (!versions.some((v) => reviewVersions.includes(v))) {
    c.invalid([path, field], versions, `must include at least one of ${reviewVersions.join(', ')}`);
  }
}

function checkClient(c: Checks, config: Webhook['clientConfig'] | undefined, path: string): void {
  if ((config?.url === undefined) === (config?.service === undefined)) {
    c.required(path, 'clientConfig', 'exactly one of url or service is required');
  } else if (config?.url !== undefined) checkWebhookUrl(c, config.url, path, 'clientConfig.url');
  else if (config?.service) checkWebhookService(c, config.service, `${path}.clientConfig.service`);
}

function checkWebhook(c: Checks, webhook: Webhook, path: string): void {
  checkName(c, webhook.name ?? '', path);
  for (const [i, rule] of (webhook.rules ?? []).entries()) checkRuleWithOperations(c, rule, `${path}.rules[${i}]`);
  if (webhook.failurePolicy !== undefined) c.oneOf(webhook.failurePolicy, ['Fail', 'Ignore'], path, 'failurePolicy');
  if (webhook.matchPolicy !== undefined) c.oneOf(webhook.matchPolicy, ['Equivalent', 'Exact'], path, 'matchPolicy');
  if (!webhook.sideEffects) c.required(path, 'sideEffects', 'must specify one of None, NoneOnDryRun');
  else c.oneOf(webhook.sideEffects, ['None', 'NoneOnDryRun'], path, 'sideEffects');
  const seconds = webhook.timeoutSeconds;
  if (seconds !== undefined && (seconds > 30 || seconds < 1)) {
    c.invalid([path, 'timeoutSeconds'], seconds, 'the timeout value must be between 1 and 30 seconds');
  }
  checkLabelSelector(c, webhook.namespaceSelector, `${path}.namespaceSelector`);
  checkLabelSelector(c, webhook.objectSelector, `${path}.objectSelector`);
  checkClient(c, webhook.clientConfig, path);
  checkMatchConditions(c, webhook.matchConditions, `${path}.matchConditions`);
  checkReviewVersions(c, webhook.admissionReviewVersions, path);
  if (webhook.reinvocationPolicy !== undefined) c.oneOf(webhook.reinvocationPolicy, ['IfNeeded', 'Never'], path, 'reinvocationPolicy');
}

/** The webhooks of a configuration of either kind. */
export function validateWebhooks(obj: { readonly webhooks?: readonly Webhook[] }): readonly FieldError[] {
  return collect((c) => {
    const names = new Set<string>();
    for (const [i, webhook] of (obj.webhooks ?? []).entries()) {
      checkWebhook(c, webhook, `webhooks[${i}]`);
      if (names.has(webhook.name)) c.duplicate(`webhooks[${i}]`, 'name', webhook.name);
      names.add(webhook.name);
    }
  });
}
