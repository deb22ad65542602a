import { EtcdError } from './types.ts';

/** etcd's texts, which clients of its gRPC API compare (etcd's rpctypes). */
export const etcdErrors = {
  compacted: (compactRevision: number) => new EtcdError('compacted', 'etcdserver: mvcc: required revision has been compacted', compactRevision),
  futureRevision: () => new EtcdError('future-revision', 'etcdserver: mvcc: required revision is a future revision'),
  leaseNotFound: () => new EtcdError('lease-not-found', 'etcdserver: requested lease not found'),
  leaseExists: () => new EtcdError('lease-exists', 'etcdserver: lease already exists'),
  leaseTtlTooLarge: () => new EtcdError('lease-ttl-too-large', 'etcdserver: too large lease TTL'),
  noSpace: () => new EtcdError('no-space', 'etcdserver: mvcc: database space exceeded'),
  tooManyOps: () => new EtcdError('too-many-ops', 'etcdserver: too many operations in txn request'),
  tooLarge: () => new EtcdError('too-large', 'etcdserver: request is too large'),
  duplicateKey: () => new EtcdError('duplicate-key', 'etcdserver: duplicate key given in txn request'),
  keyNotProvided: () => new EtcdError('key-not-provided', 'etcdserver: key is not provided'),
  unavailable: (why: string) => new EtcdError('unavailable', `etcdserver: ${why}`),
};
