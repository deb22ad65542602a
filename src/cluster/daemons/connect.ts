import type { Clock, Rng } from '../../base/index.ts';
import { errorText } from '../../base/index.ts';
import {
  type Client,
  connectionFromKubeconfig,
  createClient,
  type HttpsTransportOptions,
  httpsTransport,
  type Transport,
} from '../../client/index.ts';
import { UserError } from '../user-error.ts';

/** Where a kubeconfig leads, and as whom. */
export type Connection = Omit<HttpsTransportOptions, 'clock' | 'rng'>;

/** What a daemon on its own is given of the machine. */
export interface Machinery {
  readonly clock: Clock;
  readonly rng: Rng;
}

export interface Connected {
  readonly connection: Connection;
  readonly transport: Transport;
  readonly client: Client;
}

/** Reads the kubeconfig given by `flag`. Throws `UserError` where it cannot be read or leads nowhere. */
export async function connectionOf(kubeconfig: string, flag = '--kubeconfig'): Promise<Connection> {
  try {
    return await connectionFromKubeconfig(kubeconfig);
  } catch (error) {
    throw new UserError(`${flag}: ${errorText(error).split('\n')[0]}`);
  }
}

/** A client for a daemon on its own. Nothing is called yet. */
export async function connectDaemon(kubeconfig: string, { clock, rng, userAgent }: Machinery & { readonly userAgent: string }): Promise<Connected> {
  const connection = { ...(await connectionOf(kubeconfig)), userAgent };
  const transport = httpsTransport({ ...connection, clock, rng });
  return { connection, transport, client: createClient(transport) };
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Opens a port. Throws `UserError` where it is taken or not to be had. */
export async function listening<T>(place: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const known: Readonly<Record<string, string>> = {
      EADDRINUSE: 'the port is in use',
      EADDRNOTAVAIL: 'this host has no such address',
      EACCES: 'not permitted',
      ENOTFOUND: 'no such address',
    };
    if (!Object.hasOwn(known, code)) throw error;
    throw new UserError(`cannot listen on ${place}: ${known[code]}`);
  }
}
