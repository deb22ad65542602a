import { headerValues, type HttpRequest, type RawReply } from '../../http/index.ts';

/** `X-Stream-Protocol-Version` for exec and attach, newest first: v5 is v4 in every byte over SPDY. */
export const remoteCommandProtocols: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];

export const portForwardProtocol = 'portforward.k8s.io';
export const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;

export function isSpdyUpgrade(request: HttpRequest): boolean {
  return request.upgrade?.protocol.toLowerCase() === 'spdy/3.1';
}

/** The names a SPDY client offers, one a header or in one comma list. */
export function offeredStreamProtocols(request: HttpRequest): readonly string[] {
  return headerValues(request, 'x-stream-protocol-version')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The client's first choice that we know; no offer at all means the last of ours, the oldest. */
export function chooseProtocol(offered: readonly string[], known: readonly string[]): string | undefined {
  return offered.length === 0 ? known.at(-1) : offered.find((name) => known.includes(name));
}

/** The refusal of a SPDY upgrade with no common protocol. */
export function noCommonProtocol(offered: readonly string[], known: readonly string[]): RawReply {
  const body = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known.join(' ')}]`;
  return {
    kind: 'raw',
    status: 403,
    contentType: 'text/plain; charset=utf-8',
    headers: { 'X-Accepted-Stream-Protocol-Versions': known.join(', ') },
    body: Buffer.from(body),
  };
}

export function spdyUpgradeHeaders(protocol: string): Readonly<Record<string, string>> {
  return { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': protocol };
}

/** Whether the protocol carries a Status as JSON, success too; the older ones carry text, on failure alone. */
export function carriesStatus(protocol: string): boolean {
  return protocol.startsWith('v4.') || protocol.startsWith('v5.');
}
