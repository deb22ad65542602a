import type { WireHandler } from '../http/index.ts';
import type { MetricsSource } from './metrics.ts';

/** Series beyond this many would be made by clients that invent methods: they are counted together. */
const maxSeries = 200;

/** Counts what a server answers, and shows it with the figures of its process. The registry's library is loaded at the first scrape. */
export class RequestMetrics implements MetricsSource {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #name: string;
  readonly #counts = new Map<string, number>();
  #registry: Promise<Pick<MetricsSource, 'metrics'>> | undefined;

  /** `name` is the counter's, such as `apiserver_request_total`. */
  constructor(name: string) {
    this.#name = name;
  }

  count(method: string, code: number): void {
    const wanted = `${method} ${code}`;
    const key = this.#counts.has(wanted) || this.#counts.size < maxSeries ? wanted : `other ${code}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** The handler with its replies counted. */
  around(handler: WireHandler): WireHandler {
    return async (request) => {
      const reply = await handler(request);
      this.count(request.method, reply.status);
      return reply;
    };
  }

  async metrics(): Promise<string> {
    this.#registry ??= this.#open();
    return (await this.#registry).metrics();
  }

  async #open(): Promise<Pick<MetricsSource, 'metrics'>> {
    // A bundle has CommonJS as a default export alone.
    const { default: prom } = await import('prom-client');
    const register = new prom.Registry();
    prom.collectDefaultMetrics({ register });
    const counts = this.#counts;
    new prom.Counter({
      name: this.#name,
      help: 'Requests answered, by method and code.',
      labelNames: ['verb', 'code'],
      registers: [register],
      collect() {
        this.reset();
        for (const [key, count] of counts) {
          const [verb, code] = key.split(' ') as [string, string];
          this.inc({ verb, code }, count);
        }
      },
    });
    return register;
  }
}
