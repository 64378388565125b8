import { failpoint } from '../../../core/failpoint.ts';
import type { Ledger, MetricChunk } from '../../../store/index.ts';
import { addTo, type Bucket, copyOf } from './bucket.ts';
import { decodeChunk, encodeChunk } from './chunk-codec.ts';
import type { Overlay, OverlayChunk } from './overlay.ts';

/** Chunks in one commit, and rows in one trim: a turn stays short. */
const chunksPerCommit = 100;
const rowsPerTrim = 500;

/** Writes what an overlay holds into chunks, and lets go of the points as they were put. */
export class ChunkWriter {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** All of it holds what was put up to `through`. Stops early if `isWanted` no longer. What is written leaves the overlay. */
  async write(overlay: Overlay, through: number, isWanted: () => boolean): Promise<void> {
    while (overlay.size > 0) {
      const slice = [...overlay.chunks().take(chunksPerCommit)];
      const merged = await Promise.all(slice.map(async (chunk) => this.#merge(chunk, through)));
      if (!isWanted()) return;
      this.#ledger.transact((transaction) => {
        for (const chunk of merged) transaction.add({ kind: 'metricChunk.put', chunk });
        transaction.onAccepted(() => {
          for (const chunk of slice) overlay.delete(chunk);
        });
      });
      await this.#ledger.store.settled();
      failpoint('metrics.chunks-written');
    }
    await this.#trim(through - 1, isWanted);
  }

  async #merge(chunk: OverlayChunk, through: number): Promise<MetricChunk> {
    const { series, resolution, start } = chunk;
    const query = { series, resolution, from: start, before: start + 1, limit: 1 };
    const [stored] = await this.#ledger.store.reads.metricChunks(query);
    const points = addPoints(stored ? decodeChunk(stored.points) : new Map(), chunk.points);
    return { series, resolution, start, through, points: encodeChunk(points) };
  }

  /** The last one stays: ids go on after it. */
  async #trim(through: number, isWanted: () => boolean): Promise<void> {
    const { reads } = this.#ledger.store;
    for (;;) {
      const [first] = await reads.recentPoints({ after: 0, limit: 1 });
      if (!first || first.id > through || !isWanted()) return;
      this.#ledger.transact((transaction) => {
        transaction.add({ kind: 'metricRecent.trim', through, limit: rowsPerTrim });
      });
      await this.#ledger.store.settled();
    }
  }
}

/** Adds points to others, which belong to the caller. */
export function addPoints(to: Map<number, Bucket>, added: ReadonlyMap<number, Bucket>): Map<number, Bucket> {
  for (const [at, bucket] of added) {
    const known = to.get(at);
    if (known) addTo(known, bucket);
    else to.set(at, copyOf(bucket));
  }
  return to;
}
