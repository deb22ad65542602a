import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something this machine lacks, and the command that mends it. */
export interface Finding {
  readonly missing: string;
  readonly mend: string;
}

const programs: readonly (readonly [string, string])[] = [
  ['containerd', 'containerd'],
  ['runc', 'runc'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['mount', 'mount'],
];

const cniPlugins = ['/usr/lib/cni', '/opt/cni/bin'];

export interface Machine {
  readonly isRoot: boolean;
  readonly platform: string;
  has(program: string): boolean;
  exists(path: string): boolean;
}

/** The machine we run on. */
export const thisMachine: Machine = {
  isRoot: process.getuid?.() === 0,
  platform: process.platform,
  has: (program) =>
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .concat('/usr/sbin', '/sbin')
      .some((dir) => isExecutable(join(dir, program))),
  exists: existsSync,
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What real nodes need and `machine` does not have. `ownRuntime` false: a CRI endpoint is given, so no containerd is needed. */
export function examine(machine: Machine, options: { readonly ownRuntime: boolean } = { ownRuntime: true }): Finding[] {
  if (machine.platform !== 'linux') return [{ missing: 'Linux', mend: 'run without nodes: kubets up --nodes 0' }];
  const findings: Finding[] = [];
  if (!machine.isRoot) findings.push({ missing: 'root', mend: 'run it with sudo, or without nodes: kubets up --nodes 0' });
  const packages = new Set<string>();
  for (const [program, debianPackage] of programs) {
    if (!options.ownRuntime && (program === 'containerd' || program === 'runc')) continue;
    if (!machine.has(program)) packages.add(debianPackage);
  }
  if (options.ownRuntime && !cniPlugins.some((dir) => machine.exists(join(dir, 'bridge')))) packages.add('containernetworking-plugins');
  for (const name of packages) findings.push({ missing: name, mend: `apt-get install ${name}` });
  return findings;
}
