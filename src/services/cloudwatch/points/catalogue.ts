import type { Scope } from '../../../core/arn.ts';
import { SortedList } from '../../../core/sorted-list.ts';
import type { MetricName, MetricSeriesRecord } from '../records.ts';

/** A metric with its series: one for each unit and resolution in which points of it were put. */
export interface Metric extends MetricName {
  /** Of its first series: orders the metrics of an account. */
  readonly id: number;
  readonly series: MetricSeriesRecord[];
  /** When something was last put. */
  lastAt: number;
}

/** Metrics by their names, and in the order in which they came. */
interface Shelf {
  readonly byName: Map<string, Metric>;
  readonly inOrder: SortedList<Metric>;
}

/** Those of a scope: all, and each namespace. */
interface ScopeShelves {
  readonly all: SortedList<Metric>;
  readonly namespaces: Map<string, Shelf>;
}

/** All metrics that points were put for, by their names. */
export class MetricCatalogue {
  readonly #scopes = new Map<string, ScopeShelves>();
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
    const metric = this.find(series, series) ?? this.#newMetric(series);
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
    const metric = this.find(series, series);
    const at = metric?.series.findIndex(({ id }) => id === series.id) ?? -1;
    if (!metric || at < 0) return;
    metric.series.splice(at, 1);
    this.#highResolution.delete(series.id);
    this.#count -= 1;
    if (metric.series.length === 0) this.#drop(series, metric);
  }

  /** Seconds of the finest points of a series. */
  resolutionOf(series: number): 1 | 60 {
    return this.#highResolution.has(series) ? 1 : 60;
  }

  find(scope: Scope, name: MetricName): Metric | undefined {
    return this.#shelves(scope).namespaces.get(name.namespace)?.byName.get(nameKey(name));
  }

  /** Those of a scope, or of one namespace of it, behind a number, in the order in which they came. Finding the first looks at no other. */
  list(scope: Scope, namespace: string | undefined, after = 0): Iterable<Metric> {
    const { all, namespaces } = this.#shelves(scope);
    const list = namespace === undefined ? all : namespaces.get(namespace)?.inOrder;
    return list?.from(({ id }) => id > after) ?? [];
  }

  #newMetric(series: MetricSeriesRecord): Metric {
    const metric = metricOf(series);
    const { all, namespaces } = this.#shelves(series);
    const shelf = namespaces.getOrInsertComputed(series.namespace, newShelf);
    shelf.byName.set(nameKey(series), metric);
    for (const list of [all, shelf.inOrder]) list.add(metric);
    return metric;
  }

  #drop(scope: Scope, metric: Metric): void {
    const { all, namespaces } = this.#shelves(scope);
    const shelf = namespaces.get(metric.namespace);
    if (!shelf) return;
    shelf.byName.delete(nameKey(metric));
    for (const list of [all, shelf.inOrder]) list.remove(metric);
    if (shelf.byName.size === 0) namespaces.delete(metric.namespace);
  }

  #shelves({ account, region }: Scope): ScopeShelves {
    return this.#scopes.getOrInsertComputed(`${account} ${region}`, () => ({
      all: new SortedList(byAge),
      namespaces: new Map(),
    }));
  }
}

function newShelf(): Shelf {
  return { byName: new Map(), inOrder: new SortedList(byAge) };
}

function byAge(one: Metric, other: Metric): number {
  return one.id - other.id;
}

function metricOf({ namespace, name, dimensions, id, lastAt }: MetricSeriesRecord): Metric {
  return { namespace, name, dimensions, id, lastAt, series: [] };
}

/** A text that no other name and dimensions have. */
function nameKey({ name, dimensions }: MetricName): string {
  return JSON.stringify([name, ...dimensions.flatMap((each) => [each.name, each.value])]);
}
