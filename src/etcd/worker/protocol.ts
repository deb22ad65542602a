import { errorText, type LogLevel } from '../../base/index.ts';
import type { DiskEtcdOptions } from '../disk.ts';
import { type Etcd, EtcdError, type EtcdErrorCode, type WatchRequest } from '../types.ts';

/** What the thread starts with. */
export interface WorkerSettings extends Omit<DiskEtcdOptions, 'clock' | 'logger'> {
  readonly logLevel: LogLevel;
}

/** Calls of `Etcd` that answer once. */
export const callNames = [
  'range',
  'put',
  'deleteRange',
  'txn',
  'compact',
  'leaseGrant',
  'leaseRevoke',
  'leaseKeepAlive',
  'leaseTimeToLive',
  'status',
] as const satisfies readonly (keyof Etcd)[];
export type CallName = (typeof callNames)[number];

/** To the thread that holds the store. Requests of one turn of the event loop travel in one message. */
export type Request =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly kind: 'watch'; readonly watch: number; readonly request: WatchRequest }
  | { readonly kind: 'read'; readonly id: number; readonly watch: number }
  | { readonly kind: 'progress' | 'cancel'; readonly watch: number }
  | { readonly kind: 'close'; readonly id: number };

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: EtcdErrorCode | undefined; readonly message: string; readonly compactRevision: number } };

export function errorOf(error: unknown): Extract<Answer, { error: unknown }>['error'] {
  if (error instanceof EtcdError) return { code: error.code, message: error.message, compactRevision: error.compactRevision };
  return { code: undefined, message: errorText(error), compactRevision: 0 };
}

export function toError(error: Extract<Answer, { error: unknown }>['error']): Error {
  return error.code ? new EtcdError(error.code, error.message, error.compactRevision) : new Error(error.message);
}

/** Gathers what is sent in one turn and sends it together: a message between threads costs more than what is in it. */
export function batching<T>(send: (batch: readonly T[]) => void): (item: T) => void {
  let waiting: T[] = [];
  return (item) => {
    waiting.push(item);
    if (waiting.length > 1) return;
    queueMicrotask(() => {
      const batch = waiting;
      waiting = [];
      send(batch);
    });
  };
}
