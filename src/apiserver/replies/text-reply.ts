import type { RawReply } from '../../http/index.ts';

/** Plain text, as the mux and the health endpoints answer. */
export function textReply(status: number, text: string, headers: Readonly<Record<string, string>> = {}): RawReply {
  return {
    kind: 'raw',
    status,
    contentType: 'text/plain; charset=utf-8',
    headers: { 'x-content-type-options': 'nosniff', ...headers },
    body: Buffer.from(text),
  };
}

/** What a path that nothing answers to gets. */
export const notFoundText = (): RawReply => textReply(404, '404 page not found\n');

/** JSON that is not negotiated. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): RawReply {
  return { kind: 'raw', status, contentType: 'application/json', headers, body: Buffer.from(`${JSON.stringify(value)}\n`) };
}
