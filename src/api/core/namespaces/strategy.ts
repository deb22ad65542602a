import type { Draft, FieldError, KubeObject } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { keep, keepAllButStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isLabelKey } from '../../helpers/validation/formats.ts';
import type { Namespace } from '../../types.gen.ts';

const nameLabel = 'kubernetes.io/metadata.name';

function labelName(obj: Draft<KubeObject>): void {
  const name = obj.metadata?.name;
  if (name) (obj.metadata!.labels ??= {})[nameLabel] = name;
}

function checkFinalizers(c: Checks, obj: Namespace, indexed: boolean): void {
  for (const [i, name] of (obj.spec?.finalizers ?? []).entries()) {
    const field = indexed ? `finalizers[${i}]` : 'finalizers';
    c.format(isLabelKey, name, 'spec', field);
    if (!name.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(name)) {
      c.invalid(['spec', field], name, 'name is neither a standard finalizer name nor is it fully qualified');
    }
  }
}

function validateStatus(obj: Namespace): readonly FieldError[] {
  return collect((c) => {
    const phase = obj.status?.phase ?? '';
    const deleting = Boolean(obj.metadata?.deletionTimestamp);
    if (!deleting && phase !== 'Active') c.invalid(['status', 'Phase'], phase, "may only be 'Active' if `deletionTimestamp` is empty");
    if (deleting && phase !== 'Terminating') c.invalid(['status', 'Phase'], phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
  });
}

export const namespaceStrategy: Strategy<Namespace> = {
  nameRule: 'dns1123Label',
  default(obj) {
    labelName(obj);
    obj.status ??= {};
    obj.status.phase ||= 'Active';
  },
  prepareForCreate(obj) {
    labelName(obj);
    obj.status = { phase: 'Active' };
    const finalizers = ((obj.spec ??= {}).finalizers ??= []);
    if (!finalizers.includes('kubernetes')) finalizers.push('kubernetes');
  },
  prepareForUpdate(obj, old, ctx) {
    if (ctx.subresource === 'status') return keepAllButStatus(obj, old);
    keep(obj, old, 'status');
    if (ctx.subresource !== 'finalize') keep((obj.spec ??= {}), old.spec ?? {}, 'finalizers');
    labelName(obj);
  },
  validate: (obj) => collect((c) => checkFinalizers(c, obj, false)),
  validateUpdate(obj, _old, ctx) {
    if (ctx.subresource === 'status') return validateStatus(obj);
    return ctx.subresource === 'finalize' ? collect((c) => checkFinalizers(c, obj, true)) : [];
  },
};
