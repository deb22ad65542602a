import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectRuntime } from '../../cri/index.ts';
import { writeSecretFile } from '../../pki/index.ts';
import { kubeconfigText } from '../kubeconfig.ts';
import { UserError } from '../user-error.ts';
import { aborted, type Connection, connectionOf, type Machinery } from './connect.ts';
import type { Daemon } from './daemon.ts';
import { type KubeletPartOptions, nodeConnection, runKubeletPart } from './kubelet-part.ts';

export interface KubeletDaemonOptions
  extends
    Machinery,
    Pick<
      KubeletPartOptions,
      'nodeName' | 'certDir' | 'address' | 'port' | 'rootDir' | 'cgroupParent' | 'clusterDns' | 'clusterDomain' | 'serverCertificate'
    > {
  readonly daemon: Daemon;
  /** The node's own; written where it is not there and `bootstrapKubeconfig` is. */
  readonly kubeconfig: string;
  readonly bootstrapKubeconfig?: string;
  readonly containerRuntimeEndpoint: string;
}

/** A kubelet on its own, over a runtime whose network is set up already. Runs until the daemon's signal aborts; containers run on. */
export async function runKubeletDaemon(options: KubeletDaemonOptions): Promise<void> {
  const { daemon, containerRuntimeEndpoint: endpoint, clock } = options;
  const { logger, signal } = daemon;
  try {
    const connection = await connectionOfNode(options);
    const runtime = connectRuntime({ endpoint, clock });
    await checkRuntime(() => runtime.version(), endpoint);
    const kubelet = await runKubeletPart({ ...options, connection, runtime, endpoint, logger, signal });
    daemon.ready();
    await aborted(signal);
    await kubelet.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function checkRuntime(version: () => Promise<unknown>, endpoint: string): Promise<void> {
  try {
    await version();
  } catch (error) {
    throw new UserError(`--container-runtime-endpoint ${endpoint}: no container runtime answers`, { cause: error });
  }
}

/** By the kubeconfig; where a bootstrap one is given, by a certificate that was asked for with it, which the kubeconfig then names. */
async function connectionOfNode(options: KubeletDaemonOptions): Promise<Connection> {
  const { kubeconfig, bootstrapKubeconfig, certDir, daemon } = options;
  if (bootstrapKubeconfig === undefined || existsSync(kubeconfig)) return connectionOf(kubeconfig);
  const bootstrap = await connectionOf(bootstrapKubeconfig, '--bootstrap-kubeconfig');
  const connection = await nodeConnection({ ...options, bootstrap, logger: daemon.logger, signal: daemon.signal });
  await writeSecretFile(kubeconfig, nodeKubeconfig(connection, join(certDir, 'kubelet-client.pem')));
  return connection;
}

function nodeKubeconfig({ server, ca }: Connection, credentials: string): string {
  const cluster = { server, ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }) };
  return kubeconfigText({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'default-cluster', cluster }],
    users: [{ name: 'default-auth', user: { 'client-certificate': credentials, 'client-key': credentials } }],
    contexts: [{ name: 'default-context', context: { cluster: 'default-cluster', user: 'default-auth' } }],
    'current-context': 'default-context',
  });
}
