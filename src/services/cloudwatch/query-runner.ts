import type { Scope } from '../../core/arn.ts';
import { MetricMath } from './math/evaluate.ts';
import type { MathWindow } from './math/functions.ts';
import type { Series } from './math/value.ts';
import type { MetricHouse } from './points/metric-house.ts';
import type { PeriodPoints, PointReader } from './points/reader.ts';
import { readStatistic, type Statistic, statisticOf } from './points/statistic.ts';
import type { MetricName, StoredMetricQuery } from './records.ts';

/** Of a metric what its points are read by. */
export interface MetricRead {
  readonly metric: MetricName;
  readonly unit?: string | undefined;
  readonly period: number;
}

/** Runs queries for metrics and expressions. */
export class QueryRunner {
  readonly #house: MetricHouse;
  readonly #reader: PointReader;

  constructor(house: MetricHouse, reader: PointReader) {
    this.#house = house;
    this.#reader = reader;
  }

  /** Points of all units, unless one is asked for. */
  points(scope: Scope, { metric, unit, period }: MetricRead, { from, to }: MathWindow): Promise<PeriodPoints> {
    const all = this.#house.catalogue.find(scope, metric)?.series ?? [];
    const series = all.filter((each) => unit === undefined || each.unit === unit || (unit === 'None' && !each.unit));
    return this.#reader.read({ series, from, to, period });
  }

  /** The metrics of queries by their ids, and what computes the expressions. Throws `MathRefused`. */
  async run(scope: Scope, queries: readonly StoredMetricQuery[], window: MathWindow): Promise<MetricMath> {
    const metrics = new Map<string, Series>();
    const expressions = new Map<string, string>();
    for (const { id, label, stat, expression } of queries) {
      if (expression !== undefined) expressions.set(id, expression);
      if (!stat) continue;
      const { period, statistic, unit, name } = stat;
      const from = window.origin + Math.floor((window.from - window.origin) / period) * period;
      const points = await this.points(scope, { metric: stat, unit, period }, { ...window, from });
      metrics.set(id, {
        kind: 'series',
        period,
        points: valuesOf(points, readStatistic(statistic)),
        label: label ?? name,
      });
    }
    return new MetricMath({ ...window, metrics, expressions });
  }
}

function valuesOf(points: PeriodPoints, statistic: Statistic | undefined): Map<number, number> {
  const values = new Map<number, number>();
  if (!statistic) return values;
  for (const [time, bucket] of points) {
    const value = statisticOf(bucket, statistic);
    if (value !== undefined) values.set(time, value);
  }
  return values;
}
