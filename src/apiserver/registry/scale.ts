import { schemaOf, type ScalePaths } from '../../api/index.ts';
import {
  type Draft,
  isJsonObject,
  type Json,
  type KubeObject,
  type LabelSelectorObject,
  selectorFromObject,
  setKey,
  statusErrors,
  copyJson,
  fieldError,
} from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import type { StoredObject } from '../../storage/index.ts';
import { Negotiator } from '../replies/negotiation.ts';
import { ValueBody } from '../replies/value-body.ts';
import { decodeBody, decodeJson } from './decode-body.ts';
import { readPatch, runPatch } from './patch.ts';
import { readBody } from './read-body.ts';
import { managerOf, writeOptions } from './request-options.ts';
import { updateObject } from './update-object.ts';
import { keyOf, type VerbScope } from './verb-scope.ts';

/** autoscaling/v1 Scale. */
export interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
}

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const offers = new Negotiator({ protobuf: true, forms: [] });
const scaleSchema = () => schemaOf('autoscaling', 'v1', 'Scale');

function at(object: unknown, path: string): Json | undefined {
  let here = object as Json | undefined;
  for (const part of path.split('.')) {
    if (!isJsonObject(here) || !Object.hasOwn(here, part)) return undefined;
    here = here[part];
  }
  return here;
}

function setAt(object: Draft<KubeObject>, path: string, value: Json): void {
  const parts = path.split('.');
  let here = object as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) {
    const next = Object.hasOwn(here, part) ? here[part] : undefined;
    const inner: Record<string, unknown> = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
    setKey(here, part, inner);
    here = inner;
  }
  setKey(here, parts.at(-1)!, value);
}

function selectorText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : selectorFromObject(value as LabelSelectorObject).toString();
}

/** The Scale of an object in the served version. */
export function scaleOf(object: KubeObject, paths: ScalePaths): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  const selector = paths.selector === undefined ? '' : selectorText(at(object, paths.selector) ?? at(object, 'spec.selector'));
  const replicas = at(object, paths.specReplicas);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: Number(at(object, paths.statusReplicas) ?? 0), ...(selector === '' ? {} : { selector }) },
  };
}

function scaleReply(scope: VerbScope, scale: Scale): Reply {
  const output = offers.choose(scope.request.headers['accept']);
  return { kind: 'value', status: 200, warnings: scope.warnings, body: new ValueBody(scale, scaleSchema(), output.mediaType) };
}

function pathsOf(scope: VerbScope): ScalePaths {
  const paths = scope.resource.definition.scale;
  if (!paths) throw statusErrors.notFound(scope.resource.groupResource, `${scope.info.name}/scale`);
  return paths;
}

export async function getScale(scope: VerbScope): Promise<Reply> {
  const stored = await scope.resource.store.get(keyOf(scope));
  return scaleReply(scope, scaleOf(scope.resource.toServed(stored), pathsOf(scope)));
}

/** PUT and PATCH: replicas go to the parent, uid and resourceVersion are preconditions. */
export async function writeScale(scope: VerbScope): Promise<Reply> {
  const { resource, info } = scope;
  const paths = pathsOf(scope);
  const isPatch = info.verb === 'patch';
  const options = writeOptions(scope, isPatch ? 'PatchOptions' : 'UpdateOptions');
  const newScale = isPatch ? await patchedScale(scope, paths) : await sentScale(scope, options.fieldValidation);
  const updated = await updateObject(scope, {
    verb: isPatch ? 'patch' : 'update',
    options,
    manager: managerOf(scope, options),
    unconditional: true,
    transform: (current) => {
      const scale = newScale(current!);
      const replicas = scale.spec?.replicas ?? 0;
      if (replicas < 0) {
        const error = fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
        throw statusErrors.invalid('autoscaling', 'Scale', info.name, [error]);
      }
      const object = copyJson(resource.toServed(current!) as Json) as unknown as Draft<KubeObject>;
      setAt(object, paths.specReplicas, replicas);
      const meta = object.metadata!;
      if (scale.metadata?.resourceVersion) meta.resourceVersion = scale.metadata.resourceVersion;
      if (scale.metadata?.uid) meta.uid = scale.metadata.uid;
      return { object: resource.toStorage(object) as Draft<KubeObject> };
    },
  });
  const object = updated.kind === 'stored' ? resource.toServed(updated.object) : resource.serve(updated.object);
  return scaleReply(scope, scaleOf(object, paths));
}

async function sentScale(scope: VerbScope, fieldValidation: 'Ignore' | 'Warn' | 'Strict'): Promise<(current: StoredObject) => Scale> {
  const body = await readBody(scope, 'Scale');
  const scale = decodeBody(body, { kind: scaleKind, schema: scaleSchema() }, { fieldValidation, warnings: scope.warnings }) as Scale;
  if (scale.metadata?.name !== undefined && scale.metadata.name !== scope.info.name) {
    throw statusErrors.badRequest(`the name of the object (${scale.metadata.name}) does not match the name on the URL (${scope.info.name})`);
  }
  return () => scale;
}

async function patchedScale(scope: VerbScope, paths: ScalePaths): Promise<(current: StoredObject) => Scale> {
  const patch = await readPatch(scope);
  return (current) => {
    const before = scaleOf(scope.resource.toServed(current), paths) as unknown as Json;
    const after = patch.isApply ? { ...(before as object), spec: (patch.config as { readonly spec?: Json }).spec } : runPatch(patch, before);
    return decodeJson(after as Json, { kind: scaleKind, schema: scaleSchema() }).object as Scale;
  };
}
