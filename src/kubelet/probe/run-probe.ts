import { errorText } from '../../base/index.ts';
import { connect } from 'node:net';
import type { Container, GRPCAction, Pod, Probe } from '../../api/index.ts';
import { type CriRuntime, isCriError } from '../../cri/index.ts';
import { grpcHealth } from './grpc-health.ts';
import { dialFailure, httpGet, portOf } from './http-get.ts';
import type { ProbeResult } from './probe-state.ts';

export interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
  readonly runtime: CriRuntime;
}

export interface ProbeOutcome {
  readonly result: ProbeResult;
  /** Of the Unhealthy event. */
  readonly output: string;
}

const success: ProbeOutcome = { result: 'success', output: '' };
const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

/** Asks once. Never rejects: what goes wrong is a failure with its text. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.exec) return await execProbe(probe.exec.command ?? [], target, timeoutMs);
    if (probe.httpGet) {
      const { status, body, elsewhere } = await httpGet(target.pod, target.container, {
        action: probe.httpGet,
        podIP: target.podIP,
        timeoutMs,
        userAgent: 'kube-probe/1.36',
      });
      if (elsewhere) return { result: 'success', output: `Probe terminated redirects, Response body: ${body}` };
      return status >= 200 && status < 400 ? success : failure(`HTTP probe failed with statuscode: ${status}`);
    }
    if (probe.tcpSocket) return await tcpProbe(probe.tcpSocket.host || target.podIP, portOf(target.container, probe.tcpSocket.port), timeoutMs);
    if (probe.grpc) return await grpcProbe(probe.grpc, target.podIP, timeoutMs);
    return failure('missing probe handler');
  } catch (error) {
    return failure(errorText(error));
  }
}

async function execProbe(command: readonly string[], target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
  try {
    const { stdout, stderr, exitCode } = await target.runtime.execSync(target.containerId, command, Math.max(1, Math.ceil(timeoutMs / 1000)));
    const output = Buffer.concat([stdout, stderr])
      .toString('utf8')
      .slice(0, 10 * 1024);
    return exitCode === 0 ? success : failure(output);
  } catch (error) {
    if (isCriError(error, 'DEADLINE_EXCEEDED'))
      return failure(`command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`);
    throw error;
  }
}

function tcpProbe(host: string, port: number | undefined, timeoutMs: number): Promise<ProbeOutcome> {
  if (port === undefined) return Promise.resolve(failure('no such port'));
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`dial tcp ${host}:${port}: i/o timeout`)));
    socket.on('connect', () => {
      socket.destroy();
      resolve(success);
    });
    socket.on('error', (e) => resolve(failure(dialFailure(e, `${host}:${port}`))));
  });
}

async function grpcProbe({ port, service = '' }: GRPCAction, host: string, timeoutMs: number): Promise<ProbeOutcome> {
  const status = await grpcHealth({ host, port }, { service, timeoutMs });
  return status === 'SERVING' ? { ...success, output: 'service healthy' } : failure(`service unhealthy (responded with ${JSON.stringify(status)})`);
}
