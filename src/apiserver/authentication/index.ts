/**
 * Who sent a request: client certificate, then bearer token, then nobody in particular for health.
 *
 * - Credentials are checked once and remembered by connection or token, within bounds; what may end (time, bound objects) is checked again.
 * - Bad credentials are a 401, never an anonymous request.
 */
export { anonymousForHealth } from './anonymous.ts';
export { ClientCertificateAuthenticator } from './client-certificate.ts';
export { authenticatedGroup, serviceAccountGroups, serviceAccountUserName } from './names.ts';
export { audiencesOf, createTokenIssuer, jwksOf, type ServiceAccountKeys, ServiceAccountTokenAuthenticator } from './service-account-tokens.ts';
export { readStaticTokens } from './static-tokens.ts';
export { BearerTokenAuthenticator, type TokenAuthenticator, type TokenHolder } from './token-authenticator.ts';
export { unionAuthenticator } from './union-authenticator.ts';
