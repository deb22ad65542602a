import { failure, StatusError, statusErrors } from '../apimachinery/index.ts';
import type { Reply } from '../http/index.ts';
import type { RequestScope, Stage } from './filters/scope.ts';
import { create } from './registry/create.ts';
import { deleteCollection } from './registry/delete-collection.ts';
import { deleteOne } from './registry/delete.ts';
import { get } from './registry/get.ts';
import { list } from './registry/list.ts';
import { patch } from './registry/patch.ts';
import { getScale, writeScale } from './registry/scale.ts';
import { update } from './registry/update.ts';
import type { Registry, VerbScope } from './registry/verb-scope.ts';
import { watch } from './registry/watch.ts';
import type { Resource } from './resource.ts';
import { notFoundText } from './replies/text-reply.ts';
import { TextNotFound } from './filters/errors.ts';
import type { RestHandler } from './rest/rest-handler.ts';

type Verb = (scope: VerbScope) => Promise<Reply>;

const verbs: Readonly<Record<string, Verb>> = { get, list, watch, create, update, patch, delete: deleteOne, deletecollection: deleteCollection };
const statusVerbs: Readonly<Record<string, Verb>> = { get, update, patch };
const scaleVerbs: Readonly<Record<string, Verb>> = { get: getScale, update: writeScale, patch: writeScale };
const noVerbs: Readonly<Record<string, Verb>> = {};

function routerNotFound(): StatusError {
  return new StatusError(failure(404, 'NotFound', 'the server could not find the requested resource', {}));
}

function methodNotAllowed(resource: Resource, action: string): StatusError {
  if (resource.custom) return statusErrors.methodNotSupported(resource.groupResource, action);
  return new StatusError(failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}));
}

/** Sends resource requests to the verb, or to the `rest` file, that answers them. */
export function dispatch(registry: Registry, handlers: readonly RestHandler[]): Stage {
  const special = new Map(handlers.map((h) => [`${h.group}/${h.resource}/${h.subresource}`, h]));
  return async (scope: RequestScope): Promise<Reply> => {
    const { info } = scope;
    const resource = registry.resource(info.group, info.version, info.resource);
    if (!resource) {
      if (registry.context.catalog.hasGroupVersion(info.group, info.version)) throw routerNotFound();
      return notFoundText();
    }
    scope.served = true;
    // A right to something in a namespace must not reach what lies in none.
    if (!resource.namespaced && info.namespace !== '' && info.resource !== 'namespaces') throw routerNotFound();
    const verbScope: VerbScope = Object.assign(scope, { registry, resource });
    if (resource.namespaced && info.namespace === '' && info.verb !== 'list' && info.verb !== 'watch') {
      throw info.parts.length === 1 ? methodNotAllowed(resource, info.verb) : routerNotFound();
    }
    if (resource.version.deprecationWarning !== undefined) scope.warnings.push(resource.version.deprecationWarning);
    const handler = special.get(`${info.group}/${info.resource}/${info.subresource}`);
    if (handler) {
      const answer = Object.hasOwn(handler.verbs, info.verb) ? handler.verbs[info.verb] : undefined;
      if (answer) return answer(verbScope);
      if (info.subresource !== '' || handler.exclusive === true) throw methodNotAllowed(resource, info.verb);
    }
    return verbOf(resource, scope)(verbScope);
  };
}

function verbOf(resource: Resource, scope: RequestScope): Verb {
  const { info } = scope;
  const { definition } = resource;
  if (info.parts.length > 3) throw routerNotFound();
  if (info.subresource === '') {
    if (info.parts.length > 1 ? info.verb === 'create' : info.verb === 'update' || info.verb === 'patch') throw methodNotAllowed(resource, info.verb);
    const verb = Object.hasOwn(verbs, info.verb) && definition.verbs.includes(info.verb) ? verbs[info.verb] : undefined;
    if (!verb) throw methodNotAllowed(resource, info.verb);
    return verb;
  }
  const subresource = definition.subresources.find((s) => s.name === info.subresource);
  const served = info.subresource === 'scale' ? scaleVerbs : genericSubresources.has(info.subresource) ? statusVerbs : noVerbs;
  if (!subresource) {
    if (resource.custom) throw new TextNotFound();
    throw routerNotFound();
  }
  const verb = subresource.verbs.includes(info.verb) && Object.hasOwn(served, info.verb) ? served[info.verb] : undefined;
  if (!verb) throw methodNotAllowed(resource, info.verb);
  return verb;
}

/** Subresources that are a view of the object itself, written by its strategy's rules. */
const genericSubresources: ReadonlySet<string> = new Set(['status', 'ephemeralcontainers', 'resize', 'approval', 'finalize']);
