/** What a private containerd is told in its config.toml. All paths absolute. */
export interface ContainerdConfig {
  /** Images, snapshots and metadata: kept over a reboot. */
  readonly rootDir: string;
  /** Sockets and running tasks: lost at a reboot. */
  readonly stateDir: string;
  readonly socket: string;
  readonly cniConfDir: string;
  readonly cniBinDir: string;
  readonly snapshotter: 'overlayfs' | 'native';
  /** The sandbox image, by its full reference. */
  readonly pauseImage: string;
  readonly runtime: 'runc' | 'crun';
  /** Absolute paths of the OCI runtimes that are there. */
  readonly runtimes: Readonly<Partial<Record<'runc' | 'crun', string>>>;
  /** Whether the daemon may lower its own and its containers' oom_score_adj (CAP_SYS_RESOURCE). */
  readonly mayLowerOomScore: boolean;
  readonly appArmor: boolean;
}

/** The text of config.toml (version 2). A string of TOML's basic kind is one of JSON's. */
export function containerdToml(config: ContainerdConfig): string {
  const q = (text: string) => JSON.stringify(text);
  const cri = '[plugins."io.containerd.grpc.v1.cri"';
  const runtimes = Object.entries(config.runtimes).flatMap(([name, path]) => [
    `${cri}.containerd.runtimes.${name}]`,
    'runtime_type = "io.containerd.runc.v2"',
    `${cri}.containerd.runtimes.${name}.options]`,
    `BinaryName = ${q(path)}`,
    'SystemdCgroup = false',
  ]);
  return [
    'version = 2',
    `root = ${q(`${config.rootDir}/root`)}`,
    `state = ${q(`${config.stateDir}/state`)}`,
    'oom_score = 0',
    'disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]',
    '[grpc]',
    `address = ${q(config.socket)}`,
    '[ttrpc]',
    `address = ${q(`${config.socket}.ttrpc`)}`,
    '[plugins."io.containerd.internal.v1.opt"]',
    `path = ${q(`${config.rootDir}/opt`)}`,
    `${cri}]`,
    `sandbox_image = ${q(config.pauseImage)}`,
    `restrict_oom_score_adj = ${!config.mayLowerOomScore}`,
    `disable_apparmor = ${!config.appArmor}`,
    'netns_mounts_under_state_dir = true',
    'stream_server_address = "127.0.0.1"',
    'stream_server_port = "0"',
    'enable_unprivileged_ports = true',
    'enable_unprivileged_icmp = true',
    `${cri}.cni]`,
    `bin_dir = ${q(config.cniBinDir)}`,
    `conf_dir = ${q(config.cniConfDir)}`,
    `${cri}.containerd]`,
    `snapshotter = ${q(config.snapshotter)}`,
    `default_runtime_name = ${q(config.runtime)}`,
    ...runtimes,
    '',
  ].join('\n');
}
