import { fork } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { enter, type Namespaces } from './namespaces.ts';

const timeoutMs = 10_000;

/**
 * A TCP socket that listens in another network namespace, handed to this process: a child that was started inside opens it and passes it
 * back. `entry` is the script to run there; it must call `openSocketForParent` when its first argument is `socketChildWord`.
 */
export function listenInside(ns: Namespaces, options: { readonly host: string; readonly port: number; readonly entry: string }): Promise<Server> {
  const [program, ...args] = enter(ns, process.execPath);
  const child = fork(options.entry, [socketChildWord, options.host, String(options.port)], {
    execPath: program!,
    execArgv: args,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeoutMs,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (message, handle) => {
      child.disconnect();
      if (handle) resolve(handle as Server);
      else reject(new Error(typeof message === 'string' ? message : 'no socket came'));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the socket inside the fabric could not be opened: ${signal ?? `exit ${code}`}`)));
  });
}

export const socketChildWord = 'internal-listen';

/** The child's side of `listenInside`. */
export function openSocketForParent(host: string, port: number): void {
  const server = createServer((socket) => socket.destroy());
  server.on('error', (error) => {
    process.send!(error.message);
  });
  server.listen({ host, port, backlog: 1024 }, () => {
    // Two processes would take turns accepting: what this one took would never be answered.
    process.send!('socket', server, {}, () => server.close());
  });
}
