import type { ChangeKind } from '../changes.ts';
import type { MetricChunk, RecentPoints } from '../metric-points.ts';
import type { SqliteChanges } from './change.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { statement, upsert } from './statements.ts';

type MetricKind = Extract<ChangeKind, `metricRecent.${string}` | `metricChunk.${string}`>;

export const metricChanges: SqliteChanges<MetricKind> = {
  'metricRecent.put': {
    columns: 2,
    encode: ({ row }, batch) => {
      batch.push(row.id, row.points);
    },
    apply: statement(upsert('metric_recent', ['id'], ['points'])),
  },
  'metricRecent.trim': {
    columns: 2,
    encode: ({ through, limit }, batch) => {
      batch.push(through, limit);
    },
    apply: statement(
      'DELETE FROM metric_recent WHERE id IN (SELECT id FROM metric_recent WHERE id <= ? ORDER BY id LIMIT ?)',
    ),
  },
  'metricChunk.put': {
    columns: 5,
    encode: ({ chunk: { series, resolution, start, through, points } }, batch) => {
      batch.push(series, resolution, start, through, points);
    },
    apply: statement(upsert('metric_chunk', ['series', 'resolution', 'start'], ['through', 'points'])),
  },
  'metricChunk.trim': {
    columns: 3,
    encode: ({ resolution, before, limit }, batch) => {
      batch.push(resolution, before, limit);
    },
    apply: (connection, columns) => {
      const [resolution = null] = columns;
      const sql =
        'SELECT series, start FROM metric_chunk WHERE resolution = ? AND start < ? ORDER BY start, series LIMIT ?';
      for (const [series, start] of connection.all<[number, number]>(sql, columns)) {
        connection.run('DELETE FROM metric_chunk WHERE series = ? AND resolution = ? AND start = ?', [
          series,
          resolution,
          start,
        ]);
      }
    },
  },
};

type MetricRead = 'recentPoints' | 'metricChunks' | 'metricThroughs' | 'oldestMetricChunk' | 'metricBytes';

export const metricReads: SqliteReads<MetricRead> = {
  recentPoints: read(
    (connection, { after, limit }) =>
      connection.all<[number, Uint8Array]>('SELECT id, points FROM metric_recent WHERE id > ? ORDER BY id LIMIT ?', [
        after,
        limit,
      ]),
    (rows) => rows.map(([id, points]): RecentPoints => ({ id, points })),
  ),
  metricChunks: read(
    (connection, { series, resolution, from, before, limit }) =>
      connection.all<[number, number, Uint8Array]>(
        'SELECT start, through, points FROM metric_chunk ' +
          'WHERE series = ? AND resolution = ? AND start >= ? AND start < ? ORDER BY start LIMIT ?',
        [series, resolution, from, before, limit],
      ),
    (rows, { series, resolution }) =>
      rows.map(([start, through, points]): MetricChunk => ({ series, resolution, start, through, points })),
  ),
  metricThroughs: plainRead<'metricThroughs'>((connection, places) =>
    places.map(({ series, resolution, start }) => {
      const sql = 'SELECT through FROM metric_chunk WHERE series = ? AND resolution = ? AND start = ?';
      return connection.first<[number]>(sql, [series, resolution, start])?.[0] ?? 0;
    }),
  ),
  oldestMetricChunk: plainRead<'oldestMetricChunk'>(
    (connection, resolution) =>
      connection.first<[number]>('SELECT start FROM metric_chunk WHERE resolution = ? ORDER BY start LIMIT 1', [
        resolution,
      ])?.[0],
  ),
  metricBytes: plainRead<'metricBytes'>(
    (connection) => connection.first<[number]>('SELECT bytes FROM metric_total')?.[0] ?? 0,
  ),
};
