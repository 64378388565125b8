import type { Scope } from '../../../core/arn.ts';
import type { MetricName, MetricSeriesRecord } from '../records.ts';

/** A metric with its series: one for each unit and resolution in which points of it were put. */
export interface Metric extends MetricName {
  /** Of its first series: orders the metrics of an account. */
  readonly id: number;
  readonly series: MetricSeriesRecord[];
  /** When something was last put. */
  lastAt: number;
}

/** All metrics that points were put for, by their names. */
export class MetricCatalogue {
  readonly #scopes = new Map<string, Map<string, Map<string, Metric>>>();
  readonly #highResolution = new Set<number>();
  #count = 0;
  #lastId = 0;

  /** How many series there are. */
  get count(): number {
    return this.#count;
  }

  /** The highest number that a series has. */
  get lastId(): number {
    return this.#lastId;
  }

  clear(): void {
    this.#scopes.clear();
    this.#highResolution.clear();
    this.#count = 0;
    this.#lastId = 0;
  }

  add(series: MetricSeriesRecord): void {
    const namespace = this.#namespaces(series).getOrInsertComputed(series.namespace, () => new Map());
    const metric = namespace.getOrInsertComputed(nameKey(series), () => metricOf(series));
    const at = metric.series.findIndex(({ id }) => id === series.id);
    if (at >= 0) metric.series[at] = series;
    else {
      metric.series.push(series);
      this.#count += 1;
    }
    if (series.resolution === 1) this.#highResolution.add(series.id);
    metric.lastAt = Math.max(metric.lastAt, series.lastAt);
    this.#lastId = Math.max(this.#lastId, series.id);
  }

  remove(series: MetricSeriesRecord): void {
    const namespace = this.#namespaces(series).get(series.namespace);
    const metric = namespace?.get(nameKey(series));
    const at = metric?.series.findIndex(({ id }) => id === series.id) ?? -1;
    if (!namespace || !metric || at < 0) return;
    metric.series.splice(at, 1);
    this.#count -= 1;
    if (metric.series.length === 0) namespace.delete(nameKey(series));
    if (namespace.size === 0) this.#namespaces(series).delete(series.namespace);
  }

  /** Seconds of the finest points of a series. */
  resolutionOf(series: number): 1 | 60 {
    return this.#highResolution.has(series) ? 1 : 60;
  }

  find(scope: Scope, name: MetricName): Metric | undefined {
    return this.#namespaces(scope).get(name.namespace)?.get(nameKey(name));
  }

  /** Those of a scope, or of one namespace of it, in the order in which they came. */
  *list(scope: Scope, namespace: string | undefined, after = 0): Generator<Metric> {
    const all = this.#namespaces(scope);
    const chosen = namespace === undefined ? [...all.values()] : [all.get(namespace) ?? new Map<string, Metric>()];
    const metrics = chosen.flatMap((each) => [...each.values()]);
    if (chosen.length > 1) metrics.sort((one, other) => one.id - other.id);
    for (const metric of metrics) if (metric.id > after) yield metric;
  }

  #namespaces({ account, region }: Scope): Map<string, Map<string, Metric>> {
    return this.#scopes.getOrInsertComputed(`${account} ${region}`, () => new Map());
  }
}

function metricOf({ namespace, name, dimensions, id, lastAt }: MetricSeriesRecord): Metric {
  return { namespace, name, dimensions, id, lastAt, series: [] };
}

/** A text that no other name and dimensions have. */
function nameKey({ name, dimensions }: MetricName): string {
  return JSON.stringify([name, ...dimensions.flatMap((each) => [each.name, each.value])]);
}
