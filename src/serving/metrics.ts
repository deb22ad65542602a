import type { RawReply } from '../http/index.ts';

/** What is asked of a metrics registry: prom-client's `Registry` has it. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** The text of `/metrics`. */
export async function serveMetrics(source: MetricsSource): Promise<RawReply> {
  return { kind: 'raw', status: 200, contentType: source.contentType, body: Buffer.from(await source.metrics()) };
}
