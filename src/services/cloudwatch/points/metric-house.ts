import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger, MetricChunkPlace, MetricResolution, Transaction } from '../../../store/index.ts';
import { type MetricName, type MetricSeriesRecord, metricSeriesRecords } from '../records.ts';
import type { Bucket } from './bucket.ts';
import { MetricCatalogue } from './catalogue.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { keyOf, Overlay, placeOf, retention } from './overlay.ts';
import { decodeRecent, encodeRecent, type PutPoint } from './recent-codec.ts';
import { MetricSweep } from './sweep.ts';

/** Values of a metric that were put for one time. */
export interface Datum extends MetricName {
  readonly unit?: string;
  readonly resolution: 1 | 60;
  /** Seconds. */
  readonly time: number;
  readonly bucket: Bucket;
}

export interface MetricHouseOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Points of all metrics together, in bytes. */
  readonly mostBytes: number;
}

/** How often points go into chunks: so many of them are looked through again when a server starts. */
const flushInterval: Milliseconds = 300_000;
/** A metric's record is written again when it has been put to for so long since. */
const seenInterval: Milliseconds = 3_600_000;
/** So many series have one place each in memory; what would make more is refused. */
const mostSeries = 200_000;
const recentSlice = 200;
const throughSlice = 1_000;

/**
 * The points of all metrics: in chunks of the store, which are written now and then, and beside them those that came since, in
 * memory and, as they were put, in the store. What is acknowledged is in the one or in the other.
 */
export class MetricHouse {
  readonly catalogue = new MetricCatalogue();
  readonly #options: MetricHouseOptions;
  readonly #writer: ChunkWriter;
  readonly #sweep: MetricSweep;
  #overlay = new Overlay();
  #flushing: Overlay | undefined;
  #lastPut = 0;
  #cancel: CancelTimer | undefined;
  #isOpen = false;
  #flush: Promise<void> = Promise.resolve();

  constructor(options: MetricHouseOptions) {
    this.#options = options;
    this.#writer = new ChunkWriter(options.ledger);
    this.#sweep = new MetricSweep({ ...options, catalogue: this.catalogue });
  }

