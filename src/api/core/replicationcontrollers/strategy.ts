import { selectorFromSet } from '../../../apimachinery/index.ts';
import type { Strategy } from '../../definition.ts';
import { defaultPodTemplate } from '../../helpers/pod-spec/defaults.ts';
import { checkPodTemplate } from '../../helpers/pod-spec/template.ts';
import { withStatus } from '../../helpers/strategy.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { checkStatusCounts } from '../../helpers/validation/counts.ts';
import type { ReplicationController } from '../../types.gen.ts';

const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

function checkTemplate(c: Checks, obj: ReplicationController): void {
  const template = obj.spec?.template;
  if (!template) return c.required('spec', 'template');
  const selector = obj.spec?.selector ?? {};
  if (Object.keys(selector).length > 0 && !selectorFromSet(selector).matches(template.metadata?.labels)) {
    c.invalid(['spec', 'template.metadata.labels'], template.metadata?.labels ?? null, '`selector` does not match template `labels`');
  }
  checkPodTemplate(c, template, 'spec.template');
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') c.notSupported(['spec', 'template.spec.restartPolicy'], restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    c.forbidden('spec', 'template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicationController is not Supported');
  }
}

function check(c: Checks, obj: ReplicationController): void {
  c.nonNegative(obj.spec?.minReadySeconds, 'spec', 'minReadySeconds');
  if (Object.keys(obj.spec?.selector ?? {}).length === 0) c.required('spec', 'selector');
  if (obj.spec?.replicas === undefined) c.required('spec', 'replicas');
  else c.nonNegative(obj.spec.replicas, 'spec', 'replicas');
  checkTemplate(c, obj);
}

export const replicationControllerStrategy: Strategy<ReplicationController> = {
  ...withStatus(),
  defaultPropagation: 'Orphan',
  default(obj) {
    const spec = obj.spec;
    if (!spec) return;
    defaultPodTemplate(spec.template);
    const labels = spec.template?.metadata?.labels;
    if (labels) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(obj.metadata?.labels ?? {}).length === 0) (obj.metadata ??= {}).labels = { ...labels };
    }
    spec.replicas ??= 1;
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, _old, ctx) =>
    collect((c) => {
      if (ctx.subresource === 'status') checkStatusCounts(c, obj.status ?? {}, ['replicas', ...parts, 'observedGeneration'], parts);
      else check(c, obj);
    }),
};
