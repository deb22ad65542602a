import { etcdErrors } from '../errors.ts';
import { checkKey } from '../mvcc/check-request.ts';
import type { Etcd, EtcdCapabilities, Watcher, WatchRequest, WatchResponse } from '../types.ts';
import { type Answer, batching, type CallName, type Request, toError } from './protocol.ts';
import type { Port } from './serve-port.ts';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A store at the other end of a port. Values are copied on the way, so the caller keeps its bytes. */
export class PortEtcd implements Etcd {
  readonly capabilities: EtcdCapabilities;
  readonly #pending = new Map<number, Pending>();
  readonly #send: (request: Request) => void;
  #nextId = 1;
  #lost: Error | undefined;

  constructor(port: Port, capabilities: EtcdCapabilities) {
    this.capabilities = capabilities;
    this.#send = batching((batch) => port.postMessage(batch));
    port.on('message', (batch) => {
      for (const answer of batch as readonly Answer[]) this.#settle(answer);
    });
  }

  range: Etcd['range'] = (request) => this.#call('range', request);
  put: Etcd['put'] = (request) => this.#call('put', request);
  deleteRange: Etcd['deleteRange'] = (request) => this.#call('deleteRange', request);
  txn: Etcd['txn'] = (request) => this.#call('txn', request);
  compact: Etcd['compact'] = (revision) => this.#call('compact', revision);
  leaseGrant: Etcd['leaseGrant'] = (ttlSeconds, id) => this.#call('leaseGrant', ttlSeconds, id);
  leaseRevoke: Etcd['leaseRevoke'] = (id) => this.#call('leaseRevoke', id);
  leaseKeepAlive: Etcd['leaseKeepAlive'] = (id) => this.#call('leaseKeepAlive', id);
  leaseTimeToLive: Etcd['leaseTimeToLive'] = (id) => this.#call('leaseTimeToLive', id);
  status: Etcd['status'] = () => this.#call('status');

  watch(request: WatchRequest): Watcher {
    if (this.#lost) throw this.#lost;
    checkKey(request);
    const watch = this.#nextId++;
    this.#send({ kind: 'watch', watch, request });
    let cancelled = false;
    return {
      read: () => (cancelled ? Promise.resolve(undefined) : this.#ask<WatchResponse | undefined>((id) => ({ kind: 'read', id, watch }))),
      requestProgress: () => this.#send({ kind: 'progress', watch }),
      cancel: () => {
        if (cancelled) return;
        cancelled = true;
        this.#send({ kind: 'cancel', watch });
      },
    };
  }

  /** The other end is gone: whatever waits is refused, and so is what comes. */
  lose(why: string): void {
    this.#lost ??= etcdErrors.unavailable(why);
    for (const { reject } of this.#pending.values()) reject(this.#lost);
    this.#pending.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lost) return;
    await this.#ask((id) => ({ kind: 'close', id }));
    this.lose('server stopped');
  }

  #call<T>(name: CallName, ...args: readonly unknown[]): Promise<T> {
    return this.#ask((id) => ({ kind: 'call', id, name, args }));
  }

  #ask<T>(request: (id: number) => Request): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#send(request(id));
    });
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    this.#pending.delete(answer.id);
    if ('error' in answer) pending.reject(toError(answer.error));
    else pending.resolve(answer.result);
  }
}
