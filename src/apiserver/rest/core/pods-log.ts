import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errorText } from '../../../base/index.ts';
import type { Pod } from '../../../api/index.ts';
import { failure, fieldError, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { keyOf, type VerbScope } from '../../registry/verb-scope.ts';
import type { KubeletTarget } from '../kubelet-dialer.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';
import { containerOf, kubeletTarget } from './pod-location.ts';

/** What goes on to the kubelet as it came. */
const passedOn = ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps', 'tailLines', 'limitBytes', 'stream'] as const;
const maxErrorBytes = 64 * 1024;

/** A plain GET to a kubelet. Rejects where it cannot be reached. */
function getFromKubelet(target: KubeletTarget, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { tls } = target;
  const send = target.baseUrl.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(new URL(path, target.baseUrl), {
      signal,
      agent: false,
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
      ...(tls?.servername === undefined ? {} : { servername: tls.servername }),
      ...(tls?.insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) {
    text += String(chunk);
    if (text.length > maxErrorBytes) break;
  }
  return text.trim();
}

function checkOptions(scope: VerbScope): void {
  const { query } = scope.request;
  const errors = [];
  for (const name of ['tailLines', 'sinceSeconds', 'limitBytes'] as const) {
    const text = query.get(name);
    if (text === null || text === '') continue;
    if (!/^-?\d+$/.test(text)) throw statusErrors.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const least = name === 'tailLines' ? 0 : 1;
    if (Number(text) < least) {
      const detail = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
      errors.push(fieldError.invalid(name, Number(text), detail));
    }
  }
  if (query.get('sinceSeconds') && query.get('sinceTime')) {
    errors.push(fieldError.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  }
  if (errors.length > 0) throw statusErrors.invalid('', 'PodLogOptions', scope.info.name, errors);
}

/** GET on `pods/NAME/log`: what the kubelet tells, as it comes. */
export function podsLog({ context, options }: RestInit): readonly RestHandler[] {
  async function get(scope: VerbScope): Promise<Reply> {
    const { query, signal } = scope.request;
    checkOptions(scope);
    const pod = (await context.store('', 'pods').get(keyOf(scope))).bare() as Pod;
    const container = containerOf(pod, query.get('container') ?? '');
    const empty: Reply = { kind: 'raw', status: 200, contentType: 'text/plain', body: new Uint8Array(0) };
    if (!pod.spec?.nodeName) return empty;
    const target = await kubeletTarget(context, options.kubelet, pod.spec.nodeName);
    const parameters = new URLSearchParams();
    for (const name of passedOn) {
      const value = query.get(name);
      if (value !== null && value !== '') parameters.set(name, value);
    }
    const path = `/containerLogs/${scope.info.namespace}/${scope.info.name}/${container}?${parameters.toString()}`;
    let response: IncomingMessage;
    try {
      response = await getFromKubelet(target, path, signal);
    } catch (error) {
      const url = new URL(path, target.baseUrl);
      throw new StatusError(failure(500, '', `Get ${JSON.stringify(url.href)}: ${errorText(error)}`), {
        cause: error,
      });
    }
    const status = response.statusCode ?? 500;
    if (status === 200) return { kind: 'raw', status: 200, contentType: 'text/plain', body: response as AsyncIterable<Uint8Array> };
    const text = await textOf(response);
    if (status === 400) throw statusErrors.badRequest(text);
    if (status === 404)
      throw new StatusError(failure(404, 'NotFound', `the server could not find the requested resource ( pods/log ${scope.info.name})`));
    throw new StatusError(
      failure(
        500,
        'InternalError',
        `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding (get pods/log ${scope.info.name})`,
      ),
    );
  }
  return [{ group: '', resource: 'pods', subresource: 'log', verbs: { get } }];
}
