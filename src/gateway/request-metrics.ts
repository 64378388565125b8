import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type Histogram,
  type MetricValueWithName,
  type Registry,
} from 'prom-client';
import type { Milliseconds } from '../core/ids.ts';

/** Requests of one operation that were answered with one status. */
interface Series {
  readonly labels: { readonly service: string; readonly operation: string; readonly status: string };
  count: number;
  /** Seconds of all of them together. */
  sum: number;
  /** How many took at most as long as each of `latencyBuckets`, but longer than the one before. */
  readonly buckets: number[];
}

/** Seconds. A submit takes a few milliseconds, most of them the commit. */
const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * Counts and times requests by service, operation and status. Numbers are kept in plain arrays and given to the registry
 * when it is scraped: its own counters hash their labels on every call, which is a tenth of what a request costs.
 */
export class RequestMetrics {
  static readonly #all = new WeakMap<Registry, RequestMetrics>();
  readonly #series = new Map<string, Series>();

  /** Those of a registry: its gateways count together. */
  static of(registry: Registry): RequestMetrics {
    return RequestMetrics.#all.getOrInsertComputed(registry, () => new RequestMetrics(registry));
  }

  private constructor(registry: Registry) {
    const all = () => this.#series.values();
    new Counter({
      name: 'batchyard_requests_total',
      help: 'Requests answered, refusals included.',
      labelNames: ['service', 'operation', 'status'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of all()) this.inc(labels, count);
      },
    });
    registry.registerMetric(latencyHistogram(all));
  }

  /** `service` and `operation` must be names of the registry, or constants: each makes a series for good. */
  record(service: string, operation: string, status: number, duration: Milliseconds): void {
    const series = this.#seriesOf(service, operation, status);
    const seconds = duration / 1000;
    series.count++;
    series.sum += seconds;
    for (let index = 0; index < latencyBuckets.length; index++) {
      if (seconds > (latencyBuckets[index] ?? 0)) continue;
      series.buckets[index] = (series.buckets[index] ?? 0) + 1;
      return;
    }
  }

  #seriesOf(service: string, operation: string, status: number): Series {
    const id = `${service}.${operation}.${status}`;
    const existing = this.#series.get(id);
    if (existing) return existing;
    const labels = { service, operation, status: String(status) };
    const series = { labels, count: 0, sum: 0, buckets: latencyBuckets.map(() => 0) };
    this.#series.set(id, series);
    return series;
  }
}

type LatencyLabels = 'service' | 'operation' | 'status';
const latencyName = 'batchyard_request_duration_seconds';

/** A histogram that is only read: its numbers are those of the series. The registry asks no more of a metric than this. */
function latencyHistogram(all: () => Iterable<Series>): Histogram<LatencyLabels> {
  const description = { name: latencyName, help: 'From the headers of a request to its answer.', type: 'histogram' };
  const get = async () => ({ ...description, aggregator: 'sum', values: [...all()].flatMap(histogramValues) });
  return { ...description, get } as unknown as Histogram<LatencyLabels>;
}

function histogramValues({ labels, count, sum, buckets }: Series): MetricValueWithName<LatencyLabels>[] {
  let below = 0;
  const cumulative = buckets.map((inBucket, index) => {
    below += inBucket;
    return bucketValue(latencyBuckets[index] ?? 0, below, labels);
  });
  return [
    ...cumulative,
    bucketValue('+Inf', count, labels),
    { metricName: `${latencyName}_sum`, labels, value: sum },
    { metricName: `${latencyName}_count`, labels, value: count },
  ];
}

function bucketValue(le: number | '+Inf', value: number, labels: Series['labels']): MetricValueWithName<LatencyLabels> {
  return { metricName: `${latencyName}_bucket`, labels: { le, ...labels } as Series['labels'], value };
}

interface Held {
  readonly connections: () => number;
  readonly bodies: () => number;
}

const heldBy = new WeakMap<Registry, Held[]>();

/** Registers what is held for clients at the moment: by all gateways of a registry together. */
export function measureHeld(registry: Registry, held: Held): void {
  heldBy.getOrInsertComputed(registry, registerHeld).push(held);
}

function registerHeld(registry: Registry): Held[] {
  const all: Held[] = [];
  const gauge = (name: string, help: string, of: keyof Held) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(all.reduce((sum, held) => sum + held[of](), 0));
      },
    });
  gauge('batchyard_connections', 'Connections that are open.', 'connections');
  gauge('batchyard_request_body_bytes', 'Bytes of request bodies that are arriving.', 'bodies');
  return all;
}

const samplingInterval: Milliseconds = 10;

const measured = new WeakSet<Registry>();

/**
 * Registers the process's own numbers and the event loop's delay, once for all gateways of a registry; answers a function that
 * stops measuring what it began.
 */
export function measureProcess(registry: Registry): () => void {
  if (measured.has(registry)) return () => {};
  measured.add(registry);
  collectDefaultMetrics({ register: registry });
  const delay = monitorEventLoopDelay({ resolution: samplingInterval });
  // What Node measures is the time between two samples: an idle loop shows the interval.
  const delayAt = (percentile: number) =>
    delay.count === 0 ? 0 : Math.max(0, delay.percentile(percentile) / 1e9 - samplingInterval / 1e3);
  delay.enable();
  new Gauge({
    name: 'batchyard_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const percentile of [50, 90, 99]) {
        this.set({ quantile: String(percentile / 100) }, delayAt(percentile));
      }
      delay.reset();
    },
  });
  return () => {
    delay.disable();
  };
}
