import { type Clock, type Logger, errorText } from '../../base/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import {
  encodeReply,
  type HttpRequest,
  type Listen,
  type RawReply,
  type Reply,
  serve,
  type ServerHandle,
  type ServerLimits,
  type TlsOptions,
  type User,
  type WireReply,
} from '../../http/index.ts';
import {
  type Authenticator,
  type Authorizer,
  type HealthCheck,
  type MetricsSource,
  plainText,
  serveHealth,
  serveMetrics,
  type StreamTimes,
} from '../../serving/index.ts';
import { containerLogs } from './container-logs.ts';
import type { PodLookup } from './pod-lookup.ts';
import { requestAttributes } from './request-attributes.ts';
import { readNodeUsage, readPodUsage, type Usage } from './stats.ts';
import { resourceMetrics, statsSummary } from './stats-text.ts';
import { servePortForward, serveRemoteCommand, serveRun, type StreamTarget } from './streams.ts';

export interface ServeKubeletOptions {
  readonly nodeName: string;
  readonly listen: Listen;
  /** `clientCa` is the cluster's CA. */
  readonly tls: TlsOptions;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly pods: PodLookup;
  readonly runtime: Pick<CriRuntime, 'containerStatus' | 'exec' | 'attach' | 'portForward' | 'execSync' | 'listContainerStats'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of /healthz, besides `ping`. */
  readonly healthChecks?: readonly HealthCheck[];
  /** Of /metrics. */
  readonly metrics?: MetricsSource;
  /** What the node uses; by /proc when absent. */
  readonly nodeUsage?: () => Usage | Promise<Usage>;
  readonly streamTimes?: Partial<StreamTimes>;
  readonly limits?: Partial<ServerLimits>;
}

/** Serves the kubelet's API (upstream: port 10250). Every path asks who it is and whether they may. Resolves when it listens. */
export function serveKubelet(options: ServeKubeletOptions): Promise<ServerHandle> {
  const { listen, tls, logger, limits } = options;
  return serve({ listen, tls, logger, handler: (request) => handle(request, options), ...(limits ? { limits } : {}) });
}

async function handle(request: HttpRequest, options: ServeKubeletOptions): Promise<WireReply> {
  let reply: Reply;
  try {
    reply = (await refusal(request, options)) ?? (await route(request, options));
  } catch (error) {
    options.logger.error('a request to the kubelet failed', { path: request.path, error });
    reply = plainText(500, `${errorText(error)}\n`);
  }
  return encodeReply(reply, { mediaType: { type: 'application/json', parameters: {} } });
}

/** The answer to who is unknown or may not; undefined for who may. */
async function refusal(request: HttpRequest, { authenticator, authorizer, nodeName, logger }: ServeKubeletOptions): Promise<RawReply | undefined> {
  let user: User | undefined;
  try {
    user = await authenticator.authenticate(request);
  } catch (error) {
    logger.info('unable to authenticate a request', { path: request.path, error });
  }
  if (!user) return plainText(401, 'Unauthorized');
  const wanted = requestAttributes(request, user, nodeName);
  const verb = wanted[0]?.verb ?? '';
  const subresources = wanted.map((a) => ('subresource' in a ? a.subresource : ''));
  for (const attributes of wanted) {
    try {
      if ((await authorizer.authorize(attributes)).allowed) return undefined;
    } catch (error) {
      logger.error('authorization could not be asked for', { user: user.name, path: request.path, error });
      const subresource = 'subresource' in attributes ? (attributes.subresource ?? '') : '';
      return plainText(500, `Authorization error (user=${user.name}, verb=${verb}, resource=nodes, subresource=${subresource})`);
    }
  }
  return plainText(403, `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])`);
}

const notFound = () => plainText(404, '404 page not found\n');
const json = (value: unknown): RawReply => ({ kind: 'raw', status: 200, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) });

/** The path's words, decoded; undefined where they cannot be. */
function wordsOf(path: string): readonly string[] | undefined {
  try {
    return path
      .split('/')
      .filter((w) => w !== '')
      .map((w) => decodeURIComponent(w));
  } catch {
    return undefined;
  }
}

/** The methods of each first word. */
const methods: Readonly<Record<string, readonly string[]>> = {
  pods: ['GET'],
  containerLogs: ['GET'],
  stats: ['GET'],
  metrics: ['GET'],
  exec: ['GET', 'POST'],
  attach: ['GET', 'POST'],
  portForward: ['GET', 'POST'],
  run: ['POST'],
};

async function route(request: HttpRequest, options: ServeKubeletOptions): Promise<Reply> {
  const health = await serveHealth(request, [{ name: 'healthz', checks: options.healthChecks ?? [] }], options.logger);
  if (health) return health;
  const words = wordsOf(request.path) ?? [];
  const [first = ''] = words;
  if (!Object.hasOwn(methods, first)) return notFound();
  if (!methods[first]!.includes(request.method)) return plainText(405, '405: Method Not Allowed');
  return (await routeNode(words, options)) ?? (await routePod(request, words, options)) ?? notFound();
}

async function routeNode(words: readonly string[], options: ServeKubeletOptions): Promise<Reply | undefined> {
  const { pods, nodeName, metrics } = options;
  switch (words.join('/')) {
    case 'pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods.list() });
    case 'stats/summary': {
      const { node, used } = await usage(options);
      return json(statsSummary(nodeName, node, used));
    }
    case 'metrics/resource': {
      const { node, used } = await usage(options);
      return { kind: 'raw', status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: Buffer.from(resourceMetrics(node, used)) };
    }
    case 'metrics':
      return metrics ? await serveMetrics(metrics) : undefined;
    default:
      return undefined;
  }
}

async function usage({ runtime, pods, clock, nodeUsage }: ServeKubeletOptions) {
  const [node, used] = await Promise.all([nodeUsage ? nodeUsage() : readNodeUsage(clock.now()), readPodUsage(runtime, pods.list())]);
  return { node, used };
}

async function routePod(request: HttpRequest, words: readonly string[], options: ServeKubeletOptions): Promise<Reply | undefined> {
  const [verb = ''] = words;
  const target = targetOf(words);
  if (!target) return undefined;
  const { container } = target;
  switch (verb) {
    case 'containerLogs':
      return container === undefined || target.uid !== undefined ? undefined : await containerLogs(request, { ...target, container }, options);
    case 'exec':
    case 'attach':
      return await serveRemoteCommand(request, verb, { target, serving: options });
    case 'portForward':
      return await servePortForward(request, target, options);
    case 'run':
      return await serveRun(request, target, options);
    default:
      return undefined;
  }
}

/** `VERB/NAMESPACE/POD[/UID]/CONTAINER`; for portForward without the container. */
function targetOf(words: readonly string[]): StreamTarget | undefined {
  const [verb, namespace, pod, ...rest] = words;
  if (namespace === undefined || pod === undefined) return undefined;
  const container = verb === 'portForward' ? undefined : rest.pop();
  if (verb !== 'portForward' && container === undefined) return undefined;
  const [uid, ...more] = rest;
  if (more.length > 0) return undefined;
  return { namespace, pod, ...(uid === undefined ? {} : { uid }), ...(container === undefined ? {} : { container }) };
}
