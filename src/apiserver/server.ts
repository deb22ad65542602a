import { builtInResources } from '../api/index.ts';
import { inProcessTransport } from '../client/index.ts';
import type { Handler, Reply, User } from '../http/index.ts';
import type { HealthCheck } from '../serving/index.ts';
import { EncodedCache, openStorage, type ResourceStore } from '../storage/index.ts';
import type { AdmissionPlugin } from './admission-types.ts';
import type { Authenticator, Authorizer } from './auth-types.ts';
import { bootstrapHooks } from './bootstrap/hooks.ts';
import { type ResourceCatalog, ResourceCatalog as Catalog, type ServedResource } from './catalog.ts';
import type { Impersonator, ServerContext } from './context.ts';
import { startCustomResources } from './crd/custom-resources.ts';
import { Discovery } from './discovery/discovery.ts';
import { openApiPaths } from './discovery/openapi.ts';
import { servePaths } from './discovery/paths.ts';
import { dispatch, TextNotFound } from './dispatch.ts';
import { authorization } from './filters/authorization.ts';
import { errorReply } from './filters/errors.ts';
import { impersonation } from './filters/impersonation.ts';
import { maxInFlight } from './filters/max-in-flight.ts';
import { requestInfo } from './filters/request-info.ts';
import { chain, type Filter, type RequestScope, type Stage } from './filters/scope.ts';
import { timeout } from './filters/timeout.ts';
import { type ApiServer, type ApiServerOptions, defaultApiServerLimits } from './options.ts';
import type { Registry } from './registry/verb-scope.ts';
import { notFoundText } from './replies/text-reply.ts';
import { Resource } from './resource.ts';
import { restParts } from './rest/index.ts';
import { wireHandler } from './wire.ts';

const encodedCacheBytes = 16 * 1024 * 1024;

const loopbackUser: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** What `start` makes; nothing that answers requests exists before. */
interface Security {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly admission: readonly AdmissionPlugin[];
  readonly impersonator: Impersonator | undefined;
}

/** Makes an API server of its parts. It answers once `start` has resolved. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, rng, logger } = options;
  const limits = { ...defaultApiServerLimits, ...options.limits };
  const storage = openStorage({
    etcd: options.etcd,
    clock,
    logger,
    ...(options.etcdPrefix === undefined ? {} : { prefix: options.etcdPrefix }),
  });
  const catalog: ResourceCatalog = new Catalog(options.resources ?? builtInResources);
  const encoded = new EncodedCache(encodedCacheBytes);
  const resources = new WeakMap<ServedResource, Resource>();
  const resourceOf = (served: ServedResource): Resource => {
    const known = resources.get(served);
    if (known) return known;
    const made = new Resource(served, storage, encoded);
    resources.set(served, made);
    return made;
  };
  const context: ServerContext = {
    clock,
    rng,
    logger,
    storage,
    catalog,
    store: (group, plural): ResourceStore => {
      const definition = catalog.definition(group, plural);
      if (!definition) throw new Error(`no resource ${plural} in group ${group === '' ? 'core' : group}`);
      const served = catalog.find(group, definition.versions.find((v) => v.served)?.version ?? '', plural);
      return served ? resourceOf(served).store : storage.resource(definition);
    },
    loopback: inProcessTransport((request) => handler(request), loopbackUser, { userAgent: 'kube-apiserver' }),
  };
  const authorizer = options.security.authorizer(context);
  const impersonator = options.security.impersonation?.(context, authorizer);
  const security: Security = {
    authenticator: options.security.authenticator(context),
    authorizer,
    admission: options.security.admission(context, authorizer),
    impersonator,
  };
  const rest = restParts({ context, options, authorizer, authenticator: () => security.authenticator });
  const hooks = new Map(rest.hooks.map((h) => [`${h.group}/${h.resource}`, h]));
  const registry: Registry = {
    context,
    limits,
    authorizer,
    admission: security.admission,
    resource: (group, version, plural) => {
      const served = catalog.find(group, version, plural);
      return served && resourceOf(served);
    },
    hooksOf: (resource) => hooks.get(`${resource.definition.group}/${resource.definition.plural}`),
  };
  const life = new Life();
  const discovery = new Discovery(catalog, () => (options.advertise ? `${options.advertise.address}:${options.advertise.port}` : undefined));
  const paths = servePaths({
    discovery,
    openApi: openApiPaths(catalog, options.descriptions),
    checks: () => life.checks,
    metrics: options.metrics,
    logger,
  });
  const resourceStage = dispatch(registry, rest.handlers);
  const filters: readonly Filter[] = [
    timeout(clock, limits.requestTimeoutMs),
    impersonation(() => security.impersonator),
    maxInFlight({ readonly: limits.maxReadonlyInFlight, mutating: limits.maxMutatingInFlight }),
    authorization(() => authorizer),
  ];
  const inner: Stage = (scope) => (scope.info.isResourceRequest ? resourceStage(scope) : paths(scope));
  const stage = chain(filters, inner);
  const handler: Handler = async (request): Promise<Reply> => {
    try {
      const info = requestInfo(request.method, request.path, request.query);
      const scope: RequestScope = { request, user: request.user, info, warnings: [], signal: request.signal };
      return await stage(scope);
    } catch (error) {
      return error instanceof TextNotFound ? notFoundText() : errorReply(error, logger);
    }
  };
  const ended = new AbortController();
  let customResources: { close(): void } | undefined;
  return {
    handler,
    wireHandler: wireHandler({ handler, authenticator: () => security.authenticator, logger }),
    context,
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
    async close() {
      ended.abort(new Error('the server ends'));
      customResources?.close();
      for (const part of rest.close) part();
      options.security.close?.();
      await storage[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** What health checks tell: which hooks have run. */
class Life {
  readonly #passed: HealthCheck[] = [{ name: 'ping', check: () => {} }];
  #ready = false;

  get checks(): readonly HealthCheck[] {
    if (this.#ready) return this.#passed;
    const starting: HealthCheck = {
      name: 'poststarthook/start',
      check: () => {
        throw new Error('not finished');
      },
    };
    return [...this.#passed, starting];
  }

  passed(name: string): void {
    this.#passed.push({ name, check: () => {} });
  }

  ready(): void {
    this.#ready = true;
  }
}
