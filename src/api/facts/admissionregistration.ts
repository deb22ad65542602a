import type { GroupFacts } from './parse.ts';

export const admissionregistrationFacts: GroupFacts = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  alias: 'admissionregistration.v1',
  openApiPrefix: 'io.k8s.api.admissionregistration.v1',
  text: `
enum FailurePolicyType Fail Ignore
enum MatchPolicyType Equivalent Exact
enum OperationType * CONNECT CREATE DELETE UPDATE
enum PatchType ApplyConfiguration JSONPatch
enum ReinvocationPolicyType IfNeeded Never
enum ScopeType * Cluster Namespaced
enum SideEffectClass None NoneOnDryRun Some Unknown
enum ValidationAction Audit Deny Warn
string ParameterNotFoundActionType

type Rule
  apiGroups? 1 []string
  apiVersions? 2 []string
  resources? 3 []string
  scope? 4 *ScopeType

kind ValidatingAdmissionPolicy
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 ValidatingAdmissionPolicySpec
  status? 3 ValidatingAdmissionPolicyStatus

type ValidatingAdmissionPolicyStatus
  observedGeneration? 1 int64
  typeChecking? 2 *TypeChecking
  conditions? 3 []meta.v1.Condition list=map:type

type TypeChecking
  expressionWarnings? 1 []ExpressionWarning

type ExpressionWarning
  fieldRef 2 string
  warning 3 string

kind ValidatingAdmissionPolicyList
  metadata? 1 meta.v1.ListMeta
  items 2 []ValidatingAdmissionPolicy

type ValidatingAdmissionPolicySpec
  paramKind? 1 *ParamKind
  matchConstraints? 2 *MatchResources
  validations? 3 []Validation
  failurePolicy? 4 *FailurePolicyType
  auditAnnotations? 5 []AuditAnnotation
  matchConditions? 6 []MatchCondition patch=merge key=name list=map:name
  variables? 7 []Variable patch=merge key=name list=map:name

type ParamKind atomic
  apiVersion? 1 string
  kind? 2 string

type Validation
  expression 1 string
  message? 2 string
  reason? 3 *meta.v1.StatusReason
  messageExpression? 4 string

type Variable atomic
  name 1 string
  expression 2 string

type AuditAnnotation
  key 1 string
  valueExpression 2 string

kind ValidatingAdmissionPolicyBinding
  metadata? 1 meta.v1.ObjectMeta
  spec 2 ValidatingAdmissionPolicyBindingSpec

kind ValidatingAdmissionPolicyBindingList
  metadata? 1 meta.v1.ListMeta
  items 2 []ValidatingAdmissionPolicyBinding

type ValidatingAdmissionPolicyBindingSpec
  policyName 1 string
  paramRef? 2 *ParamRef
  matchResources? 3 *MatchResources
  validationActions 4 []ValidationAction list=set

type ParamRef atomic
  name? 1 string
  namespace? 2 string
  selector? 3 *meta.v1.LabelSelector
  parameterNotFoundAction? 4 *ParameterNotFoundActionType

type MatchResources atomic
  namespaceSelector? 1 *meta.v1.LabelSelector
  objectSelector? 2 *meta.v1.LabelSelector
  resourceRules? 3 []NamedRuleWithOperations
  excludeResourceRules? 4 []NamedRuleWithOperations
  matchPolicy? 7 *MatchPolicyType

type NamedRuleWithOperations atomic
  resourceNames? 1 []string
  ... 2 RuleWithOperations

kind ValidatingWebhookConfiguration
  metadata? 1 meta.v1.ObjectMeta
  webhooks? 2 []ValidatingWebhook patch=merge key=name list=map:name

kind ValidatingWebhookConfigurationList
  metadata? 1 meta.v1.ListMeta
  items 2 []ValidatingWebhookConfiguration

kind MutatingWebhookConfiguration
  metadata? 1 meta.v1.ObjectMeta
  webhooks? 2 []MutatingWebhook patch=merge key=name list=map:name

kind MutatingWebhookConfigurationList
  metadata? 1 meta.v1.ListMeta
  items 2 []MutatingWebhookConfiguration

type ValidatingWebhook
  name 1 string
  clientConfig 2 WebhookClientConfig
  rules? 3 []RuleWithOperations
  failurePolicy? 4 *FailurePolicyType
  matchPolicy? 9 *MatchPolicyType
  namespaceSelector? 5 *meta.v1.LabelSelector
  objectSelector? 10 *meta.v1.LabelSelector
  sideEffects 6 *SideEffectClass
  timeoutSeconds? 7 *int32
  admissionReviewVersions 8 []string
  matchConditions? 11 []MatchCondition patch=merge key=name list=map:name

type MutatingWebhook
  name 1 string
  clientConfig 2 WebhookClientConfig
  rules? 3 []RuleWithOperations
  failurePolicy? 4 *FailurePolicyType
  matchPolicy? 9 *MatchPolicyType
  namespaceSelector? 5 *meta.v1.LabelSelector
  objectSelector? 11 *meta.v1.LabelSelector
  sideEffects 6 *SideEffectClass
  timeoutSeconds? 7 *int32
  admissionReviewVersions 8 []string
  reinvocationPolicy? 10 *ReinvocationPolicyType
  matchConditions? 12 []MatchCondition patch=merge key=name list=map:name

kind MutatingAdmissionPolicy
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 MutatingAdmissionPolicySpec

kind MutatingAdmissionPolicyList
  metadata? 1 meta.v1.ListMeta
  items 2 []MutatingAdmissionPolicy

type MutatingAdmissionPolicySpec
  paramKind? 1 *ParamKind
  matchConstraints? 2 *MatchResources
  variables? 3 []Variable
  mutations? 4 []Mutation
  failurePolicy? 5 *FailurePolicyType
  matchConditions? 6 []MatchCondition patch=merge key=name list=map:name
  reinvocationPolicy? 7 ReinvocationPolicyType

type Mutation
  patchType 2 PatchType
  applyConfiguration? 3 *ApplyConfiguration
  jsonPatch? 4 *JSONPatch

type ApplyConfiguration
  expression? 1 string

type JSONPatch
  expression? 1 string

kind MutatingAdmissionPolicyBinding
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 MutatingAdmissionPolicyBindingSpec

kind MutatingAdmissionPolicyBindingList
  metadata? 1 meta.v1.ListMeta
  items 2 []MutatingAdmissionPolicyBinding

type MutatingAdmissionPolicyBindingSpec
  policyName? 1 string
  paramRef? 2 *ParamRef
  matchResources? 3 *MatchResources

type RuleWithOperations
  operations? 1 []OperationType
  ... 2 Rule

type WebhookClientConfig
  url? 3 *string
  service? 1 *ServiceReference
  caBundle? 2 bytes

type ServiceReference
  namespace 1 string
  name 2 string
  path? 3 *string
  port? 4 *int32

type MatchCondition
  name 1 string
  expression 2 string
`,
};
