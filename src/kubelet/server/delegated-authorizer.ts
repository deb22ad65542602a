import type { SubjectAccessReview } from '../../api/index.ts';
import { sortedJson } from '../../apimachinery/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../../serving/index.ts';
import { LruCache } from './lru-cache.ts';

const cacheEntries = 1024;
/** As upstream's cacheAuthorizedTTL and cacheUnauthorizedTTL. */
const allowedMs = 300_000;
const deniedMs = 30_000;

/** Asks the API server who may do what (SubjectAccessReview); what it allows is kept 5 minutes, what not 30 s. Rejects when it cannot be asked. */
export function delegatedAuthorizer(client: Client, options: { readonly clock: Clock }): Authorizer {
  const answers = new LruCache<AuthorizationDecision>(cacheEntries, options.clock);
  return {
    async authorize(attributes) {
      const spec = specOf(attributes);
      const key = sortedJson(spec);
      const before = answers.get(key);
      if (before) return before;
      const { status } = await client.resource<SubjectAccessReview>('subjectaccessreviews').create({ spec });
      const decision = { allowed: status?.allowed === true, reason: status?.reason ?? '' };
      answers.set(key, decision, decision.allowed ? allowedMs : deniedMs);
      return decision;
    },
  };
}

function specOf(attributes: AuthorizationAttributes): SubjectAccessReview['spec'] {
  const { name, uid, groups, extra } = attributes.user;
  const who = { user: name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
  if ('path' in attributes) return { ...who, nonResourceAttributes: { verb: attributes.verb, path: attributes.path } };
  const { verb, group, version, resource, subresource, namespace, name: object } = attributes;
  return {
    ...who,
    resourceAttributes: {
      verb,
      group,
      version,
      resource,
      ...(subresource ? { subresource } : {}),
      ...(namespace ? { namespace } : {}),
      ...(object ? { name: object } : {}),
    },
  };
}
