import type { Clock, Logger, Rng } from '../base/index.ts';
import type { Transport } from '../client/index.ts';
import type { AuthenticatedRequest, User } from '../http/index.ts';
import type { ResourceStore, Storage } from '../storage/index.ts';
import type { AdmissionPlugin } from './admission-types.ts';
import type { Authenticator, Authorizer } from './auth-types.ts';
import type { ResourceCatalog } from './catalog.ts';

/**
 * What the parts of one API server share: authenticators, authorizers, admission plugins, `rest` files and bootstrap hooks are made from
 * it. There may be several in a process.
 */
export interface ServerContext {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly storage: Storage;
  /** All resources served now, built-in and custom. */
  readonly catalog: ResourceCatalog;
  /** The store of a built-in resource; throws where there is no such resource. `stores('', 'pods')`. */
  store(group: string, plural: string): ResourceStore;
  /** Calls to this very server as `system:apiserver`, an administrator: how its own parts write. */
  readonly loopback: Transport;
}

/** The user a request acts for: its sender, or whom its `Impersonate-*` headers name. Throws 403 where the sender may not. */
export type Impersonator = (request: AuthenticatedRequest) => User | Promise<User>;

/** Makes the server's own authenticator, authorizer and admission plugins. They may read stores, but only after `start`. */
export interface SecurityFactories {
  authenticator(context: ServerContext): Authenticator;
  authorizer(context: ServerContext): Authorizer;
  admission(context: ServerContext, authorizer: Authorizer): readonly AdmissionPlugin[];
  /** Acts on `Impersonate-*` headers; absent = they are ignored. Called for every request, so it answers at once where there are none. */
  impersonation?(context: ServerContext, authorizer: Authorizer): Impersonator;
  /** Loads what these follow (roles, namespaces); awaited by the server's start, before anything is bootstrapped. */
  start?(context: ServerContext): Promise<void>;
  /** Ends what `start` began. */
  close?(): void;
}
