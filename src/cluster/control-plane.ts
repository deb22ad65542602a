import type { Clock, Logger, Rng } from '../base/index.ts';
import type { ApiServer, ApiServerOptions, ServiceAccountKeys } from '../apiserver/index.ts';
import { type Client, createClient, createInformerFactory, type InformerFactory, inProcessTransport } from '../client/index.ts';
import { controllerUser, createControllers, runControllers } from '../controller/index.ts';
import type { Etcd } from '../etcd/index.ts';
import type { User } from '../http/index.ts';
import { loadKeyPair } from '../pki/index.ts';
import { startApiServer } from './api-server-part.ts';
import type { Authorities } from './certificates.ts';
import { ensureBindings } from './bootstrap-bindings.ts';
import { ensureDnsService, nodeDnsController } from './dns-addon.ts';
import { runSchedulerPart } from './scheduler-part.ts';

export interface ControlPlaneOptions {
  readonly etcd: Etcd;
  readonly authorities: Authorities;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly serviceCidr: string;
  /** Node IPAM gives each node a /24 of it; without it nodes get none. */
  readonly clusterCidr?: string;
  readonly advertise?: ApiServerOptions['advertise'];
  readonly kubelet?: ApiServerOptions['kubelet'];
  readonly controllers: boolean;
  readonly scheduler: boolean;
  /** How soon a silent node counts as gone, where that is not upstream's 50 s. */
  readonly nodeMonitor?: { readonly nodeMonitorGracePeriodMs?: number; readonly nodeMonitorPeriodMs?: number };
  /** Lets nodes join, and makes the Service kube-dns, answered by their agents. */
  readonly nodes: boolean;
  /** Called when the API answers and before controllers and scheduler start: who opens a port opens it here, and need not wait for them. */
  readonly whenServing?: (apiServer: ApiServer) => Promise<void>;
}

export interface ControlPlane extends AsyncDisposable {
  readonly apiServer: ApiServer;
  /** A client that acts as `user`; as an administrator when absent. */
  clientFor(user?: User): Client;
  /** Caches that controllers and scheduler share. */
  readonly informers: InformerFactory;
}

const administrator: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
const controllerManager: User = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };
const scheduler: User = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };

/** An API server with its controllers and scheduler in this process: each talks to it as its own user, by function calls. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { etcd, authorities, clock, rng, logger } = options;
  const ended = new AbortController();
  const { apiServer, close } = await startApiServer({
    etcd,
    clock,
    rng,
    logger,
    serviceAccounts: serviceAccountKeys(authorities),
    serviceCidrs: [options.serviceCidr],
    clientCa: authorities.cluster.certificatePem,
    requestHeaderCa: authorities.frontProxy.certificatePem,
    ...(options.advertise ? { advertise: options.advertise } : {}),
    ...(options.kubelet ? { kubelet: options.kubelet } : {}),
  });
  await options.whenServing?.(apiServer);
  const clientFor = (user = administrator) => createClient(inProcessTransport(apiServer.handler, user));
  const informers = createInformerFactory({ client: clientFor(controllerManager), clock, rng, logger });
  const running: Promise<void>[] = [];
  if (options.nodes) {
    await ensureBindings(clientFor());
    await ensureDnsService(clientFor(), options.serviceCidr);
  }
  if (options.controllers) {
    const controllers = createControllers({
      rootCa: authorities.cluster.certificatePem,
      signingAuthority: authorities.cluster,
      serviceCidrs: [options.serviceCidr],
      ...(options.clusterCidr === undefined ? {} : { clusterCidrs: [options.clusterCidr] }),
      ...options.nodeMonitor,
    });
    running.push(
      runControllers({
        controllers: [...controllers, ...(options.nodes ? [nodeDnsController] : [])],
        clientFor: (account) => clientFor(controllerUser(account)),
        informers,
        clock,
        rng,
        logger,
        signal: ended.signal,
      }),
    );
  }
  if (options.scheduler) running.push(runSchedulerPart({ client: clientFor(scheduler), informers, clock, rng, logger, signal: ended.signal }));
  informers.start(ended.signal);
  return {
    apiServer,
    clientFor,
    informers,
    async [Symbol.asyncDispose]() {
      ended.abort(new Error('the control plane ends'));
      await Promise.allSettled(running);
      await close();
    },
  };
}

/** Kubernetes' default issuer inside a cluster. */
const issuer = 'https://kubernetes.default.svc.cluster.local';

function serviceAccountKeys(authorities: Authorities): ServiceAccountKeys {
  const { privateKey, publicKey } = loadKeyPair(authorities.serviceAccountKeyPem);
  return { issuer, signingKey: privateKey, verificationKeys: [publicKey] };
}
