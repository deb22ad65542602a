import { type Draft, getKey, milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { checkClaimSpec } from '../../helpers/pod-spec/claim-spec.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { keep, keepAllButStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { PersistentVolumeClaim } from '../../types.gen.ts';

type Claim = PersistentVolumeClaim;

/** The two ways to name a source of data say the same. */
function alignSources(obj: Draft<Claim>): void {
  const spec = obj.spec;
  if (!spec) return;
  const known = ['VolumeSnapshot', 'PersistentVolumeClaim'];
  if (spec.dataSource && !known.includes(spec.dataSource.kind) && !spec.dataSourceRef) delete spec.dataSource;
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    const { namespace: _namespace, ...source } = spec.dataSourceRef;
    if (known.includes(source.kind)) spec.dataSource = source;
  }
}

/** What differs besides what may change: size and class of a bound claim, the volume of an unbound one. */
function isChanged(obj: Claim, old: Claim): boolean {
  const allowed: Record<string, unknown> = { ...old.spec };
  if (!old.spec?.volumeName && obj.spec?.volumeName) allowed['volumeName'] = obj.spec.volumeName;
  if (old.status?.phase === 'Bound') {
    const storage = getKey(obj.spec?.resources?.requests, 'storage');
    if (storage !== undefined) allowed['resources'] = { ...old.spec?.resources, requests: { ...old.spec?.resources?.requests, storage } };
  }
  allowed['volumeAttributesClassName'] = obj.spec?.volumeAttributesClassName;
  return !semanticEqual(allowed, obj.spec);
}

function checkUpdate(c: Checks, obj: Claim, old: Claim): void {
  const text = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';
  if (isChanged(obj, old)) c.forbidden('spec', '', text);
  const now = getKey(obj.spec?.resources?.requests, 'storage');
  const before = getKey(old.spec?.resources?.requests, 'storage');
  const capacity = getKey(old.status?.capacity, 'storage');
  if (now !== undefined && before !== undefined && milliValueOfQuantity(now) < milliValueOfQuantity(before)) {
    if (capacity !== undefined && milliValueOfQuantity(now) < milliValueOfQuantity(capacity)) {
      c.forbidden('spec', 'resources.requests.storage', 'field can not be less than status.capacity');
    }
  }
  c.immutable(obj.spec?.volumeMode ?? null, obj.spec?.volumeMode !== old.spec?.volumeMode, 'volumeMode', '');
}

export const claimStrategy: Strategy<Claim> = {
  default(obj) {
    if (obj.spec) obj.spec.volumeMode ??= 'Filesystem';
    (obj.status ??= {}).phase ||= 'Pending';
  },
  prepareForCreate(obj) {
    obj.status = { phase: 'Pending' };
    alignSources(obj);
  },
  prepareForUpdate(obj, old, ctx) {
    if (ctx.subresource === 'status') return keepAllButStatus(obj, old);
    keep(obj, old, 'status');
    alignSources(obj);
  },
  validate: (obj) => collect((c) => checkClaimSpec(c, obj.spec, 'spec')),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return;
      checkClaimSpec(c, obj.spec, 'spec');
      checkUpdate(c, obj, old);
    }),
};
