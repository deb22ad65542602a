import type { Pod } from '../../../api/index.ts';
import { failure, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { dialPortForward, dialRemoteCommand, parsePorts, proxyPortForward, proxyRemoteCommand } from '../../../serving/index.ts';
import { authorizeOrThrow } from '../../filters/authorization.ts';
import { isTrue } from '../../filters/request-info.ts';
import { keyOf, type VerbScope } from '../../registry/verb-scope.ts';
import { admissionRequest, admitValidate, admit } from '../../registry/admit.ts';
import type { KubeletTarget } from '../kubelet-dialer.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../index.ts';
import { containerOf, kubeletTarget } from './pod-location.ts';

/** exec, attach and port-forward: accepted here in whatever the client speaks, dialed on to the kubelet, spliced. */
export function podsStreams({ context, options, authorizer }: RestInit): readonly RestHandler[] {
  /** A WebSocket is a GET; what it does is more than reading. */
  async function authorizeUpgrade(scope: VerbScope): Promise<void> {
    if (scope.info.verb === 'create') return;
    await authorizeOrThrow(authorizer, scope.user, { ...scope.info, verb: 'create' });
  }

  async function locate(scope: VerbScope): Promise<{ readonly pod: Pod; readonly target: () => Promise<KubeletTarget> }> {
    await authorizeUpgrade(scope);
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

  const dialOptions = (target: KubeletTarget, signal?: AbortSignal) => ({
    clock: context.clock,
    logger: context.logger,
    ...(target.tls ? { tls: target.tls } : {}),
    ...(signal ? { signal } : {}),
  });

  async function remoteCommand(scope: VerbScope, kind: 'exec' | 'attach'): Promise<Reply> {
    const { query } = scope.request;
    const { pod, target } = await locate(scope);
    const container = containerOf(pod, query.get('container') ?? '');
    const asked = (name: string) => isTrue(query.get(name));
    const streams = { stdin: asked('stdin'), stdout: asked('stdout'), stderr: asked('stderr'), tty: asked('tty') };
    const parameters = new URLSearchParams();
    if (kind === 'exec') for (const word of query.getAll('command')) parameters.append('command', word);
    if (streams.stdin) parameters.set('input', '1');
    if (streams.stdout) parameters.set('output', '1');
    if (streams.stderr) parameters.set('error', '1');
    if (streams.tty) parameters.set('tty', '1');
    const path = `/${kind}/${scope.info.namespace}/${scope.info.name}/${container}?${parameters}`;
    return unreachable(() =>
      proxyRemoteCommand(scope.request, {
        ...streams,
        clock: context.clock,
        logger: context.logger,
        dial: async (signal) => {
          const to = await target();
          return dialRemoteCommand(`${to.baseUrl}${path}`, { ...streams, ...dialOptions(to, signal) });
        },
      }),
    );
  }

  async function portForward(scope: VerbScope): Promise<Reply> {
    const { target } = await locate(scope);
    const ports = portsOf(scope);
    return unreachable(() =>
      proxyPortForward(scope.request, {
        clock: context.clock,
        logger: context.logger,
        ports,
        dial: async () => {
          const to = await target();
          return dialPortForward(`${to.baseUrl}/portForward/${scope.info.namespace}/${scope.info.name}`, dialOptions(to));
        },
      }),
    );
  }

  const both = (handle: (scope: VerbScope) => Promise<Reply>) => ({ get: handle, create: handle });
  return [
    { group: '', resource: 'pods', subresource: 'exec', verbs: both((s) => remoteCommand(s, 'exec')) },
    { group: '', resource: 'pods', subresource: 'attach', verbs: both((s) => remoteCommand(s, 'attach')) },
    { group: '', resource: 'pods', subresource: 'portforward', verbs: both(portForward) },
  ];
}

function portsOf(scope: VerbScope): readonly number[] {
  try {
    return parsePorts(scope.request.query);
  } catch (error) {
    throw statusErrors.badRequest(error instanceof Error ? error.message : String(error));
  }
}

/** A kubelet that cannot be reached, or refuses, is told as an internal error of its own words. */
async function unreachable(proxy: () => Promise<Reply>): Promise<Reply> {
  try {
    return await proxy();
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const message = `error dialing backend: ${error instanceof Error ? error.message : String(error)}`;
    throw new StatusError(failure(500, '', message), { cause: error });
  }
}
