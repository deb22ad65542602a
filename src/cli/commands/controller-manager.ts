import { realClock, systemRng } from '../../base/index.ts';
import { becomeDaemon, runControllerManagerDaemon, UserError } from '../../cluster/index.ts';
import { type ControllerConfig, controllerRegistry } from '../../controller/index.ts';
import { loadAuthority } from '../../pki/index.ts';
import type { Command, FlagValues } from '../command.ts';
import {
  boolFlag,
  bundle,
  cidrsFlag,
  durationFlag,
  electionFlags,
  electionOf,
  fileFlag,
  kubeconfigFlag,
  listFlag,
  needed,
  neededFile,
  reading,
  together,
} from '../daemon-flags.ts';

export const controllerManager: Command = {
  use: 'controller-manager',
  short: 'Run the controllers alone, in the foreground',
  flags: [
    kubeconfigFlag,
    ...electionFlags,
    { flags: '--controllers <names>', description: "which: '*' is all, 'foo' this one, '-foo' not this one (default: *)", repeatable: true },
    { flags: '--cluster-cidr <range>', description: 'range of pod addresses: nodes get theirs out of it' },
    { flags: '--allocate-node-cidrs [bool]', description: 'give nodes ranges of pod addresses (default: true with --cluster-cidr)' },
    { flags: '--service-cluster-ip-range <range>', description: 'range of Service addresses: nodes get nothing of it' },
    { flags: '--root-ca-file <file>', description: 'published in each namespace, for clients of the API server' },
    { flags: '--cluster-signing-cert-file <file>', description: 'certificate of the authority that signs for the kubernetes.io signers' },
    { flags: '--cluster-signing-key-file <file>', description: 'its key' },
    { flags: '--node-monitor-grace-period <duration>', description: 'a node silent for so long is Unknown', default: '50s' },
    { flags: '--use-service-account-credentials [bool]', description: 'each controller acts as its own service account', default: false },
  ],
  async run(io, _args, flags) {
    const names = controllerNames(listFlag(flags, 'controllers'));
    const options = {
      kubeconfig: needed(flags, 'kubeconfig'),
      election: electionOf(flags),
      config: configOf(flags),
      ...(names === undefined ? {} : { names }),
      useServiceAccountCredentials: boolFlag(flags, 'use-service-account-credentials'),
      clock: realClock,
      rng: systemRng,
    };
    const daemon = becomeDaemon({ component: 'controller-manager', signal: io.signal });
    return (await runControllerManagerDaemon({ ...options, daemon })) === 'stopped' ? 0 : 1;
  },
};

function configOf(flags: FlagValues): ControllerConfig {
  const rootCa = fileFlag(flags, 'root-ca-file', bundle);
  const clusterCidrs = cidrsFlag(flags, 'cluster-cidr');
  const serviceCidrs = cidrsFlag(flags, 'service-cluster-ip-range');
  const allocate = flags['allocateNodeCidrs'] === undefined ? clusterCidrs.length > 0 : boolFlag(flags, 'allocate-node-cidrs');
  if (allocate && clusterCidrs.length === 0) throw new UserError('--allocate-node-cidrs needs --cluster-cidr');
  const nodeMonitorGracePeriodMs = durationFlag(flags, 'node-monitor-grace-period');
  return {
    ...(rootCa === undefined ? {} : { rootCa }),
    ...(together(flags, 'cluster-signing-cert-file', 'cluster-signing-key-file') ? { signingAuthority: authorityOf(flags) } : {}),
    ...(allocate ? { clusterCidrs } : {}),
    ...(serviceCidrs.length > 0 ? { serviceCidrs } : {}),
    ...(nodeMonitorGracePeriodMs === undefined ? {} : { nodeMonitorGracePeriodMs }),
  };
}

function authorityOf(flags: FlagValues) {
  const certificatePem = neededFile(flags, 'cluster-signing-cert-file', bundle);
  const keyPem = neededFile(flags, 'cluster-signing-key-file');
  return reading('cluster-signing-key-file', () => loadAuthority({ certificatePem, keyPem }));
}

/** As upstream reads it: a name alone wins over `*`. Undefined: all. */
function controllerNames(given: readonly string[]): readonly string[] | undefined {
  if (given.length === 0) return undefined;
  const known = controllerRegistry.map((c) => c.name);
  for (const word of given) {
    const name = word.replace(/^-/, '');
    if (word !== '*' && !known.includes(name))
      throw new UserError(`--controllers: "${name}" is not in the list of known controllers: ${known.join(', ')}`);
  }
  return known.filter((name) => {
    const decided = given.find((word) => word === name || word === `-${name}`);
    return decided === undefined ? given.includes('*') : decided === name;
  });
}
