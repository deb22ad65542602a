/**
 * Who may do what: system:masters, then nodes, then RBAC.
 *
 * - Answers come from memory; only questions about a node's pods wait for a list from the cache.
 * - Roles and bindings are followed, never read at a request.
 */
export { escalationProblem } from './escalation.ts';
export { FollowedRbac } from './followed-rbac.ts';
export { NodeAuthorizer } from './node-authorizer.ts';
export { nodeRules } from './node-rules.ts';
export { nodeNameOf } from './node-identity.ts';
export { RbacAuthorizer } from './rbac-authorizer.ts';
export { RbacIndex, rbacResources, type ResolvedRules } from './rbac-index.ts';
export { mastersGroup, privilegedGroup, UnionAuthorizer } from './union-authorizer.ts';
