import type { PodSpec, ProjectedVolumeSource, Volume, VolumeProjection } from '../../types.gen.ts';
import { milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { KeyToPath } from '../../types.gen.ts';
import type { Checks } from '../validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain } from '../validation/formats.ts';
import { checkAnnotations, checkLabels, checkLabelSelector } from '../validation/metadata.ts';
import { checkFileMode, checkLocalNonReservedPath, checkLocalPath, checkNoBacksteps } from '../validation/paths.ts';
import { checkSignerName } from '../validation/signer-name.ts';
import { checkDownwardApiFile } from './field-refs.ts';
import { checkClaimSpec } from './claim-spec.ts';

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** What a volume may need to know of its pod. */
export interface VolumeContext {
  readonly podName: string;
  readonly isPod: boolean;
}

function checkKeyToPath(c: Checks, items: readonly KeyToPath[] | undefined, path: string): void {
  for (const [i, item] of (items ?? []).entries()) {
    const at = `${path}.items[${i}]`;
    if (!item.key) c.required(at, 'key');
    if (!item.path) c.required(at, 'path');
    checkLocalNonReservedPath(c, item.path ?? '', at, 'path');
    checkFileMode(c, item.mode, at, 'mode');
  }
}

function checkServiceAccountToken(c: Checks, token: NonNullable<VolumeProjection['serviceAccountToken']>, path: string, listPath: string): void {
  const seconds = token.expirationSeconds ?? 3600;
  const at: readonly [string, string] = [path, 'serviceAccountToken.expirationSeconds'];
  if (seconds < 600) c.invalid(at, seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32) c.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds');
  if (!token.path) c.required(listPath, 'path');
  else checkLocalNonReservedPath(c, token.path, listPath, 'path');
}

function checkClusterTrustBundle(c: Checks, bundle: NonNullable<VolumeProjection['clusterTrustBundle']>, path: string): void {
  const at = `${path}.clusterTrustBundle`;
  if (bundle.name !== undefined && bundle.signerName !== undefined) c.invalid([at, ''], bundle, 'only one of name and signerName may be used');
  else if (bundle.name !== undefined) {
    if (bundle.name === '') c.required(at, 'name', 'must be a valid object name');
    if (bundle.labelSelector) c.invalid([at, 'labelSelector'], bundle.labelSelector, 'labelSelector must be unset if name is specified');
  } else if (bundle.signerName !== undefined) {
    if (bundle.signerName === '') c.required(at, 'signerName', 'must be a valid signer name');
    else checkSignerName(c, bundle.signerName, at, 'signerName');
    checkLabelSelector(c, bundle.labelSelector, `${at}.labelSelector`);
  } else c.required(at, '', 'either name or signerName must be specified');
  if (!bundle.path) c.required(at, 'path');
  else checkLocalNonReservedPath(c, bundle.path, at, 'path');
}

function checkProjection(c: Checks, source: VolumeProjection, path: string, listPath: string): void {
  let count = 0;
  const one = () => {
    if (count++ > 0) c.forbidden(path, '', 'may not specify more than 1 volume type per source');
  };
  for (const field of ['secret', 'configMap'] as const) {
    const ref = source[field];
    if (!ref) continue;
    one();
    if (!ref.name) c.required(path, `${field}.name`);
    checkKeyToPath(c, ref.items, `${path}.${field}`);
  }
  if (source.downwardAPI) {
    one();
    for (const file of source.downwardAPI.items ?? []) checkDownwardApiFile(c, file, `${path}.downwardAPI`);
  }
  if (source.serviceAccountToken) {
    one();
    checkServiceAccountToken(c, source.serviceAccountToken, path, listPath);
  }
  if (source.clusterTrustBundle) {
    one();
    checkClusterTrustBundle(c, source.clusterTrustBundle, path);
  }
  const cert = source.podCertificate;
  if (cert) {
    one();
    checkSignerName(c, cert.signerName, path, 'podCertificate.signerName');
    if (!cert.credentialBundlePath && !cert.keyPath && !cert.certificateChainPath) {
      c.required(path, 'podCertificate', 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath');
    }
  }
}

function checkProjected(c: Checks, projected: ProjectedVolumeSource, path: string): void {
  checkFileMode(c, projected.defaultMode, path, 'defaultMode');
  const sources = projected.sources ?? [];
  const seen = new Set<string>();
  const take = (p: string | undefined) => {
    if (!p) return;
    if (seen.has(p)) c.invalid([path, ''], p, 'conflicting duplicate paths');
    seen.add(p);
  };
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    checkProjection(c, source, `${path}.sources[${i}]`, path);
    for (const items of [source.secret?.items, source.configMap?.items, source.downwardAPI?.items]) {
      if (items) for (const item of items) take(item.path);
    }
    take(source.serviceAccountToken?.path);
  }
}

function checkEphemeral(c: Checks, volume: Volume, context: VolumeContext, path: string): void {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const at = `${path}.ephemeral.volumeClaimTemplate`;
  if (!template) return c.required(at, '');
  checkAnnotations(c, template.metadata?.annotations, at, 'metadata.annotations');
  checkLabels(c, template.metadata?.labels, at, 'metadata.labels');
  checkClaimSpec(c, template.spec, `${at}.spec`);
  if (!context.podName) return;
  const name = `${context.podName}-${volume.name}`;
  for (const text of isDns1123Subdomain(name)) c.invalid([path, 'name'], volume.name, `PVC name ${JSON.stringify(name)}: ${text}`);
}

/** Fields of older volume kinds that must not be empty. */
const needed: Readonly<Record<string, readonly string[]>> = {
  nfs: ['server', 'path'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  awsElasticBlockStore: ['volumeID'],
  cinder: ['volumeID'],
  portworxVolume: ['volumeID'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  azureDisk: ['diskName', 'diskURI'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  flexVolume: ['driver'],
  quobyte: ['volume'],
};

type Checker = (c: Checks, volume: Volume, path: string, context: VolumeContext) => void;

const checkers: Readonly<Record<string, Checker>> = {
  emptyDir: (c, v, path) => {
    const limit = v.emptyDir?.sizeLimit;
    if (limit !== undefined && milliValueOfQuantity(limit) < 0) {
      c.forbidden(path, 'emptyDir.sizeLimit', 'SizeLimit field must be a valid resource quantity');
    }
  },
  hostPath: (c, v, path) => {
    if (!v.hostPath!.path) return c.required(path, 'hostPath.path');
    checkNoBacksteps(c, v.hostPath!.path, path, 'hostPath.path');
    c.oneOf(v.hostPath!.type ?? '', hostPathTypes, path, 'hostPath.type');
  },
  secret: (c, v, path) => {
    if (!v.secret!.secretName) c.required(path, 'secret.secretName');
    checkFileMode(c, v.secret!.defaultMode, path, 'secret.defaultMode');
    checkKeyToPath(c, v.secret!.items, `${path}.secret`);
  },
  configMap: (c, v, path) => {
    if (!v.configMap!.name) c.required(path, 'configMap.name');
    checkFileMode(c, v.configMap!.defaultMode, path, 'configMap.defaultMode');
    checkKeyToPath(c, v.configMap!.items, `${path}.configMap`);
  },
  downwardAPI: (c, v, path) => {
    checkFileMode(c, v.downwardAPI!.defaultMode, path, 'downwardAPI.defaultMode');
    for (const file of v.downwardAPI!.items ?? []) checkDownwardApiFile(c, file, `${path}.downwardAPI`);
  },
  persistentVolumeClaim: (c, v, path) => {
    if (!v.persistentVolumeClaim!.claimName) c.required(path, 'persistentVolumeClaim.claimName');
  },
  projected: (c, v, path) => checkProjected(c, v.projected!, `${path}.projected`),
  csi: (c, v, path) => {
    if (!v.csi!.driver) c.required(path, 'csi.driver');
    else if (v.csi!.driver.length > 63) c.tooLong(path, 'csi.driver', 63);
    else c.format(isDns1123Subdomain, v.csi!.driver.toLowerCase(), path, 'csi.driver');
    const ref = v.csi!.nodePublishSecretRef;
    if (ref && !ref.name) c.required(path, 'csi.nodePublishSecretRef.name');
  },
  ephemeral: (c, v, path, context) => checkEphemeral(c, v, context, path),
  image: (c, v, path, context) => {
    if (context.isPod && !v.image!.reference) c.required(path, 'image.reference');
    c.requiredOneOf(v.image!.pullPolicy, pullPolicies, path, 'image.pullPolicy');
  },
  gitRepo: (c, v, path) => {
    checkNeeded(c, v, 'gitRepo', path);
    if (v.gitRepo!.directory) checkLocalPath(c, v.gitRepo!.directory, path, 'gitRepo.directory');
  },
  nfs: (c, v, path) => {
    checkNeeded(c, v, 'nfs', path);
    if (!v.nfs!.path.startsWith('/')) c.invalid([path, 'nfs.path'], v.nfs!.path, 'must be an absolute path');
  },
};

function checkNeeded(c: Checks, volume: Volume, kind: string, path: string): void {
  const source = (volume as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[kind]!;
  for (const field of needed[kind] ?? []) if (!source[field]) c.required(path, `${kind}.${field}`);
}

function checkSource(c: Checks, volume: Volume, context: VolumeContext, path: string): void {
  let count = 0;
  for (const kind of Object.keys(volume)) {
    if (kind === 'name' || (volume as unknown as Readonly<Record<string, unknown>>)[kind] === undefined) continue;
    if (count++ > 0) {
      c.forbidden(path, kind, 'may not specify more than 1 volume type');
      continue;
    }
    const checker = Object.hasOwn(checkers, kind) ? checkers[kind] : undefined;
    if (checker) checker(c, volume, path, context);
    else checkNeeded(c, volume, kind, path);
  }
  if (count === 0) c.required(path, '', 'must specify a volume type');
}

/** spec.volumes; returns them by name. */
export function checkVolumes(c: Checks, spec: PodSpec, context: VolumeContext, path: string): ReadonlyMap<string, Volume> {
  const byName = new Map<string, Volume>();
  const volumes = spec.volumes ?? [];
  for (let i = 0; i < volumes.length; i++) {
    const volume = volumes[i]!;
    const at = `${path}.volumes[${i}]`;
    checkSource(c, volume, context, at);
    if (!volume.name) c.required(at, 'name');
    else c.format(isDns1123Label, volume.name, at, 'name');
    if (byName.has(volume.name)) c.duplicate(at, 'name', volume.name);
    else byName.set(volume.name, volume);
  }
  return byName;
}
