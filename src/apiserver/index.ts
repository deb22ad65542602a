/**
 * The API server: what a request goes through, by folder.
 *
 * `wire` (authenticates, encodes) → `filters` (what, for whom, how many at once, may they) → `dispatch` → `registry` (one verb a file, the same for
 * built-in and custom kinds) or `rest`
 * (what needs state), or `discovery` (what is there) → a `Reply` from `replies`. `crd` turns CustomResourceDefinitions into resources, `bootstrap` makes what
 * must exist.
 *
 * - Several servers live in one process: everything is an argument of `createApiServer`.
 * - Reads send stored bytes; they neither parse nor stringify.
 * - Writes run admission, strategy hooks and validation in upstream's order, and are stored by compare-and-swap on the revision.
 * - Must not know: sockets, etcd's protocol, controllers.
 */
export type { AdmissionOperation, AdmissionPlugin, AdmissionRequest } from './admission-types.ts';
export type { AuthorizationAttributes, Authenticator, Authorizer, Decision, PolicyRule, RulesAnswer, TokenReviewAnswer } from './auth-types.ts';
export { type CatalogEntry, ResourceCatalog, type ServedResource } from './catalog.ts';
export type { Impersonator, SecurityFactories, ServerContext } from './context.ts';
export type { AuditSink } from './filters/audit.ts';
export { createApiServer } from './server.ts';
export { attributesOf, forbiddenError } from './filters/authorization.ts';
export { requestInfo, type RequestInfo } from './filters/request-info.ts';
export { type ApiServer, type ApiServerLimits, type ApiServerOptions, defaultApiServerLimits } from './options.ts';
export { type KubeletAddress, type KubeletDialer, kubeletDialer, type KubeletTarget } from './rest/kubelet-dialer.ts';
export type { TokenClaims, TokenIssuer } from './rest/token-issuer.ts';
export { createSecurity, type Security, type SecurityOptions } from './security.ts';
export { createTokenIssuer, jwksOf, readStaticTokens, type ServiceAccountKeys } from './authentication/index.ts';
