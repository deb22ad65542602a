import type { Container, LifecycleHandler } from '../../api/index.ts';
import type { Clock } from '../../base/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import { httpGet, urlOf } from '../probe/http-get.ts';

export interface HookContext {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
  readonly runtime: CriRuntime;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const httpTimeoutMs = 60_000;

/** Runs a postStart or preStop handler to its end. Rejects with what went wrong. */
export async function runHook(handler: LifecycleHandler, context: HookContext): Promise<void> {
  if (handler.exec) {
    const { exitCode, stderr, stdout } = await context.runtime.execSync(context.containerId, handler.exec.command ?? []);
    if (exitCode === 0) return;
    const output = Buffer.concat([stdout, stderr]).subarray(0, 1024).toString('utf8');
    throw new Error(`Exec lifecycle hook ([${(handler.exec.command ?? []).join(' ')}]) for Container ${JSON.stringify(context.container.name)} failed - error: command '${(handler.exec.command ?? []).join(' ')}' exited with ${exitCode}: ${output}`);
  }
  if (handler.httpGet) {
    const url = urlOf(handler.httpGet, context.container, context.podIP);
    const answer = await httpGet(url, { headers: handler.httpGet.httpHeaders ?? [], userAgent: 'kube-lifecycle/1.36', timeoutMs: httpTimeoutMs });
    if (answer.status < 200 || answer.status >= 400) throw new Error(`HTTP lifecycle hook (${url.pathname}) for Container ${JSON.stringify(context.container.name)} failed: statuscode ${answer.status}`);
    return;
  }
  if (handler.sleep) {
    await context.clock.sleep(handler.sleep.seconds * 1000, context.signal);
    return;
  }
  throw new Error('invalid handler: no action specified');
}
