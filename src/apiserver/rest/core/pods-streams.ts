import { errorText } from '../../../base/index.ts';
import type { Pod } from '../../../api/index.ts';
import { failure, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { type CommandStreams, dialPortForward, dialRemoteCommand, parsePorts, proxyPortForward, proxyRemoteCommand } from '../../../serving/index.ts';
import { authorizeOrThrow } from '../../filters/authorization.ts';
import { isTrue } from '../../filters/request-info.ts';
import { admissionRequest, admit, admitValidate } from '../../registry/admit.ts';
import { keyOf, type VerbScope } from '../../registry/verb-scope.ts';
import type { KubeletTarget } from '../kubelet-dialer.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';
import { containerOf, kubeletTarget } from './pod-location.ts';

interface Located {
  readonly pod: Pod;
  readonly target: () => Promise<KubeletTarget>;
}

/** The Pod a stream is for, once the sender may have it. */
async function locate(scope: VerbScope, { context, options, authorizer }: RestInit): Promise<Located> {
  // A WebSocket is a GET, but what it does is more than reading.
  if (scope.info.verb !== 'create') await authorizeOrThrow(authorizer, scope.user, { ...scope.info, verb: 'create' });
  const pod = (await context.store('', 'pods').get(keyOf(scope))).bare() as Pod;
  const admission = admissionRequest(scope, {
    operation: 'CONNECT',
    object: undefined,
    oldObject: pod,
    options: { kind: 'Options', apiVersion: 'meta.k8s.io/v1' },
    dryRun: false,
  });
  await admit(scope, admission);
  await admitValidate(scope, admission);
  const { nodeName } = pod.spec ?? {};
  if (!nodeName) throw statusErrors.badRequest(`pod ${scope.info.name} does not have a host assigned`);
  return { pod, target: () => kubeletTarget(context, options.kubelet, nodeName) };
}

function dialOptions({ context }: RestInit, target: KubeletTarget, signal?: AbortSignal) {
  const { clock, logger } = context;
  return { clock, logger, ...(target.tls ? { tls: target.tls } : {}), ...(signal ? { signal } : {}) };
}

/** The query in the kubelet's words. */
function commandQuery(query: URLSearchParams, kind: 'exec' | 'attach', streams: CommandStreams): string {
  const parameters = new URLSearchParams();
  if (kind === 'exec') for (const word of query.getAll('command')) parameters.append('command', word);
  if (streams.stdin) parameters.set('input', '1');
  if (streams.stdout) parameters.set('output', '1');
  if (streams.stderr) parameters.set('error', '1');
  if (streams.tty) parameters.set('tty', '1');
  return parameters.toString();
}

async function remoteCommand(scope: VerbScope, init: RestInit, kind: 'exec' | 'attach'): Promise<Reply> {
  const { query } = scope.request;
  const { clock, logger } = init.context;
  const { pod, target } = await locate(scope, init);
  const container = containerOf(pod, query.get('container') ?? '');
  const asked = (name: string) => isTrue(query.get(name));
  const streams = { stdin: asked('stdin'), stdout: asked('stdout'), stderr: asked('stderr'), tty: asked('tty') };
  const path = `/${kind}/${scope.info.namespace}/${scope.info.name}/${container}?${commandQuery(query, kind, streams)}`;
  const dial = async (signal?: AbortSignal) => {
    const to = await target();
    return dialRemoteCommand(`${to.baseUrl}${path}`, { ...streams, ...dialOptions(init, to, signal) });
  };
  return unreachable(() => proxyRemoteCommand(scope.request, { ...streams, clock, logger, dial }));
}

async function portForward(scope: VerbScope, init: RestInit): Promise<Reply> {
  const { clock, logger } = init.context;
  const { target } = await locate(scope, init);
  const ports = portsOf(scope);
  const dial = async () => {
    const to = await target();
    return dialPortForward(`${to.baseUrl}/portForward/${scope.info.namespace}/${scope.info.name}`, dialOptions(init, to));
  };
  return unreachable(() => proxyPortForward(scope.request, { clock, logger, ports, dial }));
}

function portsOf(scope: VerbScope): readonly number[] {
  try {
    return parsePorts(scope.request.query);
  } catch (error) {
    throw statusErrors.badRequest(errorText(error));
  }
}

/** A kubelet that cannot be reached, or refuses, is told as an internal error of its own words. */
async function unreachable(proxy: () => Promise<Reply>): Promise<Reply> {
  try {
    return await proxy();
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const message = `error dialing backend: ${errorText(error)}`;
    throw new StatusError(failure(500, '', message), { cause: error });
  }
}

/** exec, attach and port-forward: accepted here in whatever the client speaks, dialed on to the kubelet, spliced. */
export function podsStreams(init: RestInit): readonly RestHandler[] {
  const both = (handle: (scope: VerbScope) => Promise<Reply>) => ({ get: handle, create: handle });
  return [
    { group: '', resource: 'pods', subresource: 'exec', verbs: both((s) => remoteCommand(s, init, 'exec')) },
    { group: '', resource: 'pods', subresource: 'attach', verbs: both((s) => remoteCommand(s, init, 'attach')) },
    { group: '', resource: 'pods', subresource: 'portforward', verbs: both((s) => portForward(s, init)) },
  ];
}
