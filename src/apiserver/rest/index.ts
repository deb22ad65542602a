import type { PostStartHook } from '../bootstrap/post-start-hook.ts';
import { authenticationReviews } from './authentication/reviews.ts';
import { accessReviews } from './authorization/reviews.ts';
import { componentStatuses } from './core/componentstatuses.ts';
import { namespaceHooks } from './core/namespaces.ts';
import { podsBinding } from './core/pods-binding.ts';
import { podsEviction } from './core/pods-eviction.ts';
import { podsLog } from './core/pods-log.ts';
import { podsStreams } from './core/pods-streams.ts';
import { serviceAccountsToken } from './core/serviceaccounts-token.ts';
import { followServices } from './core/services/follow-services.ts';
import { IpAllocator } from './core/services/ip-allocator.ts';
import { IpRange } from './core/services/ip-range.ts';
import { PortAllocator } from './core/services/port-allocator.ts';
import { ServicePorts } from './core/services/service-ports.ts';
import { serviceHooks } from './core/services/services.ts';
import type { RestHandler } from './rest-handler.ts';
import type { RestInit } from './rest-init.ts';
import type { RestHooks } from './rest-hooks.ts';

const defaultServiceCidr = '10.96.0.0/16';
const defaultNodePorts = { from: 30000, to: 32767 };

/** All that is more than stored objects. */
export interface RestParts {
  readonly handlers: readonly RestHandler[];
  readonly hooks: readonly RestHooks[];
  readonly start: readonly PostStartHook[];
  readonly close: readonly (() => void)[];
}

/** Handlers by resource, one factory a file. */
const handlerFactories: readonly ((init: RestInit) => readonly RestHandler[])[] = [
  podsBinding,
  podsEviction,
  podsLog,
  podsStreams,
  serviceAccountsToken,
  componentStatuses,
  accessReviews,
  authenticationReviews,
];

export function restParts(init: RestInit): RestParts {
  const { context, options } = init;
  const ended = new AbortController();
  const ips = new IpAllocator(
    context,
    (options.serviceCidrs ?? [defaultServiceCidr]).map((cidr) => new IpRange(cidr)),
  );
  const ports = new PortAllocator(options.nodePorts ?? defaultNodePorts, context.rng);
  const holders = new ServicePorts(ports);
  const hasServices = context.catalog.definition('', 'services') !== undefined;
  return {
    handlers: handlerFactories.flatMap((make) => make(init)),
    hooks: [namespaceHooks, serviceHooks(context, { ips, ports, holders })],
    start: hasServices ? [{ name: 'start-service-ip-repair-controllers', run: () => followServices(context, holders, ended.signal) }] : [],
    close: [() => ended.abort(new Error('the server ends'))],
  };
}
