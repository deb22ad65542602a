import type { UpgradeTlsOptions } from '../../http/index.ts';

/** Where a node's kubelet listens, by the Node's status. */
export interface KubeletAddress {
  readonly nodeName: string;
  readonly host: string;
  readonly port: number;
}

export interface KubeletTarget {
  /** `https://HOST:PORT` (or http in tests), without a path. */
  readonly baseUrl: string;
  readonly tls?: UpgradeTlsOptions;
}

/** Says how to reach a kubelet: its URL, and the API server's client certificate to show it. */
export type KubeletDialer = (node: KubeletAddress) => KubeletTarget;

/** Reaches kubelets at the addresses their nodes tell, with these certificates. */
export function kubeletDialer(tls: UpgradeTlsOptions): KubeletDialer {
  return ({ host, port }) => ({ baseUrl: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, tls });
}
