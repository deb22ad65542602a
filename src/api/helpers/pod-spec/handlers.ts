import type { LifecycleHandler, Probe } from '../../types.gen.ts';
import type { Checks } from '../validation/checks.ts';
import { isHttpHeaderName } from '../validation/formats.ts';
import { checkPortNumOrName } from '../validation/ports.ts';

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

const schemes = ['HTTP', 'HTTPS'];
const onlyOne = 'may not specify more than 1 handler type';

/** What a probe or hook does: exactly one of the kinds. */
export function checkHandler(c: Checks, handler: Handler, gracePeriodSeconds: number | undefined, path: string): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  let count = 0;
  const first = (field: string): boolean => {
    if (count++ === 0) return true;
    c.forbidden(path, field, onlyOne);
    return false;
  };
  if (exec && first('exec') && !exec.command?.length) c.required(path, 'exec.command');
  if (httpGet && first('httpGet')) {
    if (!httpGet.path) c.required(path, 'httpGet.path');
    checkPortNumOrName(c, httpGet.port, path, 'httpGet.port');
    if (!schemes.includes(httpGet.scheme ?? '')) c.notSupported([path, 'httpGet.scheme'], httpGet.scheme ?? '', schemes);
    for (const header of httpGet.httpHeaders ?? []) c.format(isHttpHeaderName, header.name, path, 'httpGet.httpHeaders');
  }
  if (tcpSocket && first('tcpSocket')) checkPortNumOrName(c, tcpSocket.port, path, 'tcpSocket.port');
  if (grpc && first('grpc')) checkPortNumOrName(c, grpc.port, path, 'grpc.port');
  if (sleep && first('sleep')) {
    const grace = gracePeriodSeconds ?? 0;
    if (sleep.seconds < 0 || sleep.seconds > grace) {
      c.invalid([path, 'sleep'], sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`);
    }
  }
  if (count === 0) c.required(path, '', 'must specify a handler type');
}

const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const;

/** A probe of one of the three kinds; only readiness may need more than one success. */
export function checkProbe(c: Checks, probe: Probe | undefined, kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe', path: string): void {
  if (!probe) return;
  const at = `${path}.${kind}`;
  checkHandler(c, probe, undefined, at);
  for (const field of counts) c.nonNegative(probe[field], at, field);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) c.invalid([at, 'terminationGracePeriodSeconds'], grace, 'must be greater than 0');
  if (kind === 'readinessProbe') {
    if (grace !== undefined) c.invalid([at, 'terminationGracePeriodSeconds'], grace, 'must not be set for readinessProbes');
  } else if (probe.successThreshold !== 1) {
    c.invalid([at, 'successThreshold'], probe.successThreshold ?? 0, 'must be 1');
  }
}
