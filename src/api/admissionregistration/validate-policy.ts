import type { FieldError } from '../../apimachinery/index.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isDns1035Label, isDns1123Subdomain, isLabelKey, isPathSegmentName } from '../helpers/validation/formats.ts';
import { checkLabelSelector } from '../helpers/validation/metadata.ts';
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  NamedRuleWithOperations,
  ParamKind,
  ValidatingAdmissionPolicy,
  Validation,
} from '../types.gen.ts';
import { checkRuleWithOperations } from './validate-rules.ts';
import { checkMatchConditions } from './validate-webhooks.ts';

const maxValueExpressionBytes = 5120;

function checkNamedRule(c: Checks, rule: NamedRuleWithOperations, path: string): void {
  const seen = new Set<string>();
  for (const [i, name] of (rule.resourceNames ?? []).entries()) {
    c.format(isPathSegmentName, name, path, `resourceNames[${i}]`);
    if (seen.has(name)) c.duplicate(path, `resourceNames[${i}]`, name);
    seen.add(name);
  }
  checkRuleWithOperations(c, rule, path);
}

/** What a policy or its binding matches. */
export function checkMatchResources(c: Checks, match: MatchResources, path: string): void {
  if (match.matchPolicy === undefined) c.required(path, 'matchPolicy');
  else c.oneOf(match.matchPolicy, ['Equivalent', 'Exact'], path, 'matchPolicy');
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    if (!match[field]) c.required(path, field);
    else checkLabelSelector(c, match[field], `${path}.${field}`);
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const) {
    for (const [i, rule] of (match[field] ?? []).entries()) checkNamedRule(c, rule, `${path}.${field}[${i}]`);
  }
}

function checkParamKind(c: Checks, kind: ParamKind | undefined): void {
  if (!kind) return;
  const path = 'spec.paramKind';
  if (!kind.apiVersion) c.required(path, 'apiVersion');
  else {
    const [version = '', group = ''] = kind.apiVersion.split('/').toReversed();
    if (group !== '') c.format(isDns1123Subdomain, group, path, 'apiVersion');
    if (version === '') c.invalid([path, 'apiVersion'], kind.apiVersion, 'version must be specified');
    else c.format(isDns1035Label, version, path, 'apiVersion');
  }
  if (!kind.kind) return c.required(path, 'kind');
  for (const text of isDns1035Label(kind.kind.toLowerCase())) {
    c.invalid([path, 'kind'], kind.kind, `may have mixed case, but should otherwise match: ${text}`);
  }
}

function checkValidation(c: Checks, validation: Validation, path: string): void {
  const { message, messageExpression, reason } = validation;
  const expression = (validation.expression as string | undefined) ?? '';
  if (expression.trim() === '') c.required(path, 'expression', 'expression is not specified');
  if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '') {
    c.invalid([path, 'messageExpression'], messageExpression, 'must be non-empty if specified');
  }
  if (message) {
    if (message.trim() === '') c.invalid([path, 'message'], message, 'must be non-empty if specified');
    else if (/[\n\r]/.test(message.trim())) c.invalid([path, 'message'], message, 'must not contain line breaks');
  } else if (/[\n\r]/.test(expression.trim()) && !messageExpression) {
    c.required(path, 'message', 'message must be specified if expression contains line breaks');
  }
  if (reason !== undefined) c.oneOf(reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge'], path, 'reason');
}

type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']> | NonNullable<MutatingAdmissionPolicy['spec']>;

function checkCommon(c: Checks, spec: PolicySpec | undefined): void {
  if (spec?.failurePolicy === undefined) c.required('spec', 'failurePolicy');
  else c.oneOf(spec.failurePolicy, ['Fail', 'Ignore'], 'spec', 'failurePolicy');
  checkParamKind(c, spec?.paramKind);
  if (!spec?.matchConstraints) c.required('spec', 'matchConstraints');
  else {
    checkMatchResources(c, spec.matchConstraints, 'spec.matchConstraints');
    if (!spec.matchConstraints.resourceRules?.length) c.required('spec', 'matchConstraints.resourceRules');
  }
  checkMatchConditions(c, spec?.matchConditions, 'spec.matchConditions');
  for (const [i, variable] of (spec?.variables ?? []).entries()) {
    const path = `spec.variables[${i}]`;
    if (!variable.name?.trim()) c.required(path, 'name', 'name is not specified');
    else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable.name)) c.invalid([path, 'name'], variable.name, 'must be a valid CEL identifier');
    if (!variable.expression?.trim()) c.required(path, 'expression', 'expression is not specified');
  }
}

function checkAuditAnnotations(c: Checks, obj: ValidatingAdmissionPolicy): void {
  const annotations = obj.spec?.auditAnnotations ?? [];
  if (annotations.length > 20) c.invalid(['spec', 'auditAnnotations'], annotations, 'must not have more than 20 auditAnnotations');
  const seen = new Set<string>();
  for (const [i, annotation] of annotations.entries()) {
    const path = `spec.auditAnnotations[${i}]`;
    c.format(isLabelKey, `${obj.metadata?.name ?? ''}/${annotation.key}`, path, 'key');
    if (!annotation.valueExpression?.trim()) c.required(path, 'valueExpression', 'valueExpression is not specified');
    else if (Buffer.byteLength(annotation.valueExpression) > maxValueExpressionBytes) {
      c.required(path, 'valueExpression', `must not exceed ${maxValueExpressionBytes} bytes in length`);
    }
    if (seen.has(annotation.key)) c.duplicate(path, 'key', annotation.key);
    seen.add(annotation.key);
  }
}

/** A ValidatingAdmissionPolicy; its expressions are compiled by whoever runs them. */
export function validateValidatingPolicy(obj: ValidatingAdmissionPolicy): readonly FieldError[] {
  return collect((c) => {
    checkCommon(c, obj.spec);
    const { validations = [], auditAnnotations = [] } = obj.spec ?? {};
    if (validations.length + auditAnnotations.length === 0) {
      for (const field of ['validations', 'auditAnnotations']) {
        c.required('spec', field, 'validations or auditAnnotations must contain at least one item');
      }
    }
    for (const [i, validation] of validations.entries()) checkValidation(c, validation, `spec.validations[${i}]`);
    checkAuditAnnotations(c, obj);
  });
}

/** A MutatingAdmissionPolicy. */
export function validateMutatingPolicy(obj: MutatingAdmissionPolicy): readonly FieldError[] {
  return collect((c) => {
    checkCommon(c, obj.spec);
    if (!obj.spec?.mutations?.length) c.required('spec', 'mutations', 'mutations must contain at least one item');
  });
}

interface PolicyBinding {
  readonly spec?: { readonly policyName?: string; readonly matchResources?: MatchResources };
}

/** A binding of a policy of either kind: what it names, and what it matches. */
export function validatePolicyBinding(obj: PolicyBinding): readonly FieldError[] {
  return collect((c) => {
    c.requiredFormat(isDns1123Subdomain, obj.spec?.policyName, 'spec', 'policyName');
    if (obj.spec?.matchResources) checkMatchResources(c, obj.spec.matchResources, 'spec.matchResources');
  });
}
