import type { Logger } from '../../base/index.ts';
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
      case 'metrics':
        return options.metrics ? serveMetrics(options.metrics) : notFoundText();
      case '':
        return jsonReply(200, { paths: index(options) });
      default:
        return notFoundText();
    }
  };
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
