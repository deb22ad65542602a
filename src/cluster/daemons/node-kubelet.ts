import type { Clock, Rng } from '../../base/index.ts';
import type { ClusterConfig } from '../cluster-config.ts';
import type { Daemon } from './daemon.ts';

/** The kubelet of one local node. */
export function runNodeKubelet(
  _config: ClusterConfig,
  _options: { readonly daemon: Daemon; readonly node: string; readonly address: string; readonly clock: Clock; readonly rng: Rng },
): Promise<{ stop(): Promise<void> }> {
  throw new Error('no kubelet yet');
}
