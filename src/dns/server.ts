import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Logger } from '../base/index.ts';
import type { Forwarder } from './forwarder.ts';
import { handleQuery, refused, serverFailure } from './message.ts';
import type { ClusterView } from './records.ts';

const maxTcpConnections = 100;
const tcpIdleMs = 10_000;

export interface DnsServerOptions {
  readonly view: ClusterView;
  /** `cluster.local`. */
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  /** Other names go here; without it they are refused. */
  readonly forwarder?: Forwarder;
  readonly logger: Logger;
}

export interface DnsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves DNS over UDP and TCP on one port. */
export async function serveDns(options: DnsServerOptions): Promise<DnsServer> {
  const reply = async (query: Uint8Array, transport: 'udp' | 'tcp'): Promise<Uint8Array | undefined> => {
    const handled = handleQuery(query, { view: options.view, domain: options.domain, transport });
    if (handled.kind === 'reply') return handled.bytes;
    if (handled.kind === 'drop') return undefined;
    if (!options.forwarder) return refused(query);
    return (await options.forwarder.forward(query, transport)) ?? serverFailure(query);
  };
  const tcp = createServer((socket) => serveTcp(socket, (query) => reply(query, 'tcp')));
  tcp.maxConnections = maxTcpConnections;
  tcp.listen(options.port, options.address);
  await once(tcp, 'listening');
  const port = (tcp.address() as { port: number }).port;
  const udp = createSocket('udp4');
  udp.on('message', (query, from) => {
    void reply(query, 'udp').then((bytes) => bytes && udp.send(bytes, from.port, from.address));
  });
  udp.bind(port, options.address);
  await once(udp, 'listening');
  udp.on('error', (error) => options.logger.warn('dns socket', { error }));
  return {
    port,
    async close() {
      options.forwarder?.close();
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

/** Messages behind a length of two bytes, answered in turn. */
function serveTcp(socket: Socket, reply: (query: Uint8Array) => Promise<Uint8Array | undefined>): void {
  let buffered = Buffer.alloc(0);
  let busy = false;
  socket.setTimeout(tcpIdleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const work = async () => {
    if (busy) return;
    busy = true;
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const length = buffered.readUInt16BE(0);
      const query = buffered.subarray(2, 2 + length);
      buffered = buffered.subarray(2 + length);
      const bytes = await reply(query);
      if (!bytes || socket.destroyed) break;
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([prefix, bytes]));
    }
    busy = false;
  };
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    if (buffered.length > 2 * 65_537) socket.destroy();
    else void work();
  });
}
