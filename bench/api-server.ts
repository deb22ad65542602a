/** An API server and its store without controllers or scheduler: what upstream's figures are of. Its one argument is the data directory of a cluster. */
import { jsonLogger, realClock, systemRng } from '../src/base/index.ts';
import { files, loadAuthorities, readClusterConfig, servingCertificate, startControlPlane } from '../src/cluster/index.ts';
import { openDiskEtcd } from '../src/etcd/index.ts';
import { serve } from '../src/http/index.ts';

const config = readClusterConfig(process.argv[2]!)!;
const logger = jsonLogger({ write: (line) => void process.stderr.write(line), now: () => Date.now(), level: 'warn', fields: {} });
const clock = realClock;
const authorities = await loadAuthorities(files.pki(config.dataDir), clock);
const serving = servingCertificate(authorities.cluster, { plan: config.network, addresses: [], clock });
const controlPlane = await startControlPlane({
  etcd: await openDiskEtcd({ dir: files.etcd(config.dataDir), clock, logger }),
  authorities,
  clock,
  rng: systemRng,
  logger,
  serviceCidr: config.network.serviceCidr,
  controllers: false,
  scheduler: false,
  nodes: false,
});
const server = await serve({
  handler: controlPlane.apiServer.wireHandler,
  tls: { key: serving.keyPem, cert: serving.certificatePem, clientCa: authorities.cluster.certificatePem },
  listen: [{ host: '127.0.0.1', port: config.port }],
  logger,
});
process.once('SIGTERM', async () => {
  await server.close();
  await controlPlane[Symbol.asyncDispose]();
});
