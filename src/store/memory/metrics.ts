import type { ChangeKind, ChangeOf } from '../changes.ts';
import type { DriverReads } from '../reads.ts';
import { always, takeWhile } from './iteration.ts';
import { chunkKey, chunkSeries } from './metric-table.ts';
import type { Mutation } from './mutation.ts';
import { all, type Tables } from './tables.ts';

type MetricKind = Extract<ChangeKind, `metricRecent.${string}` | `metricChunk.${string}`>;

export const metricMutations: { readonly [Kind in MetricKind]: (change: ChangeOf<Kind>) => Mutation } = {
  'metricRecent.put': ({ row }) => {
    const kept = { ...row, points: Uint8Array.from(row.points) };
    return ({ recentPoints }) => recentPoints.put(kept);
  },
  'metricRecent.trim':
    ({ through, limit }) =>
    ({ recentPoints }) => {
      const first = recentPoints.list('byId', all).from(always);
      for (const { id } of takeWhile(first, limit, (row) => row.id <= through)) recentPoints.delete(String(id));
    },
  'metricChunk.put': ({ chunk }) => {
    const kept = { ...chunk, points: Uint8Array.from(chunk.points) };
    return ({ metricChunks }) => metricChunks.put(kept);
  },
  'metricChunk.trim':
    ({ resolution, before, limit }) =>
    ({ metricChunks }) => {
      const first = metricChunks.list('byAge', String(resolution)).from(always);
      for (const row of takeWhile(first, limit, ({ start }) => start < before)) metricChunks.delete(chunkKey(row));
    },
};

type MetricRead = 'recentPoints' | 'metricChunks' | 'metricThroughs' | 'oldestMetricChunk' | 'metricBytes';

export function metricReads({ recentPoints, metricChunks }: Tables): Pick<DriverReads, MetricRead> {
  return {
    recentPoints: ({ after, limit }) => {
      const rows = recentPoints.list('byId', all).from(({ id }) => id > after);
      return takeWhile(rows, limit, always).map((row) => ({ ...row, points: Uint8Array.from(row.points) }));
    },
    metricChunks: ({ from, before, limit, ...of }) => {
      const rows = metricChunks.list('bySeries', chunkSeries(of)).from(({ start }) => start >= from);
      const found = takeWhile(rows, limit, ({ start }) => start < before);
      return found.map((row) => ({ ...row, points: Uint8Array.from(row.points) }));
    },
    metricThroughs: (places) => places.map((place) => metricChunks.get(chunkKey(place))?.through ?? 0),
    oldestMetricChunk: (resolution) =>
      takeWhile(metricChunks.list('byAge', String(resolution)).from(always), 1, always)[0]?.start,
    metricBytes: () => [...metricChunks.values()].reduce((sum, { points }) => sum + points.length, 0),
  };
}
