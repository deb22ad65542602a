import { type Checks } from '../../helpers/validation/checks.ts';
import { isDns1035Label } from '../../helpers/validation/formats.ts';
import type { CustomResourceColumnDefinition, CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from '../../types.gen.ts';
import { checkRootSchema } from './validate-schema.ts';

type Spec = Partial<CustomResourceDefinitionSpec>;

/** `.spec.replicas`: dots and names only. */
function checkSimplePath(c: Checks, value: string, at: readonly [path: string, field: string]): void {
  if (value === '') c.invalid(at, value, 'must not be empty');
  else if (!value.startsWith('.')) c.invalid(at, value, 'must be a simple json path starting with .');
  else if (/['"[\]]|^\.$|\.\./.test(value)) c.invalid(at, value, 'must be a json path in the dot notation');
}

function checkScale(c: Checks, version: CustomResourceDefinitionVersion, path: string): void {
  const scale = version.subresources?.scale;
  if (!scale) return;
  const at = `${path}.subresources.scale`;
  for (const [field, under] of [
    ['specReplicasPath', 'spec'],
    ['statusReplicasPath', 'status'],
  ] as const) {
    const value = scale[field] ?? '';
    if (value === '') {
      c.required(at, field);
      continue;
    }
    checkSimplePath(c, value, [at, field]);
    if (!value.startsWith(`.${under}.`)) c.invalid([at, field], value, `should be a json path under .${under}`);
  }
  const selector = scale.labelSelectorPath;
  if (!selector) return;
  checkSimplePath(c, selector, [at, 'labelSelectorPath']);
  if (!/^\.(spec|status)\./.test(selector)) c.invalid([at, 'labelSelectorPath'], selector, 'should be a json path under either .spec or .status');
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function checkColumn(c: Checks, col: CustomResourceColumnDefinition, path: string): void {
  if (!col.name) c.required(path, 'name');
  const types = `must be one of ${columnTypes.join(',')}`;
  if (!col.type) c.required(path, 'type', types);
  else if (!columnTypes.includes(col.type)) c.invalid([path, 'type'], col.type, types);
  if (col.format && !columnFormats.includes(col.format)) c.invalid([path, 'format'], col.format, `must be one of ${columnFormats.join(',')}`);
  if (!col.jsonPath) c.required(path, 'JSONPath');
  else if (!col.jsonPath.startsWith('.')) c.invalid([path, 'JSONPath'], col.jsonPath, 'must be a simple json path starting with .');
}

function checkSelectable(c: Checks, version: CustomResourceDefinitionVersion, path: string): void {
  const fields = version.selectableFields ?? [];
  const seen = new Set<string>();
  c.atMost(fields, 8, path, 'selectableFields');
  for (const [i, { jsonPath }] of fields.entries()) {
    const at: readonly [string, string] = [path, `selectableFields[${i}].jsonPath`];
    if (!jsonPath) c.required(...at);
    else if (jsonPath.startsWith('.metadata')) c.invalid(at, jsonPath, 'must not point to fields in metadata');
    else if (seen.has(jsonPath)) c.duplicate(...at, jsonPath);
    seen.add(jsonPath);
  }
}

/** With one version (or equal schemas) upstream reports paths of the older form. */
function schemaPath(spec: Spec, index: number): string {
  return (spec.versions?.length ?? 0) === 1 ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`;
}

function checkVersion(c: Checks, version: CustomResourceDefinitionVersion, path: string, ownSchemaPath: string): void {
  c.format(isDns1035Label, version.name ?? '', path, 'name');
  if (version.deprecationWarning !== undefined) {
    if (!version.deprecated) c.invalid([path, 'deprecationWarning'], version.deprecationWarning, 'can only be set for deprecated versions');
    if (version.deprecationWarning.length > 256)
      c.invalid([path, 'deprecationWarning'], version.deprecationWarning, 'must be <= 256 characters long');
  }
  const schema = version.schema?.openAPIV3Schema;
  if (!schema) c.required(path, 'schema.openAPIV3Schema', 'schemas are required');
  else checkRootSchema(c, schema, ownSchemaPath);
  checkScale(c, version, path);
  for (const [i, col] of (version.additionalPrinterColumns ?? []).entries()) checkColumn(c, col, `${path}.additionalPrinterColumns[${i}]`);
  checkSelectable(c, version, path);
}

export function checkVersions(c: Checks, spec: Spec): void {
  const versions = spec.versions ?? [];
  const names = new Set<string>();
  for (const [i, version] of versions.entries()) {
    checkVersion(c, version, `spec.versions[${i}]`, schemaPath(spec, i));
    names.add(version.name);
  }
  if (names.size !== versions.length)
    c.invalid(
      ['spec', 'versions'],
      versions.map((v) => v.name),
      'must contain unique version names',
    );
  if (versions.filter((v) => v.storage).length !== 1) {
    c.invalid(
      ['spec', 'versions'],
      versions.map((v) => v.name),
      'must have exactly one version marked as storage version',
    );
  }
}
