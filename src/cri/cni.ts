import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CniOptions {
  readonly confDir: string;
  /** Where the plug-ins are; `portmap` is used if it is there. */
  readonly binDir?: string;
  /** The node's range of pod addresses; its first one is the bridge's. */
  readonly podCidr: string;
  /** Name of the bridge's interface, at most 15 characters. */
  readonly bridge: string;
  readonly mtu: number;
  /** Where the addresses given out are kept. */
  readonly dataDir: string;
}

/** The network of the node's pods: a bridge with addresses of the node's range, no masquerade (the proxy's rules do that), hairpin on. */
export function cniConfig(options: Omit<CniOptions, 'confDir'>): object {
  const portmap = options.binDir === undefined || existsSync(join(options.binDir, 'portmap'));
  const v6 = options.podCidr.includes(':');
  return {
    cniVersion: '0.4.0',
    name: 'kubets',
    plugins: [
      {
        type: 'bridge',
        bridge: options.bridge,
        isGateway: true,
        isDefaultGateway: false,
        ipMasq: false,
        hairpinMode: true,
        mtu: options.mtu,
        ipam: {
          type: 'host-local',
          dataDir: options.dataDir,
          ranges: [[{ subnet: options.podCidr }]],
          routes: [{ dst: v6 ? '::/0' : '0.0.0.0/0' }],
        },
      },
      ...(portmap ? [{ type: 'portmap', capabilities: { portMappings: true }, snat: true }] : []),
    ],
  };
}

/**
 * Writes the network's configuration, whole or not at all: the runtime watches the folder. containerd sets each pod's loopback up itself,
 * with the plug-in `loopback`.
 */
export function writeCniConfig(options: CniOptions): void {
  mkdirSync(options.confDir, { recursive: true, mode: 0o700 });
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const file = join(options.confDir, '10-kubets.conflist');
  writeFileSync(`${file}.tmp`, `${JSON.stringify(cniConfig(options), undefined, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}
