import type { Pod } from '../../api/index.ts';
import { type Clock, type Logger, errorText } from '../../base/index.ts';
import { type CriRuntime, isCriError } from '../../cri/index.ts';
import type { HttpRequest, Reply } from '../../http/index.ts';
import {
  type CommandStreams,
  dialPortForward,
  dialRemoteCommand,
  parsePorts,
  plainText,
  proxyPortForward,
  proxyRemoteCommand,
  type StreamTimes,
} from '../../serving/index.ts';
import { bareId, findContainer, findContainerStatus, type PodLookup } from './pod-lookup.ts';

export interface StreamServing {
  readonly pods: PodLookup;
  readonly runtime: Pick<CriRuntime, 'exec' | 'attach' | 'portForward' | 'execSync'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly streamTimes?: Partial<StreamTimes>;
}

/** Where a stream goes: the path's words. */
export interface StreamTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly uid?: string;
  /** Absent for port-forward. */
  readonly container?: string;
}

/** An answer instead of a stream: its text and status are told. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** What the runtime says of itself decides the status, as in upstream's streaming package. */
function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  if (isCriError(error, 'NOT_FOUND')) return 404;
  if (isCriError(error, 'RESOURCE_EXHAUSTED')) return 429;
  return 500;
}

async function answered(request: HttpRequest, { logger }: StreamServing, answer: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    const status = statusOf(error);
    if (!(error instanceof Refusal)) logger.info('a stream could not be had', { path: request.path, error });
    return plainText(status, `${errorText(error)}\n`);
  }
}

function podOf({ pods }: StreamServing, { namespace, pod: name, uid }: StreamTarget): Pod {
  const pod = pods.find(namespace, name);
  if (!pod || (uid !== undefined && pod.metadata?.uid !== uid)) throw new Refusal(404, 'pod does not exist');
  return pod;
}

async function containerIdOf({ pods }: StreamServing, pod: Pod, name: string): Promise<string> {
  const id = pods.containerId ? await pods.containerId(pod, name) : bareId(findContainerStatus(pod, name)?.containerID);
  if (id === undefined) throw new Refusal(500, `container not found (${JSON.stringify(name)})`);
  return id;
}

/** `input=1&output=1&error=1&tty=1`: with a terminal there is no stderr. */
export function commandStreams(query: URLSearchParams): CommandStreams {
  const asked = (name: string) => query.get(name) === '1';
  const tty = asked('tty');
  const streams = { stdin: asked('input'), stdout: asked('output'), stderr: asked('error') && !tty, tty };
  if (!streams.stdin && !streams.stdout && !streams.stderr) throw new Refusal(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return streams;
}

/** /exec and /attach: the client's protocol here, SPDY to the runtime. */
export function serveRemoteCommand(
  request: HttpRequest,
  kind: 'exec' | 'attach',
  { target, serving }: { readonly target: StreamTarget; readonly serving: StreamServing },
): Promise<Reply> {
  const { runtime, clock, logger, streamTimes } = serving;
  return answered(request, serving, async () => {
    const asked = commandStreams(request.query);
    const pod = podOf(serving, target);
    const name = target.container ?? '';
    const id = await containerIdOf(serving, pod, name);
    // Whether a running process has a terminal was decided at its start.
    const tty = kind === 'exec' ? asked.tty : (findContainer(pod, name)?.tty ?? false);
    const streams = { ...asked, tty, stderr: asked.stderr && !tty };
    const command = request.query.getAll('command');
    const dial = async (signal?: AbortSignal) => {
      const url = kind === 'exec' ? await runtime.exec(id, command, streams) : await runtime.attach(id, streams);
      return await dialRemoteCommand(url, { ...streams, clock, logger, ...(signal ? { signal } : {}) });
    };
    return await proxyRemoteCommand(request, { ...streams, clock, logger, dial, ...(streamTimes ? { times: streamTimes } : {}) });
  });
}

/** /portForward. */
export function servePortForward(request: HttpRequest, target: StreamTarget, serving: StreamServing): Promise<Reply> {
  const { runtime, clock, logger, streamTimes } = serving;
  return answered(request, serving, async () => {
    const pod = podOf(serving, target);
    const ports = portsOf(request.query);
    const sandbox = await serving.pods.sandboxId(pod);
    if (sandbox === undefined) throw new Refusal(500, `pod not found (${JSON.stringify(`${target.pod}_${target.namespace}`)})`);
    const dial = async () => await dialPortForward(await runtime.portForward(sandbox, ports), { clock, logger });
    return await proxyPortForward(request, { clock, logger, ports, dial, ...(streamTimes ? { times: streamTimes } : {}) });
  });
}

function portsOf(query: URLSearchParams): readonly number[] {
  try {
    return parsePorts(query);
  } catch (error) {
    throw new Refusal(400, errorText(error));
  }
}

/** POST /run: a command's output, once it has ended. */
export function serveRun(request: HttpRequest, target: StreamTarget, serving: StreamServing): Promise<Reply> {
  return answered(request, serving, async () => {
    const id = await containerIdOf(serving, podOf(serving, target), target.container ?? '');
    const command = (request.query.get('cmd') ?? '').split(' ');
    const { stdout, stderr, exitCode } = await serving.runtime.execSync(id, command);
    if (exitCode !== 0) throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${Buffer.from(stderr).toString('utf8')}`);
    return plainText(200, Buffer.concat([stdout, stderr]).toString('utf8'));
  });
}
