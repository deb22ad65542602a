import type { Clock } from '../../base/index.ts';
import type { MetricsSource } from '../../serving/index.ts';
import { isLongRunning } from './request-info.ts';
import type { Filter, RequestScope } from './scope.ts';

/** Upper bounds of the duration histogram, in seconds; a choice of upstream's. */
const boundsSeconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60] as const;
/** Label sets kept; what comes beyond them is not counted, so that clients cannot fill the memory. */
const maxSeries = 4096;

interface Histogram {
  readonly counts: number[];
  sumSeconds: number;
  count: number;
}

/** What `/metrics` tells of requests: how many, by what they asked for and how they were answered, and how long they took. */
export class RequestMetrics implements MetricsSource {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #clock: Clock;
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #inFlight = { mutating: 0, readOnly: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts what passes through. */
  readonly filter: Filter = (next) => async (scope) => {
    const startMs = this.#clock.monotonicMs();
    const kind = scope.info.verb === 'get' || scope.info.verb === 'list' || scope.info.verb === 'watch' ? 'readOnly' : 'mutating';
    this.#inFlight[kind]++;
    try {
      const reply = await next(scope);
      this.#count(scope, reply.status, (this.#clock.monotonicMs() - startMs) / 1000);
      return reply;
    } finally {
      this.#inFlight[kind]--;
    }
  };

  async metrics(): Promise<string> {
    const lines = [
      '# HELP apiserver_request_total Counter of apiserver requests broken out for each verb, group, version, resource, scope, and HTTP response code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#requests].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      '# HELP apiserver_request_duration_seconds Response latency distribution in seconds for each verb, group, version, resource, subresource, scope.',
      '# TYPE apiserver_request_duration_seconds histogram',
      ...[...this.#durations].flatMap(([labels, histogram]) => histogramLines(labels, histogram)),
      '# HELP apiserver_current_inflight_requests Number of requests in progress, by kind.',
      '# TYPE apiserver_current_inflight_requests gauge',
      ...Object.entries(this.#inFlight).map(([kind, count]) => `apiserver_current_inflight_requests{request_kind="${kind}"} ${count}`),
    ];
    return `${lines.join('\n')}\n`;
  }

  #count(scope: RequestScope, code: number, seconds: number): void {
    const labels = labelsOf(scope);
    const key = `code="${code}",${labels}`;
    const before = this.#requests.get(key);
    if (before !== undefined || this.#requests.size < maxSeries) this.#requests.set(key, (before ?? 0) + 1);
    if (isLongRunning(scope.info)) return;
    let histogram = this.#durations.get(labels);
    if (!histogram) {
      if (this.#durations.size >= maxSeries) return;
      histogram = { counts: boundsSeconds.map(() => 0), sumSeconds: 0, count: 0 };
      this.#durations.set(labels, histogram);
    }
    const at = boundsSeconds.findIndex((bound) => seconds <= bound);
    if (at >= 0) histogram.counts[at]!++;
    histogram.sumSeconds += seconds;
    histogram.count++;
  }
}

/** Only names that the server knows become labels: a resource that is not there would be one of the client's making. */
function labelsOf({ info, served }: RequestScope): string {
  const verb = info.isResourceRequest ? info.verb.toUpperCase() : 'GET';
  if (!info.isResourceRequest || !served) return `group="",resource="",scope="",subresource="",verb="${verb}",version=""`;
  const scope = info.name !== '' ? 'resource' : info.namespace !== '' ? 'namespace' : 'cluster';
  const subresource = /^[a-z]{0,32}$/.test(info.subresource) ? info.subresource : '';
  return `group="${info.group}",resource="${info.resource}",scope="${scope}",subresource="${subresource}",verb="${verb}",version="${info.version}"`;
}

function histogramLines(labels: string, { counts, count, sumSeconds }: Histogram): readonly string[] {
  const name = 'apiserver_request_duration_seconds';
  let below = 0;
  const buckets = counts.map((n, i) => {
    below += n;
    return `${name}_bucket{${labels},le="${boundsSeconds[i]}"} ${below}`;
  });
  return [...buckets, `${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${count}`];
}
