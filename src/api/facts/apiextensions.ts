import type { GroupFacts } from './parse.ts';

export const apiextensionsFacts: GroupFacts = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  alias: 'apiextensions.v1',
  openApiPrefix: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  text: `
enum FieldValueErrorReason FieldValueDuplicate FieldValueForbidden FieldValueInvalid FieldValueRequired
string ConditionStatus
string ConversionStrategyType
string CustomResourceDefinitionConditionType
string JSONSchemaURL
string ResourceScope

type CustomResourceDefinitionSpec
  group 1 string
  names 3 CustomResourceDefinitionNames
  scope 4 ResourceScope
  versions 7 []CustomResourceDefinitionVersion
  conversion? 9 *CustomResourceConversion
  preserveUnknownFields? 10 bool

type CustomResourceConversion
  strategy 1 ConversionStrategyType
  webhook? 2 *WebhookConversion

type WebhookConversion
  clientConfig? 2 *WebhookClientConfig
  conversionReviewVersions 3 []string

type WebhookClientConfig
  url? 3 *string
  service? 1 *ServiceReference
  caBundle? 2 bytes

type ServiceReference
  namespace 1 string
  name 2 string
  path? 3 *string
  port? 4 *int32

type CustomResourceDefinitionVersion
  name 1 string
  served 2 bool
  storage 3 bool
  deprecated? 7 bool
  deprecationWarning? 8 *string
  schema? 4 *CustomResourceValidation
  subresources? 5 *CustomResourceSubresources
  additionalPrinterColumns? 6 []CustomResourceColumnDefinition
  selectableFields? 9 []SelectableField

type SelectableField
  jsonPath 1 string

type CustomResourceColumnDefinition
  name 1 string
  type 2 string
  format? 3 string
  description? 4 string
  priority? 5 int32
  jsonPath 6 string

type CustomResourceDefinitionNames
  plural 1 string
  singular? 2 string
  shortNames? 3 []string
  kind 4 string
  listKind? 5 string
  categories? 6 []string

type CustomResourceDefinitionCondition
  type 1 CustomResourceDefinitionConditionType
  status 2 ConditionStatus
  lastTransitionTime? 3 time
  reason? 4 string
  message? 5 string
  observedGeneration? 6 int64

type CustomResourceDefinitionStatus
  conditions? 1 []CustomResourceDefinitionCondition list=map:type
  acceptedNames? 2 CustomResourceDefinitionNames
  storedVersions? 3 []string
  observedGeneration? 4 int64

kind CustomResourceDefinition
  metadata? 1 meta.v1.ObjectMeta
  spec 2 CustomResourceDefinitionSpec
  status? 3 CustomResourceDefinitionStatus

kind CustomResourceDefinitionList
  metadata? 1 meta.v1.ListMeta
  items 2 []CustomResourceDefinition

type CustomResourceValidation
  openAPIV3Schema? 1 *JSONSchemaProps

type CustomResourceSubresources
  status? 1 *CustomResourceSubresourceStatus
  scale? 2 *CustomResourceSubresourceScale

type CustomResourceSubresourceScale
  specReplicasPath 1 string
  statusReplicasPath 2 string
  labelSelectorPath? 3 *string

kind ConversionReview
  request? 1 *ConversionRequest
  response? 2 *ConversionResponse

type ConversionRequest
  uid 1 string
  desiredAPIVersion 2 string
  objects 3 []any

type ConversionResponse
  uid 1 string
  convertedObjects 2 []any
  result 3 meta.v1.Status

type JSONSchemaProps
  id? 1 string
  $schema? 2 JSONSchemaURL
  $ref? 3 *string
  description? 4 string
  type? 5 string
  format? 6 string
  title? 7 string
  default? 8 *any
  maximum? 9 *double
  exclusiveMaximum? 10 bool
  minimum? 11 *double
  exclusiveMinimum? 12 bool
  maxLength? 13 *int64
  minLength? 14 *int64
  pattern? 15 string
  maxItems? 16 *int64
  minItems? 17 *int64
  uniqueItems? 18 bool
  multipleOf? 19 *double
  enum? 20 []any
  maxProperties? 21 *int64
  minProperties? 22 *int64
  required? 23 []string
  items? 24 *JSONSchemaPropsOrArray
  allOf? 25 []JSONSchemaProps
  oneOf? 26 []JSONSchemaProps
  anyOf? 27 []JSONSchemaProps
  not? 28 *JSONSchemaProps
  properties? 29 {}JSONSchemaProps
  additionalProperties? 30 *JSONSchemaPropsOrBool
  patternProperties? 31 {}JSONSchemaProps
  dependencies? 32 {}JSONSchemaPropsOrStringArray
  additionalItems? 33 *JSONSchemaPropsOrBool
  definitions? 34 {}JSONSchemaProps
  externalDocs? 35 *ExternalDocumentation
  example? 36 *any
  nullable? 37 bool
  x-kubernetes-preserve-unknown-fields? 38 *bool
  x-kubernetes-embedded-resource? 39 bool
  x-kubernetes-int-or-string? 40 bool
  x-kubernetes-list-map-keys? 41 []string
  x-kubernetes-list-type? 42 *string
  x-kubernetes-map-type? 43 *string
  x-kubernetes-validations? 44 []ValidationRule patch=merge key=rule list=map:rule

type ValidationRule
  rule 1 string
  message? 2 string
  messageExpression? 3 string
  reason? 4 *FieldValueErrorReason
  fieldPath? 5 string
  optionalOldSelf? 6 *bool

type ExternalDocumentation
  description? 1 string
  url? 2 string

type CustomResourceSubresourceStatus
`,
};