  /** Memory becomes what the store holds. */
  async fill(): Promise<void> {
    this.catalogue.clear();
    this.#overlay = new Overlay();
    this.#flushing = undefined;
    for (const series of this.#options.ledger.each(metricSeriesRecords)) this.catalogue.add(series);
    await this.#replay();
  }

  /** Points go into chunks from now on. */
  open(): void {
    this.#isOpen = true;
    this.#flushLater();
  }

  pause(): void {
    this.#isOpen = false;
    this.#cancel?.();
  }

  /** Pauses, and waits for what is being written. */
  close(): Promise<void> {
    this.pause();
    return this.#flush;
  }

  /** In one commit, from which on they are there. */
  put(scope: Scope, data: readonly Datum[]): void {
    if (data.length > 0) this.#options.ledger.transact((transaction) => this.putIn(transaction, scope, data));
  }

  /** The same in the transaction of what caused it. */
  putIn(transaction: Transaction, scope: Scope, data: readonly Datum[]): void {
    const fresh: MetricSeriesRecord[] = [];
    const points = data.map((datum) => this.#point(transaction, scope, datum, fresh));
    transaction.onAccepted(() => {
      this.#lastPut += 1;
      transaction.add({ kind: 'metricRecent.put', row: { id: this.#lastPut, points: encodeRecent(points) } });
      for (const series of fresh) this.catalogue.add(series);
      for (const datum of data) this.#seen(scope, datum);
      for (const point of points) this.#take(point, this.#overlay);
    });
  }

  /** What is in none of the chunks of these places, as it is now. */
  beside(place: MetricChunkPlace): readonly ReadonlyMap<number, Bucket>[] {
    return [this.#flushing, this.#overlay].flatMap((overlay) => overlay?.get(place)?.points ?? []);
  }

  /** Writes all that is in memory into chunks. One at a time. */
  flush(): Promise<void> {
    this.#flush = this.#flush.then(() => this.#writeChunks());
    return this.#flush;
  }

  #point(transaction: Transaction, scope: Scope, datum: Datum, fresh: MetricSeriesRecord[]): PutPoint {
    const known = this.#seriesOf(scope, datum) ?? fresh.find((series) => isOf(series, datum));
    const now = this.#options.clock.now();
    if (known && now - known.lastAt < seenInterval) return pointOf(known, datum);
    const series = known ? { ...known, lastAt: now } : this.#newSeries(scope, datum, fresh.length);
    fresh.push(series);
    transaction.put(metricSeriesRecords, series);
    return pointOf(series, datum);
  }

  #seriesOf(scope: Scope, datum: Datum): MetricSeriesRecord | undefined {
    const metric = this.catalogue.find(scope, datum);
    return metric?.series.find(({ unit, resolution }) => unit === datum.unit && resolution === datum.resolution);
  }

  #seen(scope: Scope, datum: Datum): void {
    const metric = this.catalogue.find(scope, datum);
    if (metric) metric.lastAt = this.#options.clock.now();
  }

  #newSeries(scope: Scope, { namespace, name, dimensions, unit, resolution }: Datum, ahead: number) {
    if (this.catalogue.count + ahead >= mostSeries) {
      throw new ServiceError('LimitExceededFault', `There are ${mostSeries} metrics: no other can be made.`);
    }
    const now = this.#options.clock.now();
    const id = this.catalogue.lastId + 1 + ahead;
    const own = { namespace, name, dimensions, ...(unit === undefined ? {} : { unit }), resolution };
    return { ...scopeOf(scope), id, ...own, firstAt: now, lastAt: now };
  }

  #take(point: PutPoint, overlay: Overlay): void {
    for (const resolution of this.#resolutionsOf(point)) overlay.add(point, resolution);
  }

  /** Those in which a point is still kept: of a late one only the coarser. */
  #resolutionsOf({ series, time }: PutPoint): MetricResolution[] {
    const age = this.#options.clock.now() / 1000 - time;
    const finest = this.catalogue.resolutionOf(series);
    return retention.flatMap(([resolution, kept]) => (resolution >= finest && age < kept ? [resolution] : []));
  }

  /** Takes in again what was put and is in no chunk. */
  async #replay(): Promise<void> {
    const { reads } = this.#options.ledger.store;
    this.#lastPut = 0;
    for (;;) {
      const rows = await reads.recentPoints({ after: this.#lastPut, limit: recentSlice });
      const last = rows.at(-1);
      if (!last) return;
      const points = rows.flatMap(({ id, points: bytes }) => decodeRecent(bytes).map((point) => ({ id, point })));
      await this.#replaySlice(points);
      this.#lastPut = last.id;
    }
  }

  async #replaySlice(rows: readonly { readonly id: number; readonly point: PutPoint }[]): Promise<void> {
    const places = new Map<string, MetricChunkPlace>();
    const additions = rows.flatMap(({ id, point }) =>
      this.#resolutionsOf(point).map((resolution) => {
        const place = placeOf(point, resolution);
        places.set(keyOf(place), place);
        return { id, point, place };
      }),
    );
    const throughs = await this.#throughs([...places.values()]);
    for (const { id, point, place } of additions) {
      if (id > (throughs.get(keyOf(place)) ?? 0)) this.#overlay.add(point, place.resolution);
    }
  }

  async #throughs(places: readonly MetricChunkPlace[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (let at = 0; at < places.length; at += throughSlice) {
      const slice = places.slice(at, at + throughSlice);
      const throughs = await this.#options.ledger.store.reads.metricThroughs(slice);
      for (const [index, place] of slice.entries()) found.set(keyOf(place), throughs[index] ?? 0);
    }
    return found;
  }

  #flushLater(): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(flushInterval, () => {
      void this.flush().then(() => {
        if (this.#isOpen) this.#flushLater();
      });
    });
  }

  async #writeChunks(): Promise<void> {
    const flushing = this.#overlay;
    const through = this.#lastPut;
    this.#flushing = flushing;
    this.#overlay = new Overlay();
    try {
      await this.#writer.write(flushing, through, () => this.#flushing === flushing);
      await this.#sweep.run();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'points of metrics stay as they were put for now');
    } finally {
      // What could not be written waits for the next time, unless memory was filled anew.
      if (this.#flushing === flushing) {
        this.#flushing = undefined;
        this.#overlay.absorb(flushing);
      }
    }
  }
}

function isOf(series: MetricSeriesRecord, datum: Datum): boolean {
  const [one, other] = [series, datum].map(({ namespace, name, dimensions, unit, resolution }) =>
    JSON.stringify([namespace, name, dimensions, unit ?? null, resolution]),
  );
  return one === other;
}

function pointOf({ id: series }: MetricSeriesRecord, { time, bucket }: Datum): PutPoint {
  return { series, time, bucket };
}
