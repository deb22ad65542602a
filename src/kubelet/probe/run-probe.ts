import { connect } from 'node:net';
import type { Container, Probe } from '../../api/index.ts';
import { type CriRuntime, isCriError } from '../../cri/index.ts';
import type { ProbeRun } from '../plan/probe-state.ts';
import { grpcHealth } from './grpc-health.ts';
import { dialError, httpGet, portOf, urlOf } from './http-get.ts';

export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
  readonly runtime: CriRuntime;
}

export interface ProbeResult {
  readonly run: ProbeRun;
  readonly output: string;
}

/** One run of a probe. Never rejects. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.exec) return await execProbe(probe.exec.command ?? [], target, timeoutMs);
    if (probe.httpGet) return await httpProbe(probe, target, timeoutMs);
    if (probe.tcpSocket) return await tcpProbe(probe.tcpSocket.host || target.podIP, portOf(probe.tcpSocket.port, target.container), timeoutMs);
    if (probe.grpc) return await grpcProbe(probe, target, timeoutMs);
    return { run: 'error', output: `missing probe handler for ${target.container.name}` };
  } catch (e) {
    return { run: 'error', output: e instanceof Error ? e.message : String(e) };
  }
}

const maxOutputBytes = 10 * 1024;

async function execProbe(command: readonly string[], target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  try {
    const { stdout, stderr, exitCode } = await target.runtime.execSync(target.containerId, command, timeoutMs / 1000);
    const output = Buffer.concat([stdout, stderr]).subarray(0, maxOutputBytes).toString('utf8');
    return { run: exitCode === 0 ? 'success' : 'failure', output };
  } catch (e) {
    if (isCriError(e, 'DEADLINE_EXCEEDED')) return { run: 'failure', output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s` };
    if (isCriError(e)) return { run: 'error', output: e.toString() };
    throw e;
  }
}

async function httpProbe(probe: Probe, { container, podIP }: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  const action = probe.httpGet!;
  const url = urlOf(action, container, podIP);
  try {
    const answer = await httpGet(url, { headers: action.httpHeaders ?? [], userAgent: 'kube-probe/1.36', timeoutMs });
    if (answer.elsewhere) return { run: 'warning', output: `Probe terminated redirects, Response body: ${answer.body}` };
    if (answer.status >= 200 && answer.status < 400) return { run: 'success', output: answer.body };
    return { run: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` };
  } catch (e) {
    return { run: 'failure', output: e instanceof Error ? e.message : String(e) };
  }
}

function tcpProbe(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end({ run: 'failure', output: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.once('connect', () => end({ run: 'success', output: '' }));
    socket.once('error', (e) => end({ run: 'failure', output: dialError(e, `${host}:${port}`) }));
  });
}

async function grpcProbe(probe: Probe, { podIP }: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  const { port, service = '' } = probe.grpc!;
  try {
    const status = await grpcHealth({ host: podIP, port }, { service, timeoutMs });
    return status === 'SERVING' ? { run: 'success', output: 'service healthy' } : { run: 'failure', output: `service unhealthy (responded with ${JSON.stringify(status)})` };
  } catch (e) {
    return { run: 'failure', output: e instanceof Error ? e.message : String(e) };
  }
}
