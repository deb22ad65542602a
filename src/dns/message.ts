import dnsPacket, { type Packet } from 'dns-packet';
import { answer, type Answer, type ClusterView, type RecordData } from './records.ts';

/** Seconds a resolver may keep an answer. */
const ttl = 30;
const responseCode = { noError: 0, formatError: 1, serverFailure: 2, nxDomain: 3, refused: 5 };
const maxUdpWithoutEdns = 512;

export type Handled = { readonly kind: 'reply'; readonly bytes: Uint8Array } | { readonly kind: 'forward' } | { readonly kind: 'drop' };

/** Answers a query of the cluster's names; says `forward` for others. Pure: bytes in, bytes out. */
export function handleQuery(
  query: Uint8Array,
  options: { readonly view: ClusterView; readonly domain: string; readonly transport: 'udp' | 'tcp' },
): Handled {
  let packet: Packet;
  try {
    packet = dnsPacket.decode(Buffer.from(query));
  } catch {
    return query.length < 12 ? { kind: 'drop' } : { kind: 'reply', bytes: bareReply(query, responseCode.formatError) };
  }
  const question = packet.questions?.[0];
  if (packet.type !== 'query' || packet.questions?.length !== 1 || !question)
    return { kind: 'reply', bytes: bareReply(query, responseCode.formatError) };
  const result = answer(question, options.view, options.domain);
  if (result.kind === 'outside') return { kind: 'forward' };
  return { kind: 'reply', bytes: encodeAnswer(packet, result, options) };
}

function encodeAnswer(
  query: Packet,
  result: Extract<Answer, { kind: 'cluster' }>,
  options: { readonly domain: string; readonly transport: 'udp' | 'tcp' },
): Uint8Array {
  const edns = query.additionals?.find((r) => r.type === 'OPT');
  const recursion = (query.flags ?? 0) & dnsPacket.RECURSION_DESIRED;
  const rcode = result.exists ? responseCode.noError : responseCode.nxDomain;
  const flags = dnsPacket.AUTHORITATIVE_ANSWER | recursion | (recursion ? dnsPacket.RECURSION_AVAILABLE : 0) | rcode;
  const asRecord = (r: RecordData) => ({ ...r, ttl, class: 'IN' as const });
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    answers: result.answers.map(asRecord) as NonNullable<Packet['answers']>,
    authorities: result.answers.length === 0 ? [soa(options.domain)] : [],
    additionals: [
      ...(result.additionals.map(asRecord) as NonNullable<Packet['additionals']>),
      ...(edns ? [{ ...edns, udpPayloadSize: 1232, flags: 0, options: [] } as never] : []),
    ],
  };
  const bytes = dnsPacket.encode(packet);
  const limit = edns ? Math.max(maxUdpWithoutEdns, (edns as { udpPayloadSize?: number }).udpPayloadSize ?? maxUdpWithoutEdns) : maxUdpWithoutEdns;
  if (options.transport === 'tcp' || bytes.length <= limit) return bytes;
  return dnsPacket.encode({ ...packet, flags: flags | dnsPacket.TRUNCATED_RESPONSE, answers: [], authorities: [], additionals: [] });
}

function soa(domain: string): NonNullable<Packet['authorities']>[number] {
  return {
    type: 'SOA',
    name: domain,
    ttl,
    class: 'IN',
    data: { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1, refresh: 7200, retry: 1800, expire: 86400, minimum: ttl },
  };
}

/** The query's header and question with an error code: what can be said of any query. */
function bareReply(query: Uint8Array, rcode: number): Uint8Array {
  const reply = Uint8Array.from(query);
  reply[2] = (reply[2]! & 0x79) | 0x80;
  reply[3] = rcode;
  reply.fill(0, 6, 12);
  return reply;
}

export function refused(query: Uint8Array): Uint8Array {
  return bareReply(query, responseCode.refused);
}

export function serverFailure(query: Uint8Array): Uint8Array {
  return bareReply(query, responseCode.serverFailure);
}
