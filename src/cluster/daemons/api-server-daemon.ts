import type { ApiServerOptions, ServiceAccountKeys } from '../../apiserver/index.ts';
import { openDiskEtcd, openMemoryEtcd } from '../../etcd/index.ts';
import { serve, type TlsOptions } from '../../http/index.ts';
import { startApiServer } from '../api-server-part.ts';
import { aborted, listening, type Machinery } from './connect.ts';
import type { Daemon } from './daemon.ts';

export interface ApiServerDaemonOptions
  extends Machinery, Pick<ApiServerOptions, 'advertise' | 'kubelet' | 'nodePorts' | 'serviceCidrs' | 'clientCa' | 'requestHeaderCa'> {
  readonly daemon: Daemon;
  readonly bind: { readonly host: string; readonly port: number };
  /** Folder of the embedded store; absent = in memory. */
  readonly etcdDataDir?: string;
  readonly tls: TlsOptions;
  readonly serviceAccounts: ServiceAccountKeys;
  readonly staticTokens?: string;
}

/** An API server on its own. Runs until the daemon's signal aborts. */
export async function runApiServerDaemon(options: ApiServerDaemonOptions): Promise<void> {
  const { daemon, bind, etcdDataDir, tls, ...server } = options;
  const { logger } = daemon;
  const { clock } = server;
  const etcd = etcdDataDir === undefined ? openMemoryEtcd({ clock }) : await openDiskEtcd({ dir: etcdDataDir, clock, logger });
  const { apiServer, close } = await startApiServer({ ...server, etcd, logger });
  const open = () => serve({ handler: apiServer.wireHandler, tls, listen: bind, logger });
  const handle = await listening(`${bind.host}:${bind.port}`, open).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  logger.info('serving', { url: handle.url });
  daemon.ready();
  await aborted(daemon.signal);
  await handle.close();
  await close();
}
