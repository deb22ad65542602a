import type { Container, Pod } from '../../api/index.ts';
import type { RuntimeContainer } from '../runtime-pod.ts';

/** Whether a container that ended with a failure is started again. */
export function restartsOnFailure(pod: Pod): boolean {
  return (pod.spec?.restartPolicy ?? 'Always') !== 'Never';
}

/** Whether a container without a running instance is to be started (upstream's ShouldContainerBeRestarted). */
export function shouldContainerStart(pod: Pod, container: Container, newest: RuntimeContainer | undefined): boolean {
  if (pod.metadata?.deletionTimestamp !== undefined) return false;
  if (!newest) return true;
  if (newest.state === 'CONTAINER_RUNNING') return false;
  if (newest.state === 'CONTAINER_UNKNOWN' || newest.state === 'CONTAINER_CREATED') return true;
  return restartsAfterExit(pod, container, newest.exitCode);
}

/** By the rules of the container, its own policy, then the pod's. */
export function restartsAfterExit(pod: Pod, container: Container, exitCode: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const values = rule.exitCodes?.values ?? [];
    const matches = rule.exitCodes?.operator === 'NotIn' ? !values.includes(exitCode) : values.includes(exitCode);
    if (matches && rule.action === 'Restart') return true;
  }
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}
