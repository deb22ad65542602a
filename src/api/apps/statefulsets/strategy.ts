import type { Draft } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import { checkClaimSpec } from '../../helpers/pod-spec/claim-spec.ts';
import { checkWorkloadSelector, checkWorkloadTemplate } from '../../helpers/pod-spec/template.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label } from '../../helpers/validation/formats.ts';
import { checkStatusCounts } from '../../helpers/validation/counts.ts';
import type { StatefulSet, StatefulSetSpec } from '../../types.gen.ts';

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const onlyThese =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function setDefaults(obj: Draft<StatefulSet>): void {
  const { spec } = obj;
  if (!spec) return;
  defaultPodTemplate(spec.template);
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = 'PersistentVolumeClaim';
    claim.apiVersion = 'v1';
    (claim.status ??= {}).phase ||= 'Pending';
    if (claim.spec) claim.spec.volumeMode ??= 'Filesystem';
  }
}

function checkUpdateStrategy(c: Checks, spec: Partial<StatefulSetSpec>): void {
  const { type = '', rollingUpdate } = spec.updateStrategy ?? {};
  if (type === '') c.required('spec', 'updateStrategy');
  else if (type === 'OnDelete') {
    if (rollingUpdate) c.invalid(['spec', 'updateStrategy.rollingUpdate'], rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type === 'RollingUpdate') c.nonNegative(rollingUpdate?.partition, 'spec', 'updateStrategy.rollingUpdate.partition');
  else c.invalid(['spec', 'updateStrategy'], spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'");
}

function check(c: Checks, obj: StatefulSet): void {
  const spec: Partial<StatefulSetSpec> = obj.spec ?? {};
  const policy = spec.podManagementPolicy ?? '';
  if (policy === '') c.required('spec', 'podManagementPolicy');
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    c.invalid(['spec', 'podManagementPolicy'], policy, "must be 'OrderedReady' or 'Parallel'");
  }
  checkUpdateStrategy(c, spec);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[field] ?? '';
    c.oneOf(value, ['Retain', 'Delete'], 'spec', `persistentVolumeClaimRetentionPolicy.${field}`);
  }
  c.nonNegative(spec.replicas, 'spec', 'replicas');
  c.nonNegative(spec.minReadySeconds, 'spec', 'minReadySeconds');
  c.nonNegative(spec.ordinals?.start, 'spec', 'ordinals.start');
  checkWorkloadSelector(c, spec.selector, 'spec.selector', 'empty selector is invalid for statefulset');
  checkWorkloadTemplate(c, { kind: 'StatefulSet', template: spec.template, selector: spec.selector }, 'spec.template');
}

function checkUpdate(c: Checks, obj: StatefulSet, old: StatefulSet): void {
  const kept: Record<string, unknown> = { ...old.spec };
  for (const field of changeable) {
    const value = obj.spec?.[field];
    if (value === undefined) delete kept[field];
    else kept[field] = value;
  }
  if (!semanticEqual(kept, obj.spec)) c.forbidden('spec', '', onlyThese);
}

export const statefulSetStrategy: Strategy<StatefulSet> = {
  ...withStatus(),
  nameRule: 'dns1123Label',
  default: setDefaults,
  validate: (obj) =>
    collect((c) => {
      check(c, obj);
      c.optionalFormat(isDns1123Label, obj.spec?.serviceName, 'spec', 'serviceName');
      for (const [i, claim] of (obj.spec?.volumeClaimTemplates ?? []).entries()) {
        checkClaimSpec(c, claim.spec, `spec.volumeClaimTemplates[${i}].spec`);
      }
    }),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') {
        const counts = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration'];
        return checkStatusCounts(c, obj.status ?? {}, counts, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']);
      }
      check(c, obj);
      checkUpdate(c, obj, old);
    }),
};
