import type { Logger } from '../base/index.ts';
import type { HttpRequest, RawReply } from '../http/index.ts';

/** A named check: resolves when all is well, throws (or rejects) with what is wrong. The reason is logged, never sent. */
export interface HealthCheck {
  readonly name: string;
  check(request: HttpRequest): void | Promise<void>;
}

/** The check every server has: that it answers. */
export const pingCheck: HealthCheck = { name: 'ping', check: () => {} };

export interface HealthEndpoint {
  /** `livez`, `readyz` or `healthz`. */
  readonly name: string;
  readonly checks: readonly HealthCheck[];
}

/** A `text/plain` reply with the header that keeps browsers from guessing. */
export function plainText(status: number, text: string): RawReply {
  return { kind: 'raw', status, contentType: 'text/plain; charset=utf-8', headers: { 'x-content-type-options': 'nosniff' }, body: Buffer.from(text) };
}

async function failureOf(check: HealthCheck, request: HttpRequest): Promise<Error | undefined> {
  try {
    await check.check(request);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * Answers `/NAME` (`ok`, or with `?verbose` and on failure a line for each check; `?exclude=CHECK` skips one) and `/NAME/CHECK`, in the
 * text of upstream's healthz package. Undefined for other paths.
 */
export async function serveHealth(request: HttpRequest, endpoints: readonly HealthEndpoint[], logger: Logger): Promise<RawReply | undefined> {
  const [, name, ...rest] = request.path.split('/');
  const endpoint = endpoints.find((e) => e.name === name);
  if (!endpoint) return undefined;
  const checks = endpoint.checks.length > 0 ? endpoint.checks : [pingCheck];
  const single = rest.join('/');
  if (single === '') return all(request, { ...endpoint, checks }, logger);
  const check = checks.find((c) => c.name === decodeName(single));
  if (!check) return undefined;
  const failure = await failureOf(check, request);
  if (failure === undefined) return plainText(200, 'ok');
  return plainText(500, `internal server error: ${failure.message}\n`);
}

/** Names may hold a slash (`poststarthook/rbac`) that clients send as it is or encoded. */
function decodeName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function all(request: HttpRequest, endpoint: HealthEndpoint, logger: Logger): Promise<RawReply> {
  const excluded = new Set(request.query.getAll('exclude').filter((n) => n !== ''));
  const lines: string[] = [];
  const failed: string[] = [];
  for (const check of endpoint.checks) {
    if (excluded.delete(check.name)) {
      lines.push(`[+]${check.name} excluded: ok\n`);
      continue;
    }
    const failure = await failureOf(check, request);
    if (failure === undefined) lines.push(`[+]${check.name} ok\n`);
    else {
      lines.push(`[-]${check.name} failed: reason withheld\n`);
      failed.push(check.name);
      logger.info(`${endpoint.name} check failed`, { check: check.name, error: failure });
    }
  }
  if (excluded.size > 0) {
    const names = [...excluded].sort().map((n) => JSON.stringify(n));
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names.join(', ')}\n`);
  }
  if (failed.length > 0) return plainText(500, `${lines.join('')}${endpoint.name} check failed\n`);
  if (!request.query.has('verbose')) return plainText(200, 'ok');
  return plainText(200, `${lines.join('')}${endpoint.name} check passed\n`);
}
