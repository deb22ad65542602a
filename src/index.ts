/** Kubets as a library: the parts to build a cluster from. For tests see `kubets/testing`, for programs that talk to one `kubets/client`. */
export * from './base/index.ts';
export { createApiServer } from './apiserver/index.ts';
export { startControlPlane } from './cluster/index.ts';
export { openDiskEtcd, openMemoryEtcd } from './etcd/index.ts';
