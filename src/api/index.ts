/**
 * The API's kinds: one table of facts, and for each kind what is special about it.
 *
 * - Built-in and custom kinds are both a `ResourceDefinition`; nothing above this floor asks which it is.
 * - Hooks are pure. What needs state (allocation, bindings, tokens) lives in `apiserver/rest`.
 */
export type {
  AgeCell,
  Cell,
  Column,
  NameRule,
  RequestContext,
  ResourceDefinition,
  ResourceVersion,
  ScalePaths,
  Strategy,
  Subresource,
} from './definition.ts';
export { type BuiltinGroupVersion, builtinGroupVersions, findSchema, schemaByName, schemaOf } from './builtin-schemas.ts';
export type * from './types.gen.ts';
export { type Descriptions, type ModelFile, joinDescriptions } from './openapi/descriptions.ts';
export { type OpenApiOptions, type OpenApiResource, openApiV2, openApiV3, openApiV3Path, servedGroupVersions } from './openapi/documents.ts';
export { loadDescriptions, readDescriptions } from './openapi/load-descriptions.ts';
export { encodeOpenApiV2 } from './openapi/v2-protobuf.ts';
export { builtInResources, type GroupPriority, groupPriorities } from './resources.ts';
export { builtInVersion, define, type KindFacts } from './define.ts';
export * from './helpers/index.ts';
export { bootstrapRbac, type RbacObject } from './bootstrap/rbac-objects.ts';
export { systemPriorityClasses } from './bootstrap/priority-classes.ts';
