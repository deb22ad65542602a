import type { Etcd, Watcher } from '../types.ts';
import { type Answer, batching, errorOf, type Request } from './protocol.ts';

/** The part of a MessagePort that is needed. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Serves a store to the other end of a port. `closed` is called when the other end has closed it. */
export function servePort(etcd: Etcd, port: Port, closed: () => void): void {
  const watchers = new Map<number, Watcher>();
  const answer = batching<Answer>((batch) => port.postMessage(batch));

  const settle = (id: number, result: Promise<unknown>): void => {
    result.then(
      (value) => answer({ id, result: value }),
      (error: unknown) => answer({ id, error: errorOf(error) }),
    );
  };

  const close = async () => {
    await etcd[Symbol.asyncDispose]();
  };

  const handle = (request: Request): void => {
    switch (request.kind) {
      case 'call': {
        const method = etcd[request.name] as (...args: readonly unknown[]) => Promise<unknown>;
        return settle(request.id, method.apply(etcd, [...request.args]));
      }
      case 'watch':
        watchers.set(request.watch, etcd.watch(request.request));
        return;
      case 'read':
        return settle(request.id, watchers.get(request.watch)?.read() ?? Promise.resolve(undefined));
      case 'progress':
        return watchers.get(request.watch)?.requestProgress();
      case 'cancel':
        watchers.get(request.watch)?.cancel();
        watchers.delete(request.watch);
        return;
      case 'close':
        // The answer leaves before the port is closed.
        return settle(
          request.id,
          close().finally(() => setImmediate(closed)),
        );
    }
  };

  port.on('message', (batch) => {
    for (const request of batch as readonly Request[]) handle(request);
  });
}
