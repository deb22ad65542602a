import { StatusError, type StatusCause, failure } from '../status-error.ts';
import { type FieldSet, pathsOf } from './field-set.ts';
import { formatPath } from './fields-v1.ts';
import type { Manager, Managers } from './managers.ts';

function describe(m: Manager): string {
  const subresource = m.subresource === '' ? '' : ` with subresource ${JSON.stringify(m.subresource)}`;
  return `${JSON.stringify(m.name)}${subresource}${m.operation === 'Update' ? ` using ${m.apiVersion}` : ''}`;
}

/** The 409 of an apply that would take fields from others. */
export function applyConflict(conflicts: ReadonlyMap<string, FieldSet>, managers: Managers): StatusError {
  const causes: StatusCause[] = [];
  const parts: string[] = [];
  for (const id of [...conflicts.keys()].sort()) {
    const who = describe(managers.get(id)!);
    const paths = pathsOf(conflicts.get(id)!).map(formatPath);
    parts.push(`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`));
    causes.push(...paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })));
  }
  const [only] = causes;
  const text = causes.length === 1 ? `1 conflict: ${only!.message}: ${only!.field}` : `${causes.length} conflicts: ${parts.join('\n')}`;
  return new StatusError(failure(409, 'Conflict', `Apply failed with ${text}`, { causes }));
}
