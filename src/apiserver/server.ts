import { builtInResources } from '../api/index.ts';
import { inProcessTransport } from '../client/index.ts';
import type { Handler, Reply, User } from '../http/index.ts';
import { EncodedCache, openStorage } from '../storage/index.ts';
import { bootstrapHooks } from './bootstrap/hooks.ts';
import { ResourceCatalog } from './catalog.ts';
import type { Impersonator, ServerContext } from './context.ts';
import { startCustomResources } from './crd/custom-resources.ts';
import { Discovery } from './discovery/discovery.ts';
import { openApiPaths } from './discovery/openapi.ts';
import { servePaths } from './discovery/paths.ts';
import { dispatch } from './dispatch.ts';
import { audit } from './filters/audit.ts';
import { authorization } from './filters/authorization.ts';
import { errorReply, errors } from './filters/errors.ts';
import { impersonation } from './filters/impersonation.ts';
import { maxInFlight } from './filters/max-in-flight.ts';
import { requestInfo } from './filters/request-info.ts';
import { RequestMetrics } from './filters/request-metrics.ts';
import { chain, type RequestScope, type Stage } from './filters/scope.ts';
import { timeout } from './filters/timeout.ts';
import { Life } from './life.ts';
import { type ApiServer, type ApiServerOptions, defaultApiServerLimits } from './options.ts';
import type { Registry } from './registry/verb-scope.ts';
import { Resources } from './resources.ts';
import { type RestParts, restParts } from './rest/index.ts';
import { wireHandler } from './wire.ts';

const encodedCacheBytes = 16 * 1024 * 1024;
const loopbackUser: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** Makes an API server of its parts. It answers once `start` has resolved. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, rng, logger, security } = options;
  const prefix = options.etcdPrefix === undefined ? {} : { prefix: options.etcdPrefix };
  const storage = openStorage({ etcd: options.etcd, clock, logger, ...prefix });
  const catalog = new ResourceCatalog(options.resources ?? builtInResources);
  const resources = new Resources(catalog, storage, new EncodedCache(encodedCacheBytes));
  const context: ServerContext = {
    clock,
    rng,
    logger,
    storage,
    catalog,
    store: (group, plural) => resources.get(group, plural).store,
    loopback: inProcessTransport((request) => handler(request), loopbackUser, { userAgent: 'kube-apiserver' }),
  };
  const authorizer = security.authorizer(context);
  const authenticator = security.authenticator(context);
  const rest = restParts({ context, options, authorizer, authenticator: () => authenticator });
  const hooks = new Map(rest.hooks.map((h) => [`${h.group}/${h.resource}`, h]));
  const registry: Registry = {
    context,
    limits: { ...defaultApiServerLimits, ...options.limits },
    authorizer,
    admission: security.admission(context, authorizer),
    resource: (group, version, plural) => resources.find(group, version, plural),
    hooksOf: ({ definition }) => hooks.get(`${definition.group}/${definition.plural}`),
  };
  const life = new Life();
  const stage = stages(options, { registry, rest, life, impersonator: security.impersonation?.(context, authorizer) });
  const handler: Handler = (request) => answer(stage, request, options);
  return {
    handler,
    wireHandler: wireHandler({ handler, authenticator: () => authenticator, logger }),
    context,
    ...startAndClose(options, { context, rest, life }),
  };
}

interface Parts {
  readonly registry: Registry;
  readonly rest: RestParts;
  readonly life: Life;
  readonly impersonator: Impersonator | undefined;
}

/** The filters, outermost first, around what answers. */
function stages(options: ApiServerOptions, { registry, rest, life, impersonator }: Parts): Stage {
  const { limits, context, authorizer } = registry;
  const { advertise } = options;
  const requestMetrics = new RequestMetrics(options.clock);
  const discovery = new Discovery(context.catalog, () => (advertise ? `${advertise.address}:${advertise.port}` : undefined));
  const paths = servePaths({
    discovery,
    openApi: openApiPaths(context.catalog, options.descriptions),
    openId: options.openId,
    checks: () => life.checks,
    metrics: options.metrics ?? requestMetrics,
    logger: options.logger,
  });
  const resources = dispatch(registry, rest.handlers);
  const filters = [
    ...(options.audit ? [audit(options.audit)] : []),
    requestMetrics.filter,
    errors(options.logger),
    timeout(options.clock, limits.requestTimeoutMs),
    impersonation(() => impersonator),
    maxInFlight({ readonly: limits.maxReadonlyInFlight, mutating: limits.maxMutatingInFlight }),
    authorization(() => authorizer),
  ];
  return chain(filters, (scope) => (scope.info.isResourceRequest ? resources(scope) : paths(scope)));
}

/** Answers one request. What the filters do not catch is a target that cannot be read. */
async function answer(stage: Stage, request: Parameters<Handler>[0], { logger }: ApiServerOptions): Promise<Reply> {
  try {
    const info = requestInfo(request.method, request.path, request.query);
    const scope: RequestScope = { request, user: request.user, info, warnings: [] };
    return await stage(scope);
  } catch (error) {
    return errorReply(error, logger);
  }
}

function startAndClose(
  options: ApiServerOptions,
  { context, rest, life }: { readonly context: ServerContext; readonly rest: RestParts; readonly life: Life },
): Pick<ApiServer, 'start' | 'close' | typeof Symbol.asyncDispose> {
  const ended = new AbortController();
  let customResources: { close(): void } | undefined;
  const close = async () => {
    ended.abort(new Error('the server ends'));
    customResources?.close();
    for (const end of rest.close) end();
    options.security.close?.();
    await context.storage[Symbol.asyncDispose]();
  };
  return {
    async start() {
      await options.security.start?.(context);
      for (const hook of [...rest.start, ...bootstrapHooks({ context, options, signal: ended.signal })]) {
        await hook.run();
        life.passed(`poststarthook/${hook.name}`);
      }
      customResources = await startCustomResources(context);
      life.passed('poststarthook/start-apiextensions-controllers');
      life.ready();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
