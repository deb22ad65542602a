import type { Readable } from 'node:stream';
import type { UpgradedSocket } from '../../http/index.ts';

/** Where a node's kubelet listens. */
export interface KubeletAddress {
  readonly nodeName: string;
  readonly host: string;
  readonly port: number;
}

/** A kubelet's answer to a plain request. */
export interface KubeletResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** A connection to a kubelet taken over by an upgrade, or its refusal. */
export type KubeletUpgrade =
  | { readonly kind: 'upgraded'; readonly headers: Readonly<Record<string, string>>; readonly socket: UpgradedSocket }
  | { readonly kind: 'refused'; readonly response: KubeletResponse };

/** Speaks to kubelets with the API server's client certificate. Rejects where the node cannot be reached. */
export interface KubeletDialer {
  /** `path` with query. */
  request(node: KubeletAddress, init: { readonly method: string; readonly path: string; readonly signal: AbortSignal }): Promise<KubeletResponse>;
  /** Sends the upgrade with these headers (`upgrade`, `sec-websocket-*`, `x-stream-protocol-version`) and waits for 101. */
  upgrade(
    node: KubeletAddress,
    init: {
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string | readonly string[]>>;
      readonly signal: AbortSignal;
    },
  ): Promise<KubeletUpgrade>;
}
