import type { Clock, Logger, Rng } from '../base/index.ts';
import {
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
  createSecurity,
  createTokenIssuer,
  jwksOf,
  type ServiceAccountKeys,
} from '../apiserver/index.ts';
import { loadDescriptions } from '../api/index.ts';
import type { Etcd } from '../etcd/index.ts';
import { RequestMetrics } from '../serving/index.ts';
import { startCompactor } from '../storage/index.ts';

export interface ApiServerPartOptions extends Pick<
  ApiServerOptions,
  'advertise' | 'kubelet' | 'nodePorts' | 'clientCa' | 'requestHeaderCa' | 'serviceCidrs'
> {
  /** Closed at the end of the server. */
  readonly etcd: Etcd;
  readonly serviceAccounts: ServiceAccountKeys;
  /** Contents of a `--token-auth-file`. */
  readonly staticTokens?: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}

export interface ApiServerPart {
  readonly apiServer: ApiServer;
  close(): Promise<void>;
}

/** An API server over its store, with upstream's security, started; nothing listens yet. */
export async function startApiServer(options: ApiServerPartOptions): Promise<ApiServerPart> {
  const { serviceAccounts, staticTokens, ...rest } = options;
  const { etcd, clock, rng, logger } = rest;
  const security = createSecurity({ serviceAccounts, ...(staticTokens === undefined ? {} : { staticTokens }) });
  const metrics = new RequestMetrics('apiserver_request_total');
  const inner = createApiServer({
    ...rest,
    metrics,
    logger: logger.child({ component: 'apiserver' }),
    security,
    tokens: createTokenIssuer(serviceAccounts, { clock, rng }),
    openId: { issuer: serviceAccounts.issuer, jwks: () => jwksOf(serviceAccounts) },
    descriptions: () => loadDescriptions(builtDescriptions),
  });
  const apiServer: ApiServer = { ...inner, wireHandler: metrics.around(inner.wireHandler) };
  await apiServer.start();
  const compactor = startCompactor({ etcd, clock, logger });
  return {
    apiServer,
    async close() {
      compactor.stop();
      security.close();
      await apiServer.close();
      await etcd[Symbol.asyncDispose]();
    },
  };
}

/** Where the build puts what it joined, seen from here as from `dist/chunks`. */
const builtDescriptions = new URL('../../dist/api-descriptions.json.gz', import.meta.url);
