import type { Container, Pod } from '../../api/index.ts';

/** Whether an app container that ended is started again: by its own rules, then its own policy, then the pod's. */
export function restartsAfterExit(pod: Pod, container: Container, exitCode: number): boolean {
  if (ruleSays(container, exitCode)) return true;
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Whether an init container that ended is started again: sidecars always, others after a failure, unless the pod forbids it. */
export function restartsInit(pod: Pod, container: Container, exitCode: number): boolean {
  if (container.restartPolicy === 'Always' || ruleSays(container, exitCode)) return true;
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  return exitCode !== 0 && policy !== 'Never';
}

function ruleSays(container: Container, exitCode: number): boolean {
  return (container.restartPolicyRules ?? []).some(({ action, exitCodes }) => {
    if (action !== 'Restart' || !exitCodes) return false;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === 'NotIn' ? !listed : listed;
  });
}
