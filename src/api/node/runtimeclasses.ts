import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { RuntimeClass } from '../types.gen.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isDns1123Label } from '../helpers/validation/formats.ts';
import { checkLabels } from '../helpers/validation/metadata.ts';
import { checkTolerations } from '../helpers/pod-spec/scheduling.ts';
import { roundUpToMilli } from '../helpers/quantities.ts';

function check(c: Checks, obj: RuntimeClass): void {
  c.requiredFormat(isDns1123Label, obj.handler, 'handler', '');
  checkLabels(c, obj.scheduling?.nodeSelector, 'scheduling', 'nodeSelector');
  checkTolerations(c, obj.scheduling?.tolerations, 'scheduling.tolerations');
}

export const runtimeClasses = define<RuntimeClass>({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  strategy: {
    allowUnconditionalUpdate: false,
    allowCreateOnUpdate: true,
    default: (obj) => roundUpToMilli(obj.overhead?.podFixed),
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old) =>
      collect((c) => {
        check(c, obj);
        c.immutable(obj.handler, obj.handler !== old.handler, 'handler', '');
      }),
  },
  scope: 'Cluster',
  columns: [nameColumn, column('Handler', (o) => o.handler ?? ''), ageColumn],
});
