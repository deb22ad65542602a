import { access } from 'node:fs/promises';
import type { Pod } from '../../api/index.ts';
import { parseTime } from '../../apimachinery/index.ts';
import { type Clock, errorText } from '../../base/index.ts';
import { isCriError, type CriRuntime } from '../../cri/index.ts';
import type { HttpRequest, RawReply } from '../../http/index.ts';
import { plainText } from '../../serving/index.ts';
import { openContainerLog } from '../pod-logs.ts';
import { findContainer, logContainer, type NoLog, type PodLookup } from './pod-lookup.ts';

export interface LogServing {
  readonly pods: PodLookup;
  readonly runtime: Pick<CriRuntime, 'containerStatus'>;
  readonly clock: Clock;
}

interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceMs?: number;
}

const isTrue = (text: string | null) => text !== null && text !== 'false' && text !== '0';

function whole(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new RangeError('Unable to decode query.');
  if (value < least) throw new TypeError('Invalid request.');
  return value;
}

/** Reads PodLogOptions. Throws RangeError for what cannot be read, TypeError for what is not allowed. */
export function logQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const tailLines = whole(query, 'tailLines', 0);
  const limitBytes = whole(query, 'limitBytes', 1);
  const sinceSeconds = whole(query, 'sinceSeconds', 1);
  const sinceText = query.get('sinceTime');
  const sinceTime = sinceText ? parseTime(sinceText) : undefined;
  if (sinceText && sinceTime === undefined) throw new RangeError('Unable to decode query.');
  if (sinceTime !== undefined && sinceSeconds !== undefined) throw new TypeError('Invalid request.');
  const sinceMs = sinceSeconds === undefined ? sinceTime : nowMs - sinceSeconds * 1000;
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

const message = (status: number, text: string): RawReply => ({
  kind: 'raw',
  status,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ message: text })),
});

/** GET /containerLogs/NAMESPACE/POD/CONTAINER: errors before the first byte have a status of their own. */
export async function containerLogs(
  request: HttpRequest,
  target: { readonly namespace: string; readonly pod: string; readonly container: string },
  serving: LogServing,
): Promise<RawReply> {
  const { runtime, clock } = serving;
  let query: LogQuery;
  try {
    query = logQuery(request.query, clock.now());
  } catch (error) {
    if (error instanceof RangeError) return message(400, error.message);
    if (error instanceof TypeError) return message(422, error.message);
    throw error;
  }
  const pod = serving.pods.find(target.namespace, target.pod);
  if (!pod) return plainText(404, `pod ${JSON.stringify(target.pod)} does not exist\n`);
  if (!findContainer(pod, target.container))
    return plainText(404, `container ${JSON.stringify(target.container)} not found in pod ${JSON.stringify(target.pod)}\n`);
  const chosen = await chooseContainer(pod, { ...query, name: target.container }, serving.pods);
  if ('error' in chosen) return plainText(400, chosen.error);
  let path: string;
  try {
    path = (await runtime.containerStatus(chosen.id)).status.logPath;
    await access(path);
  } catch (error) {
    return plainText(400, errorText(error));
  }
  const body = openContainerLog(path, { ...query, signal: request.signal, clock, isRunning: () => isRunning(runtime, chosen.id) });
  return { kind: 'raw', status: 200, contentType: 'text/plain', body, longRunning: query.follow };
}

/** By the pod's status; where that lags behind what already runs, by the runtime. */
async function chooseContainer(
  pod: Pod,
  { name, previous }: { readonly name: string; readonly previous: boolean },
  pods: PodLookup,
): Promise<{ readonly id: string } | NoLog> {
  const chosen = logContainer(pod, name, previous);
  if ('id' in chosen || previous) return chosen;
  const id = await pods.containerId?.(pod, name);
  return id === undefined ? chosen : { id };
}

/** A container that is gone writes no more; a runtime that does not answer for a moment ends no log. */
async function isRunning(runtime: LogServing['runtime'], id: string): Promise<boolean> {
  try {
    const { state } = (await runtime.containerStatus(id)).status;
    return state === 'CONTAINER_RUNNING' || state === 'CONTAINER_CREATED';
  } catch (error) {
    return !isCriError(error, 'NOT_FOUND');
  }
}
