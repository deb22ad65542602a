import { parseApiVersion } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import { controllerOf } from '../helpers/owners.ts';
import type { ControllerRevision } from '../types.gen.ts';

function controllerText(o: ControllerRevision): string {
  const owner = controllerOf(o);
  if (!owner) return '<none>';
  const group = parseApiVersion(owner.apiVersion)?.group ?? '';
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}

export const controllerRevisions = define<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  columns: [nameColumn, column('Controller', controllerText), column('Revision', (o) => o.revision ?? 0), ageColumn],
});
