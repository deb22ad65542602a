import { formatTime, getKey, milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { checkAccessModes } from '../../helpers/pod-spec/claim-spec.ts';
import { checkNodeSelector } from '../../helpers/pod-spec/scheduling.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { keep, keepAllButStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { PersistentVolume } from '../../types.gen.ts';

const notSources = new Set([
  ...['capacity', 'accessModes', 'claimRef', 'persistentVolumeReclaimPolicy', 'storageClassName'],
  ...['mountOptions', 'volumeMode', 'nodeAffinity', 'volumeAttributesClassName'],
]);

function sources(obj: PersistentVolume): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(obj.spec ?? {}).filter(([key, value]) => !notSources.has(key) && value !== undefined));
}

function check(c: Checks, obj: PersistentVolume): void {
  const spec = obj.spec;
  if (!spec?.accessModes?.length) c.required('spec', 'accessModes');
  checkAccessModes(c, spec?.accessModes ?? [], 'spec');
  if (Object.keys(spec?.capacity ?? {}).length === 0) c.required('spec', 'capacity');
  const storage = getKey(spec?.capacity, 'storage');
  if (Object.keys(spec?.capacity ?? {}).length > 0 && storage === undefined) {
    c.notSupported(['spec', 'capacity'], spec?.capacity, ['storage']);
  } else if (storage !== undefined && milliValueOfQuantity(storage) <= 0) {
    c.invalid(['spec', 'capacity[storage]'], storage, 'must be greater than zero');
  }
  if (spec?.persistentVolumeReclaimPolicy) {
    c.oneOf(spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'], 'spec', 'persistentVolumeReclaimPolicy');
  }
  const required = spec?.nodeAffinity?.required;
  if (spec?.nodeAffinity && !required) c.required('spec', 'nodeAffinity.required', 'must specify required node constraints');
  if (required) checkNodeSelector(c, required, 'spec.nodeAffinity.required');
  const kinds = Object.keys(sources(obj));
  if (kinds.length === 0) c.required('spec', '', 'must specify a volume type');
  for (const kind of kinds.slice(1)) c.forbidden('spec', kind, 'may not specify more than 1 volume type');
}

function checkUpdate(c: Checks, obj: PersistentVolume, old: PersistentVolume): void {
  if (!semanticEqual(sources(obj), sources(old))) {
    c.forbidden('spec', 'persistentvolumesource', 'spec.persistentvolumesource is immutable after creation\n');
  }
  c.immutable(obj.spec?.volumeMode ?? null, obj.spec?.volumeMode !== old.spec?.volumeMode, 'volumeMode', '');
  if (old.spec?.nodeAffinity && !semanticEqual(obj.spec?.nodeAffinity, old.spec.nodeAffinity)) {
    c.invalid(['nodeAffinity', ''], obj.spec?.nodeAffinity ?? null, 'field is immutable, except for updating from beta label to GA');
  }
}

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  default(obj) {
    (obj.status ??= {}).phase ||= 'Pending';
    if (!obj.spec) return;
    obj.spec.persistentVolumeReclaimPolicy ||= 'Retain';
    obj.spec.volumeMode ??= 'Filesystem';
    if (obj.spec.hostPath) obj.spec.hostPath.type ??= '';
  },
  prepareForCreate(obj, ctx) {
    obj.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(ctx.nowMs) };
  },
  prepareForUpdate(obj, old, ctx) {
    if (ctx.subresource !== 'status') return keep(obj, old, 'status');
    keepAllButStatus(obj, old);
    const { status } = obj;
    if (!status || status.phase === old.status?.phase) return;
    if (status.lastPhaseTransitionTime === undefined || status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime) {
      status.lastPhaseTransitionTime = formatTime(ctx.nowMs);
    }
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return;
      check(c, obj);
      checkUpdate(c, obj, old);
    }),
};
