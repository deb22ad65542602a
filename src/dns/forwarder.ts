import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import type { Clock, Rng, Timer } from '../base/index.ts';

const timeoutMs = 3_000;
/** Queries under way at once; more are answered SERVFAIL. */
const maxInFlight = 1_000;

/** Relays queries to the first upstream that answers. Resolves with undefined when none did in time. */
export interface Forwarder {
  forward(query: Uint8Array, transport: 'udp' | 'tcp'): Promise<Uint8Array | undefined>;
  close(): void;
}

export interface Upstream {
  readonly address: string;
  readonly port: number;
}

export function createForwarder(options: { readonly upstreams: readonly Upstream[]; readonly clock: Clock; readonly rng: Rng }): Forwarder {
  const { upstreams, clock } = options;
  const waiting = new Map<number, { readonly id: number; readonly settle: (reply: Uint8Array | undefined) => void }>();
  let socket: Socket | undefined;
  const open = (): Socket => {
    if (socket) return socket;
    socket = createSocket('udp4', (message) => {
      const entry = message.length >= 12 ? waiting.get(message.readUInt16BE(0)) : undefined;
      if (!entry) return;
      message.writeUInt16BE(entry.id, 0);
      entry.settle(message);
    });
    // An upstream that refuses shows as an error here; the time-out tries the next one.
    socket.on('error', () => {});
    socket.unref();
    return socket;
  };
  const askUdp = (query: Uint8Array, upstream: Upstream): Promise<Uint8Array | undefined> => {
    let id = options.rng.int(65_536);
    while (waiting.has(id)) id = (id + 1) % 65_536;
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const settle = (reply: Uint8Array | undefined) => {
        timer?.cancel();
        waiting.delete(id);
        resolve(reply);
      };
      timer = clock.after(timeoutMs, () => settle(undefined));
      const sent = Buffer.from(query);
      waiting.set(id, { id: sent.readUInt16BE(0), settle });
      sent.writeUInt16BE(id, 0);
      open().send(sent, upstream.port, upstream.address);
    });
  };
  return {
    async forward(query, transport) {
      if (waiting.size >= maxInFlight || query.length < 12) return undefined;
      for (const upstream of upstreams) {
        const reply = await (transport === 'udp' ? askUdp(query, upstream) : askTcp(query, upstream, clock));
        if (reply) return reply;
      }
      return undefined;
    },
    close() {
      socket?.close();
      for (const { settle } of waiting.values()) settle(undefined);
    },
  };
}

function askTcp(query: Uint8Array, upstream: Upstream, clock: Clock): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const socket = connect(upstream.port, upstream.address);
    const chunks: Buffer[] = [];
    const settle = (reply: Uint8Array | undefined) => {
      timer.cancel();
      socket.destroy();
      resolve(reply);
    };
    const timer = clock.after(timeoutMs, () => settle(undefined));
    socket.on('error', () => settle(undefined)).on('close', () => settle(undefined));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length >= 2 && all.length >= 2 + all.readUInt16BE(0)) settle(all.subarray(2, 2 + all.readUInt16BE(0)));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
}
