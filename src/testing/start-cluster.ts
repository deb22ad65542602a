import { type Clock, type Logger, realClock, type Rng, silentLogger, systemRng } from '../base/index.ts';
import type { Client } from '../client/index.ts';
import { type ApiServer } from '../apiserver/index.ts';
import { clientCertificate, kubeconfig, kubeconfigText, makeAuthorities, servingCertificate, startControlPlane, users } from '../cluster/index.ts';
import { openMemoryEtcd } from '../etcd/index.ts';
import { serve } from '../http/index.ts';
import type { User } from '../http/index.ts';

export interface StartClusterOptions {
  /** Also listen on 127.0.0.1, on a port that is free; default true. Without it the cluster is reached by `client` alone. */
  readonly listen?: boolean;
  /** Run the controllers; default true. */
  readonly controllers?: boolean;
  /** Run the scheduler; default as `controllers`. */
  readonly scheduler?: boolean;
  readonly clock?: Clock;
  readonly rng?: Rng;
  readonly logger?: Logger;
}

/** A control plane of its own, in this process and in memory. Several may live side by side. */
export interface TestCluster extends AsyncDisposable {
  /** Acts as an administrator, by function calls. */
  readonly client: Client;
  /** A client that acts as another user: to test what roles allow. */
  clientFor(user: User): Client;
  /** YAML for programs that want a port: client-go, kubectl, helm. '' without one. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT`; '' without a port. */
  readonly url: string;
  readonly apiServer: ApiServer;
}

/** Starts a cluster for a test; `await using` ends it. */
export async function startCluster(options: StartClusterOptions = {}): Promise<TestCluster> {
  const { clock = realClock, rng = systemRng, logger = silentLogger, controllers = true, listen = true } = options;
  const authorities = makeAuthorities(clock);
  let port: Awaited<ReturnType<typeof openPort>> | undefined;
  const controlPlane = await startControlPlane({
    etcd: openMemoryEtcd({ clock }),
    authorities,
    clock,
    rng,
    logger,
    serviceCidr: '10.96.0.0/16',
    controllers,
    scheduler: options.scheduler ?? controllers,
    nodes: false,
    whenServing: async (apiServer) => {
      if (listen) port = await openPort(apiServer, { authorities, clock, logger });
    },
  });
  return {
    client: controlPlane.clientFor(),
    clientFor: (user) => controlPlane.clientFor(user),
    kubeconfig: port?.kubeconfig ?? '',
    url: port?.url ?? '',
    apiServer: controlPlane.apiServer,
    async [Symbol.asyncDispose]() {
      await port?.close();
      await controlPlane[Symbol.asyncDispose]();
    },
  };
}

async function openPort(
  apiServer: ApiServer,
  { authorities, clock, logger }: { readonly authorities: ReturnType<typeof makeAuthorities>; readonly clock: Clock; readonly logger: Logger },
) {
  const serving = servingCertificate(authorities.cluster, { addresses: [], clock });
  const admin = clientCertificate(authorities.cluster, users.admin, clock);
  const ca = authorities.cluster.certificatePem;
  const server = await serve({
    handler: apiServer.wireHandler,
    tls: { key: serving.keyPem, cert: serving.certificatePem, clientCa: ca },
    listen: { host: '127.0.0.1', port: 0 },
    logger,
  });
  return {
    url: server.url,
    kubeconfig: kubeconfigText(kubeconfig({ name: 'kubets', server: server.url, ca, cert: admin.certificatePem, key: admin.keyPem })),
    close: () => server.close(),
  };
}
