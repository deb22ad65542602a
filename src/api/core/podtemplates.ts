import { define } from '../define.ts';
import { column, joined, labelsText, nameColumn } from '../helpers/columns.ts';
import type { PodTemplate } from '../types.gen.ts';
import type { FieldError } from '../../apimachinery/index.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { collect } from '../helpers/validation/checks.ts';
import { defaultPodTemplate } from '../helpers/pod-spec/defaults.ts';
import { checkPodTemplate } from '../helpers/pod-spec/template.ts';

function validate(obj: PodTemplate): readonly FieldError[] {
  return collect((c) => checkPodTemplate(c, obj.template, 'template'));
}

export const podTemplates = define<PodTemplate>({
  group: '',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  strategy: { ...withGeneration('template'), default: (obj) => defaultPodTemplate(obj.template), validate, validateUpdate: validate },
  columns: [
    nameColumn,
    column('Containers', (o) => joined(o.template?.spec?.containers?.map((c) => c.name))),
    column('Images', (o) => joined(o.template?.spec?.containers?.map((c) => c.image))),
    column('Pod Labels', (o) => labelsText(o.template?.metadata?.labels)),
  ],
});
