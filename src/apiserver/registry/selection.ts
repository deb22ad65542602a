import { type FieldSelector, parseFieldSelector, parseLabelSelector, type Selector, SelectorError, statusErrors } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../api/index.ts';
import type { Selection, Summary } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import type { VerbScope } from './verb-scope.ts';

const coreFieldKinds = new Set(['Pod', 'Node', 'ReplicationController', 'Event', 'Namespace', 'Secret', 'Service']);

function unsupported(resource: Resource, label: string): Error {
  const { definition } = resource;
  if (definition.group === '' && coreFieldKinds.has(definition.kind)) return statusErrors.badRequest(`field label not supported: ${label}`);
  if (definition.group === 'batch' && definition.kind === 'Job') {
    return statusErrors.badRequest(`field label ${JSON.stringify(label)} not supported for Job`);
  }
  if (resource.custom && Object.keys(definition.selectableFields).length > 0) return statusErrors.badRequest(`field label not supported: ${label}`);
  if (definition.kind === 'ResourceSlice') {
    return statusErrors.badRequest(`field label not supported for ${resource.apiVersion}, Kind=ResourceSlice: ${label}`);
  }
  return statusErrors.badRequest(`${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

/** How a field selector reads one field from a summary. Throws 400 for a field that the resource does not have. */
function readerOf(resource: Resource, label: string): (summary: Summary) => string {
  if (label === 'metadata.name') return (s) => s.name;
  if (label === 'metadata.namespace') return (s) => s.namespace;
  const fields: ResourceDefinition['selectableFields'] = resource.definition.selectableFields;
  const at = Object.keys(fields).indexOf(label);
  if (at < 0) throw unsupported(resource, label);
  return (s) => s.fields[at] ?? '';
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelectorError) throw statusErrors.badRequest(error.message);
    throw error;
  }
}

function labelTest(text: string): ((summary: Summary) => boolean) | undefined {
  const selector: Selector = parse(() => parseLabelSelector(text));
  return selector.requirements.length === 0 && !selector.nothing ? undefined : (s) => selector.matches(s.labels);
}

/** What a read selects by its URL, name and selectors. Throws 400. */
export function selectionOf(scope: VerbScope): Selection {
  const { resource, info, request } = scope;
  const labels = request.query.get('labelSelector') ?? '';
  const fields = request.query.get('fieldSelector') ?? '';
  const namespace = resource.namespaced ? info.namespace : '';
  const tests: ((summary: Summary) => boolean)[] = [];
  const label = labels === '' ? undefined : labelTest(labels);
  if (label) tests.push(label);
  let name = info.parts[1] ?? '';
  let indexed: { readonly field: string; readonly value: string } | undefined;
  if (fields !== '') {
    const selector: FieldSelector = parse(() => parseFieldSelector(fields));
    for (const { field, operator, value } of selector.requirements) {
      const read = readerOf(resource, field);
      if (operator === '=' && field === 'metadata.name') {
        if (name !== '' && name !== value) {
          if (info.parts[1] !== undefined) throw statusErrors.badRequest("fieldSelector metadata.name doesn't match requested name");
          tests.push(() => false);
        }
        name = value;
      } else if (operator === '=' && indexed === undefined && resource.indexes.has(field)) indexed = { field, value };
      else tests.push(operator === '=' ? (s) => read(s) === value : (s) => read(s) !== value);
    }
  }
  const matches = tests.length === 0 ? undefined : tests.length === 1 ? tests[0] : (s: Summary) => tests.every((test) => test(s));
  return {
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(indexed === undefined ? {} : { indexed }),
    ...(matches === undefined ? {} : { matches }),
  };
}
