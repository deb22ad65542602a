/**
 * Composition: what makes the parts one cluster on one machine.
 *
 * - A cluster is a data directory, a keeper, a server process, and for each node a set of namespaces with an agent process inside.
 * - Namespaces and cgroups are kept by names (`/run/kubets`, `kubets/NAME`): what is there is found again, and removed, without pid files.
 * - Everything made on the host is undone by `downCluster`, also after everything was killed.
 * - Each daemon can run alone as well (`daemons`), over certificates and kubeconfigs that somebody else made.
 * - The control plane can as well be one object in somebody's process (`startControlPlane`): no files, no sockets, no handlers of signals.
 */
export { type Authorities, clientCertificate, loadAuthorities, makeAuthorities, servingCertificate, users } from './certificates.ts';
export { type ClusterConfig, defaultDataDir, files, isClusterName, readClusterConfig, writeClusterConfig } from './cluster-config.ts';
export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
export { runAgentDaemon } from './daemons/agent-daemon.ts';
export { type ApiServerDaemonOptions, runApiServerDaemon } from './daemons/api-server-daemon.ts';
export { runControllerManagerDaemon } from './daemons/controller-manager-daemon.ts';
export { becomeDaemon, type Daemon } from './daemons/daemon.ts';
export { runDnsDaemon } from './daemons/dns-daemon.ts';
export { runKeeperDaemon } from './daemons/keeper-daemon.ts';
export { runKubeletDaemon } from './daemons/kubelet-daemon.ts';
export { runProxyDaemon } from './daemons/proxy-daemon.ts';
export { runSchedulerDaemon } from './daemons/scheduler-daemon.ts';
export { runServerDaemon } from './daemons/server-daemon.ts';
export { examine, type Finding, type Machine, thisMachine } from './doctor.ts';
export { downCluster, type DownOptions } from './down.ts';
export { openSocketForParent, socketChildWord } from './host/listen-inside.ts';
export { keeperStatus } from './keeper/keeper-client.ts';
export type { PartStatus } from './keeper/keeper.ts';
export { kubeconfig, kubeconfigText } from './kubeconfig.ts';
export type { NetworkPlan } from './network-plan.ts';
export { processMemory } from './process-memory.ts';
export { defaultUpTimeoutMs, prepareCluster, upCluster, type UpOptions } from './up.ts';
export { UserError } from './user-error.ts';
export { listImages, loadImage } from './node-images.ts';
