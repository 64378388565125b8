import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger, MetricResolution } from '../../../store/index.ts';
import { metricSeriesRecords } from '../records.ts';
import type { MetricCatalogue } from './catalogue.ts';
import { chunkSpan } from './chunk-codec.ts';
import { retention } from './overlay.ts';

interface MetricSweepOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mostBytes: number;
  readonly catalogue: MetricCatalogue;
}

const chunksPerTrim = 500;
/** A metric that nothing was put to for so long has no points left. */
const longestKept = Math.max(...retention.map(([, seconds]) => seconds)) * 1000;

/** Takes away what is kept no longer: points by their age, then the oldest of the finest where there are too many. */
export class MetricSweep {
  readonly #options: MetricSweepOptions;

  constructor(options: MetricSweepOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const now = this.#options.clock.now() / 1000;
    for (const [resolution, kept] of retention) {
      await this.#trimBefore(resolution, Math.floor(now) - kept - chunkSpan(resolution));
    }
    await this.#makeRoom();
    this.#forgetSeries();
  }

  async #trimBefore(resolution: MetricResolution, before: number): Promise<void> {
    for (;;) {
      const oldest = await this.#options.ledger.store.reads.oldestMetricChunk(resolution);
      if (oldest === undefined || oldest >= before) return;
      await this.#trim(resolution, before);
    }
  }

  async #trim(resolution: MetricResolution, before: number): Promise<void> {
    const { ledger } = this.#options;
    ledger.transact((transaction) => {
      transaction.add({ kind: 'metricChunk.trim', resolution, before, limit: chunksPerTrim });
    });
    await ledger.store.settled();
  }

  async #makeRoom(): Promise<void> {
    const { ledger, mostBytes, logger } = this.#options;
    const { reads } = ledger.store;
    let hasSaid = false;
    for (const [resolution] of retention) {
      for (;;) {
        if ((await reads.metricBytes()) <= mostBytes) return;
        const oldest = await reads.oldestMetricChunk(resolution);
        if (oldest === undefined) break;
        if (!hasSaid) logger.warn({ mostBytes, resolution }, 'there are too many points of metrics: the oldest go');
        hasSaid = true;
        await this.#trim(resolution, oldest + 1);
      }
    }
  }

  #forgetSeries(): void {
    const { ledger, clock, catalogue } = this.#options;
    const over = [...ledger.each(metricSeriesRecords)].filter(({ lastAt }) => lastAt < clock.now() - longestKept);
    if (over.length === 0) return;
    ledger.transact((transaction) => {
      for (const series of over) transaction.delete(metricSeriesRecords, series, String(series.id));
      transaction.onAccepted(() => {
        for (const series of over) catalogue.remove(series);
      });
    });
  }
}
