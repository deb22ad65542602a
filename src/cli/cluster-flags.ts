import { type ClusterConfig, defaultDataDir, isClusterName, readClusterConfig, UserError } from '../cluster/index.ts';
import { type Flag, type FlagValues, textFlag } from './command.ts';

/** Flags of every command that is about one cluster. */
export const clusterFlags: readonly Flag[] = [
  { flags: '--name <name>', description: 'which cluster', default: 'kubets' },
  { flags: '--data-dir <folder>', description: 'where its state is kept (default: /var/lib/kubets/NAME for root)' },
];

export function clusterOf(flags: FlagValues): { readonly name: string; readonly dataDir: string } {
  const name = textFlag(flags, 'name') || 'kubets';
  if (!isClusterName(name)) throw new UserError(`"${name}" is no cluster name: lower-case letters, digits and -, at most 40`);
  return { name, dataDir: textFlag(flags, 'dataDir') || defaultDataDir(name) };
}

/** The config of a cluster that must exist. */
export function existingCluster(flags: FlagValues): ClusterConfig {
  const { name, dataDir } = clusterOf(flags);
  const config = readClusterConfig(dataDir);
  if (!config) throw new UserError(`there is no cluster "${name}" in ${dataDir}: kubets up makes it`);
  return config;
}

/** A whole number within bounds, or a `UserError` that names the flag. */
export function numberFlag(flags: FlagValues, name: string, bounds: { readonly min: number; readonly max: number }): number {
  const value = Number(textFlag(flags, name));
  if (!Number.isInteger(value) || value < bounds.min || value > bounds.max)
    throw new UserError(`--${name} takes a whole number from ${bounds.min} to ${bounds.max}`);
  return value;
}
