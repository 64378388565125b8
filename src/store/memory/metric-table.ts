import type { MetricChunk, MetricChunkPlace } from '../metric-points.ts';
import { type Journal, MemoryTable } from './table.ts';

/** The key of a chunk. */
export function chunkKey({ series, resolution, start }: MetricChunkPlace): string {
  return `${chunkSeries({ series, resolution })} ${start}`;
}

/** The group of the chunks of a series. */
export function chunkSeries({ series, resolution }: Omit<MetricChunkPlace, 'start'>): string {
  return `${series} ${resolution}`;
}

/** Chunks of points of metrics. */
export function metricChunkTable(journal: Journal) {
  return new MemoryTable<MetricChunk, 'bySeries' | 'byAge'>(
    chunkKey,
    {
      bySeries: { group: chunkSeries, compare: (a, b) => a.start - b.start },
      byAge: {
        group: ({ resolution }) => String(resolution),
        compare: (a, b) => a.start - b.start || a.series - b.series,
      },
    },
    journal,
  );
}
