import type { Clock } from '../base/index.ts';
import type { Container, LifecycleHandler, Pod } from '../api/index.ts';
import type { CriRuntime } from '../cri/index.ts';
import { httpGet } from './probe/http-get.ts';

/** Runs a postStart or preStop hook to its end; rejects when it failed or took longer than `timeoutMs`. */
export async function runHook(
  handler: LifecycleHandler,
  target: {
    readonly pod: Pod;
    readonly container: Container;
    readonly containerId: string;
    readonly podIP: string;
    readonly runtime: CriRuntime;
    readonly clock: Clock;
    readonly timeoutMs: number;
  },
): Promise<void> {
  const { runtime, clock, timeoutMs } = target;
  if (handler.sleep) return clock.sleep(Math.min(handler.sleep.seconds * 1000, timeoutMs));
  if (handler.exec) {
    const { exitCode, stderr } = await runtime.execSync(target.containerId, handler.exec.command ?? [], Math.max(1, Math.ceil(timeoutMs / 1000)));
    if (exitCode !== 0)
      throw new Error(
        `command '${(handler.exec.command ?? []).join(' ')}' exited with ${exitCode}: ${Buffer.from(stderr).toString('utf8').slice(0, 1024)}`,
      );
    return;
  }
  if (!handler.httpGet) throw new Error('the hook names no action');
  const { status, body } = await httpGet(target.pod, target.container, {
    action: handler.httpGet,
    podIP: target.podIP,
    timeoutMs,
    userAgent: 'kube-lifecycle/1.36',
  });
  if (status < 200 || status >= 400) throw new Error(`HTTP hook failed with status ${status}: ${body.slice(0, 1024)}`);
}
