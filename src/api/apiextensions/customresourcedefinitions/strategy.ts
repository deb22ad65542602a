import type { Draft } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { bumpGeneration, fieldChanged, keep, keepAllButStatus, setGeneration } from '../../helpers/strategy.ts';
import type { CustomResourceDefinition } from '../../types.gen.ts';
import { validateCrd, validateCrdStatusUpdate, validateCrdUpdate } from './validate.ts';

type Crd = CustomResourceDefinition;

/** The version in use for storage is among those that may have been stored. */
function addStoredVersion(obj: Draft<Crd>): void {
  const storage = obj.spec?.versions?.find((v) => v.storage)?.name;
  if (storage === undefined) return;
  const stored = ((obj.status ??= {}).storedVersions ??= []);
  if (!stored.includes(storage)) stored.push(storage);
}

function setDefaults(obj: Draft<Crd>): void {
  const spec = obj.spec as Draft<Crd>['spec'] | undefined;
  if (!spec) return;
  if (spec.names) {
    spec.names.singular ||= (spec.names.kind ?? '').toLowerCase();
    if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= 443;
}

export const crdStrategy: Strategy<Crd> = {
  allowUnconditionalUpdate: false,
  nameRule: () => [],
  default: setDefaults,
  prepareForCreate(obj) {
    setGeneration(obj, 1);
    obj.status = {};
    addStoredVersion(obj);
  },
  prepareForUpdate(obj, old, ctx) {
    if (ctx.subresource === 'status') return keepAllButStatus(obj, old);
    keep(obj, old, 'status');
    if (obj.status) obj.status = { ...obj.status, storedVersions: [...(obj.status.storedVersions ?? [])] };
    addStoredVersion(obj);
    bumpGeneration(obj, old, fieldChanged(obj, old, 'spec'));
  },
  validate: validateCrd,
  validateUpdate: (obj, old, ctx) => (ctx.subresource === 'status' ? validateCrdStatusUpdate(obj) : validateCrdUpdate(obj, old)),
};
