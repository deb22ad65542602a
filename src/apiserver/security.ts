import { admissionPlugins } from './admission/index.ts';
import {
  anonymousForHealth,
  audiencesOf,
  BearerTokenAuthenticator,
  ClientCertificateAuthenticator,
  readStaticTokens,
  type ServiceAccountKeys,
  ServiceAccountTokenAuthenticator,
  type TokenAuthenticator,
  unionAuthenticator,
} from './authentication/index.ts';
import { FollowedRbac, NodeAuthorizer, nodeRules, privilegedGroup, UnionAuthorizer } from './authorization/index.ts';
import type { SecurityFactories, ServerContext } from './context.ts';
import { createImpersonator } from './impersonation.ts';
import { type Lookup, lookupOf } from './lookup.ts';

export interface SecurityOptions {
  /** Absent = no service account tokens are taken. */
  readonly serviceAccounts?: ServiceAccountKeys;
  /** Contents of a `--token-auth-file`. */
  readonly staticTokens?: string;
}

/** The security of one server; `close` ends what it follows. */
export interface Security extends SecurityFactories {
  close(): void;
}

interface Parts {
  readonly lookup: Lookup;
  readonly rbac: FollowedRbac;
}

/** Client certificates and tokens, Node and RBAC authorization, admission and impersonation as upstream has them by default (kubeadm's). */
export function createSecurity(options: SecurityOptions): Security {
  const life = new AbortController();
  const made = new WeakMap<ServerContext, Parts>();
  const partsOf = (context: ServerContext): Parts => {
    const known = made.get(context);
    if (known) return known;
    const lookup = lookupOf(context);
    const parts = { lookup, rbac: new FollowedRbac(lookup, life.signal) };
    made.set(context, parts);
    return parts;
  };
  return {
    authenticator(context) {
      const tokens: TokenAuthenticator[] = [];
      const audiences = options.serviceAccounts ? audiencesOf(options.serviceAccounts) : [];
      if (options.staticTokens !== undefined) tokens.push(readStaticTokens(options.staticTokens, audiences));
      if (options.serviceAccounts) {
        tokens.push(new ServiceAccountTokenAuthenticator(options.serviceAccounts, { lookup: partsOf(context).lookup, clock: context.clock }));
      }
      return unionAuthenticator([
        new ClientCertificateAuthenticator(context.clock),
        new BearerTokenAuthenticator(tokens, audiences),
        anonymousForHealth,
      ]);
    },
    authorizer(context) {
      const { lookup, rbac } = partsOf(context);
      return new UnionAuthorizer([privilegedGroup, new NodeAuthorizer(lookup, nodeRules), rbac]);
    },
    admission(context, authorizer) {
      const { lookup, rbac } = partsOf(context);
      const rules = {
        rulesFor: rbac.resolvedRulesFor.bind(rbac),
        roleRules: rbac.roleRules.bind(rbac),
      };
      return admissionPlugins.map((make) => make({ lookup, rng: context.rng, authorizer, rbac: rules }));
    },
    impersonation: (_context, authorizer) => createImpersonator(authorizer),
    close: () => life.abort(),
  };
}
