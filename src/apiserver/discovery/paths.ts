import type { Logger } from '../../base/index.ts';
import type { Json } from '../../apimachinery/index.ts';
import type { RawReply, Reply } from '../../http/index.ts';
import { type HealthCheck, type HealthEndpoint, type MetricsSource, serveHealth, serveMetrics } from '../../serving/index.ts';
import type { RequestScope, Stage } from '../filters/scope.ts';
import { jsonReply, notFoundText } from '../replies/text-reply.ts';
import type { Discovery } from './discovery.ts';
import { versionInfo } from './version.ts';

/** A path that is no resource's: undefined when it is not this one's. */
export type PathHandler = (scope: RequestScope) => RawReply | undefined | Promise<RawReply | undefined>;

export interface PathsOptions {
  readonly discovery: Discovery;
  readonly openApi: PathHandler;
  readonly openId?: { readonly issuer: string; jwks(): Promise<Json> } | undefined;
  readonly checks: () => readonly HealthCheck[];
  readonly metrics?: MetricsSource | undefined;
  readonly logger: Logger;
}

const readMethods: ReadonlySet<string> = new Set(['get', 'head']);

/** Answers what is no resource: discovery, OpenAPI, version, health, metrics, and the index of it all. */
export function servePaths(options: PathsOptions): Stage {
  return async (scope: RequestScope): Promise<Reply> => {
    const { path, verb } = scope.info;
    const first = path.split('/', 2)[1] ?? '';
    if (!readMethods.has(verb)) return notFoundText();
    switch (first) {
      case 'api':
      case 'apis':
        return options.discovery.serve(scope.request, path) ?? notFoundText();
      case 'openapi':
        return (await options.openApi(scope)) ?? notFoundText();
      case 'version':
        return path === '/version' || path === '/version/' ? jsonReply(200, versionInfo) : notFoundText();
      case 'healthz':
      case 'livez':
      case 'readyz':
        return (await serveHealth(scope.request, endpoints(options.checks()), options.logger)) ?? notFoundText();
      case '.well-known':
      case 'openid':
        return (await openId(path, options)) ?? notFoundText();
      case 'metrics':
        return options.metrics ? serveMetrics(options.metrics) : notFoundText();
      case '':
        return jsonReply(200, { paths: index(options) });
      default:
        return notFoundText();
    }
  };
}

/** How others find and check service account tokens (OpenID Connect discovery). */
async function openId(path: string, { openId: issuer }: PathsOptions): Promise<RawReply | undefined> {
  const headers = { 'cache-control': 'public, max-age=3600' };
  if (!issuer) return undefined;
  if (path === '/openid/v1/jwks') {
    return { ...jsonReply(200, await issuer.jwks(), headers), contentType: 'application/jwk-set+json' };
  }
  if (path !== '/.well-known/openid-configuration') return undefined;
  const document = {
    issuer: issuer.issuer,
    jwks_uri: `${issuer.issuer}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  };
  return jsonReply(200, document, headers);
}

function endpoints(checks: readonly HealthCheck[]): readonly HealthEndpoint[] {
  return ['healthz', 'livez', 'readyz'].map((name) => ({ name, checks }));
}

function index(options: PathsOptions): readonly string[] {
  const groups = options.discovery.groups();
  const api = groups.flatMap((g) =>
    g.group === ''
      ? ['/api', ...g.versions.map((v) => `/api/${v.version}`)]
      : [`/apis/${g.group}`, ...g.versions.map((v) => `/apis/${g.group}/${v.version}`)],
  );
  const checks = options.checks().map((c) => c.name);
  const health = ['/healthz', '/livez', '/readyz'].flatMap((p) => [p, ...checks.map((c) => `${p}/${c}`)]);
  return [...new Set(['/apis', '/metrics', '/openapi/v2', '/openapi/v3', '/version', ...api, ...health])].sort();
}
