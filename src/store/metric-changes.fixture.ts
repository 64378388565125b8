import fc from 'fast-check';
import type { Change, StoreReads } from './contract.ts';
import { putChunk, putRecent } from './suite/samples.ts';

const number = fc.integer({ min: 1, max: 12 });

const chunkPlace = fc.record({
  series: fc.constantFrom(1, 2),
  resolution: fc.constantFrom(60 as const, 300 as const),
  start: number,
});

/** Changes of points of metrics, for tests that compare stores. */
export const metricChange = fc.oneof(
  number.map((id): Change => putRecent(id)),
  fc.tuple(number, number).map(([through, most]): Change => ({ kind: 'metricRecent.trim', through, limit: most })),
  fc.tuple(chunkPlace, number).map(([place, through]): Change => {
    return putChunk(place.series, place.start, { ...place, through, points: new Uint8Array(through) });
  }),
  fc.tuple(number, number).map(([before, most]): Change => {
    return { kind: 'metricChunk.trim', resolution: 60, before, limit: most };
  }),
);

/** All that a store knows of them. */
export async function metricsSeen(reads: StoreReads, asked: { readonly before: number; readonly limit: number }) {
  return {
    recent: await reads.recentPoints({ after: 0, limit: 1_000 }),
    laterRecent: await reads.recentPoints({ after: asked.before, limit: asked.limit }),
    chunks: await Promise.all(
      [1, 2].map((series) =>
        reads.metricChunks({ series, resolution: 60, from: asked.before, before: 100, limit: asked.limit }),
      ),
    ),
    throughs: await reads.metricThroughs([1, 2, 3].map((start) => ({ series: 1, resolution: 60, start }))),
    oldestChunk: await reads.oldestMetricChunk(300),
    metricBytes: await reads.metricBytes(),
  };
}
