import type { Strategy } from '../../definition.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import { checkWorkloadSelector, checkWorkloadTemplate } from '../../helpers/pod-spec/template.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { checkStatusCounts } from '../../helpers/validation/counts.ts';
import type { ReplicaSet } from '../../types.gen.ts';

const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];
const counts = ['replicas', ...parts, 'observedGeneration', 'terminatingReplicas'];

function check(c: Checks, obj: ReplicaSet): void {
  const spec = obj.spec;
  c.nonNegative(spec?.replicas, 'spec', 'replicas');
  c.nonNegative(spec?.minReadySeconds, 'spec', 'minReadySeconds');
  checkWorkloadSelector(c, spec?.selector, 'spec.selector', 'empty selector is invalid for deployment');
  checkWorkloadTemplate(c, { kind: 'ReplicaSet', template: spec?.template, selector: spec?.selector }, 'spec.template');
}

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  ...withStatus(),
  default(obj) {
    if (!obj.spec) return;
    defaultPodTemplate(obj.spec.template);
    obj.spec.replicas ??= 1;
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') return checkStatusCounts(c, obj.status ?? {}, counts, parts);
      check(c, obj);
      c.immutable(obj.spec?.selector ?? null, !semanticEqual(obj.spec?.selector, old.spec?.selector), 'spec', 'selector');
    }),
};
