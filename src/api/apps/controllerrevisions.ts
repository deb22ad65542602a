import { parseApiVersion } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import { controllerOf } from '../helpers/owners.ts';
import type { ControllerRevision } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { collect } from '../helpers/validation/checks.ts';

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
  strategy: { validateUpdate: (obj, old) => collect((c) => c.immutable(obj.data ?? null, !semanticEqual(obj.data, old.data), 'data', '')) },
  columns: [nameColumn, column('Controller', controllerText), column('Revision', (o) => o.revision ?? 0), ageColumn],
});
