import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricResolution, StoreReads } from '../../../store/index.ts';
import type { MetricSeriesRecord } from '../records.ts';
import { addTo, type Bucket, copyOf } from './bucket.ts';
import { chunkSpan, chunkStart, decodeChunk } from './chunk-codec.ts';
import { addPoints } from './chunk-writer.ts';
import type { MetricHouse } from './metric-house.ts';
import { retention } from './overlay.ts';

/** Which points of some series are wanted: from a time, before another, in seconds, added up to periods from the first. */
export interface PointQuery {
  readonly series: readonly MetricSeriesRecord[];
  readonly from: number;
  readonly to: number;
  readonly period: number;
}

/** Chunks of one read: some 60,000 bytes. */
const chunksPerRead = 100;

/** Seconds to which the start of a query is rounded down: of what is older, only the coarser is kept. */
export function startGrain(now: number, from: number): MetricResolution {
  const age = now - from;
  return retention.find(([resolution, seconds]) => resolution > 1 && age <= seconds)?.[0] ?? 3600;
}

/** The resolution whose points make up a period; undefined where none is kept that does. */
export function resolutionFor(now: number, { from, period }: PointQuery): MetricResolution | undefined {
  const age = now - from;
  const able = retention.filter(([resolution, seconds]) => {
    return age <= seconds && period % resolution === 0 && from % resolution === 0;
  });
  return able.at(-1)?.[0];
}

/** Points by the time at which their period begins. */
export type PeriodPoints = ReadonlyMap<number, Bucket>;

/** Reads the points of metrics, from chunks and from what is in none yet. */
export class PointReader {
  readonly #reads: StoreReads;
  readonly #house: MetricHouse;
  readonly #now: () => number;

  /** `now` in seconds. */
  constructor(reads: StoreReads, house: MetricHouse, now: () => number) {
    this.#reads = reads;
    this.#house = house;
    this.#now = now;
  }

  /** Of periods in which nothing was put there is no point. */
  async read(query: PointQuery): Promise<PeriodPoints> {
    const periods = new Map<number, Bucket>();
    const resolution = resolutionFor(this.#now(), query);
    if (resolution === undefined) return periods;
    for (const series of query.series) {
      if (series.resolution > resolution) continue;
      await this.#readSeries(series, resolution, query, periods);
    }
    return periods;
  }

  async #readSeries(
    { id: series }: MetricSeriesRecord,
    resolution: MetricResolution,
    query: PointQuery,
    periods: Map<number, Bucket>,
  ): Promise<void> {
    const span = chunkSpan(resolution);
    for (let from = chunkStart(resolution, query.from); from < query.to; from += span * chunksPerRead) {
      const before = Math.min(query.to, from + span * chunksPerRead);
      // Asked in the turn in which memory is looked at: neither misses what the other is about to have.
      const asked = this.#reads.metricChunks({ series, resolution, from, before, limit: chunksPerRead });
      const chunks = new Map<number, Map<number, Bucket>>();
      for (let start = from; start < before; start += span) {
        const beside = this.#house.beside({ series, resolution, start });
        if (beside.length > 0) chunks.set(start, beside.reduce<Map<number, Bucket>>(addPoints, new Map()));
      }
      for (const { start, points } of await asked) {
        const stored = decodeChunk(points);
        chunks.set(start, addPoints(stored, chunks.get(start) ?? new Map()));
      }
      for (const [start, points] of chunks) gather(periods, query, { start, resolution, points });
      await nextTurn();
    }
  }
}

interface ReadChunk {
  readonly start: number;
  readonly resolution: MetricResolution;
  readonly points: ReadonlyMap<number, Bucket>;
}

function gather(periods: Map<number, Bucket>, { from, to, period }: PointQuery, chunk: ReadChunk): void {
  for (const [at, bucket] of chunk.points) {
    const time = chunk.start + at * chunk.resolution;
    if (time < from || time >= to) continue;
    const start = from + Math.floor((time - from) / period) * period;
    const known = periods.get(start);
    if (known) addTo(known, bucket);
    else periods.set(start, copyOf(bucket));
  }
}
