import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Container, HTTPGetAction, Pod } from '../../../api/index.ts';

export interface HttpOutcome {
  readonly status: number;
  readonly body: string;
}

const maxBodyBytes = 10 * 1024;

/** A port of a container by number or name; undefined for a name it does not have. */
export function portOf(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((p) => p.name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

/** A GET as probes and hooks send it: a connection of its own, any certificate taken, at most 10 KiB of the answer read. */
export function httpGet(pod: Pod, container: Container, { action, podIP, timeoutMs, userAgent }: { readonly action: HTTPGetAction; readonly podIP: string; readonly timeoutMs: number; readonly userAgent: string }): Promise<HttpOutcome> {
  const port = portOf(container, action.port);
  if (port === undefined) return Promise.reject(new Error(`couldn't find port: ${action.port} in pod ${pod.metadata?.namespace}/${pod.metadata?.name}`));
  const https = action.scheme === 'HTTPS';
  const host = action.host || podIP;
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' };
  for (const h of action.httpHeaders ?? []) headers[h.name.toLowerCase()] = h.value;
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`;
  const options: RequestOptions = { host, port, path, headers, agent: false, timeout: timeoutMs, ...(https ? { rejectUnauthorized: false } : {}) };
  return new Promise((resolve, reject) => {
    const req = (https ? httpsRequest : httpRequest)(options, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (d: string) => {
        if (body.length < maxBodyBytes) body += d;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: body.slice(0, maxBodyBytes) }));
      res.on('error', reject);
    });
    const deadline = setTimeout(() => req.destroy(new Error(`Get "${action.scheme?.toLowerCase() ?? 'http'}://${host}:${port}${path}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)), timeoutMs);
    req.on('error', reject).on('close', () => clearTimeout(deadline));
    req.end();
  });
}
