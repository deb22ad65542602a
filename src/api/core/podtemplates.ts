import { define } from '../define.ts';
import { column, joined, labelsText, nameColumn } from '../helpers/columns.ts';
import type { PodTemplate } from '../types.gen.ts';

export const podTemplates = define<PodTemplate>({
  group: '',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  columns: [
    nameColumn,
    column('Containers', (o) => joined(o.template?.spec?.containers?.map((c) => c.name))),
    column('Images', (o) => joined(o.template?.spec?.containers?.map((c) => c.image))),
    column('Pod Labels', (o) => labelsText(o.template?.metadata?.labels)),
  ],
});
