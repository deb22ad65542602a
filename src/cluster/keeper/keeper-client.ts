import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { PartStatus } from './keeper.ts';

/** Sends one word to a keeper; undefined where none listens. */
function ask(socketPath: string, word: string): Promise<string | undefined> {
  if (!existsSync(socketPath)) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let reply = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(word));
    socket.on('data', (text: string) => (reply += text));
    socket.on('error', (e: NodeJS.ErrnoException) => (e.code === 'ECONNREFUSED' || e.code === 'ENOENT' ? resolve(undefined) : reject(e)));
    socket.on('end', () => resolve(reply));
  });
}

/** The parts a running keeper keeps; undefined where no keeper runs. */
export async function keeperStatus(socketPath: string): Promise<readonly PartStatus[] | undefined> {
  const reply = await ask(socketPath, 'status');
  return reply === undefined ? undefined : (JSON.parse(reply) as PartStatus[]);
}

/** Ends the keeper and its parts; false where no keeper ran. */
export async function stopKeeper(socketPath: string): Promise<boolean> {
  return (await ask(socketPath, 'stop')) !== undefined;
}
