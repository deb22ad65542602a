import { isAlreadyExists, isNotFound, type KubeObject } from '../../apimachinery/index.ts';
import type { ServerContext } from '../context.ts';

/** Creates an object unless it is there. `path` is the collection's. */
export async function ensureExists(context: ServerContext, path: string, object: KubeObject): Promise<void> {
  const name = object.metadata?.name ?? '';
  if (await find(context, `${path}/${encodeURIComponent(name)}`)) return;
  try {
    await context.loopback.call({ method: 'POST', path, body: object });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** An object by its path; undefined when it is not there. */
export async function find<T extends KubeObject>(context: ServerContext, path: string): Promise<T | undefined> {
  try {
    return (await context.loopback.call({ method: 'GET', path })).value as T;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Runs `work` every `periodMs` until the signal aborts; a failure is logged and tried again at the next turn. */
export function repeat(
  context: ServerContext,
  options: { readonly periodMs: number; readonly signal: AbortSignal; readonly what: string },
  work: () => Promise<void>,
): void {
  const { signal, periodMs } = options;
  const next = () => {
    if (signal.aborted) return;
    const timer = context.clock.after(periodMs, () => {
      work()
        .catch((error: unknown) => {
          if (!signal.aborted) context.logger.warn(`${options.what} failed, trying again`, { error });
        })
        .finally(next);
    });
    signal.addEventListener('abort', () => timer.cancel(), { once: true });
  };
  next();
}
