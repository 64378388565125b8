import type { AccountId, Region } from '../../core/ids.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { newScopeNumber, scopeNumber } from './scope-numbers.ts';
import { insert, statement } from './statements.ts';

const put = insert('lane_item', ['scope', 'kind', 'key', 'lane', 'due_at', 'tries', 'size', 'body']);

export const laneChanges: SqliteChanges<'lane.put' | 'lane.again' | 'lane.delete'> = {
  'lane.put': {
    columns: 9,
    encode: ({ item }, batch) => {
      const { account, region, of, key, lane, dueAt, tries, text } = item;
      batch.push(account, region, of, key, lane, dueAt, tries, text.length, text);
    },
    apply: (connection, [account = null, region = null, ...rest]) => {
      const [kind = null, key = null, , , , size = null] = rest;
      remove(connection, [kind, key]);
      const scope = newScopeNumber(connection, account, region);
      connection.run(put, [scope, ...rest]);
      count(connection, [kind, scope, 1, size]);
    },
  },
  'lane.again': {
    columns: 4,
    encode: ({ of, key, dueAt, tries }, batch) => {
      batch.push(dueAt, tries, of, key);
    },
    apply: statement('UPDATE lane_item SET due_at = ?, tries = ? WHERE kind = ? AND key = ?'),
  },
  'lane.delete': {
    columns: 2,
    encode: ({ of, key }, batch) => {
      batch.push(of, key);
    },
    apply: remove,
  },
};

/** Columns: kind, key. */
function remove(connection: Connection, columns: readonly Column[]): void {
  const [kind = null] = columns;
  const gone = connection.first<[scope: number, size: number]>(
    'DELETE FROM lane_item WHERE kind = ? AND key = ? RETURNING scope, size',
    columns,
  );
  if (gone) count(connection, [kind, gone[0], -1, -gone[1]]);
}

/** Columns: kind, scope, and what is added to items and size. */
function count(connection: Connection, columns: readonly Column[]): void {
  const sums = 'items = items + excluded.items, size = size + excluded.size';
  const sql = `${insert('lane_total', ['kind', 'scope', 'items', 'size'])} ON CONFLICT (kind, scope) DO UPDATE SET ${sums}`;
  connection.run(sql, columns);
}

type LaneColumns = [account: AccountId, region: Region, key: string, dueAt: number, tries: number, text: string];

export const laneReads: SqliteReads<'laneItems' | 'laneTotal'> = {
  laneItems: read(
    (connection, { of, lane, limit }) =>
      connection.all<LaneColumns>(
        'SELECT account, region, key, due_at, tries, body FROM lane_item JOIN scope ON number = scope ' +
          'WHERE kind = ? AND lane = ? ORDER BY due_at, key LIMIT ?',
        [of, lane, limit],
      ),
    (rows, { of, lane }) =>
      rows.map(([account, region, key, dueAt, tries, text]) => ({
        ...{ account, region, of, key, lane, dueAt, tries, text },
      })),
  ),
  laneTotal: plainRead<'laneTotal'>((connection, { of, scope }) => {
    const found = connection.first<[items: number, size: number]>(
      'SELECT items, size FROM lane_total WHERE kind = ? AND scope = ?',
      [of, scopeNumber(connection, scope)],
    );
    return { items: found?.[0] ?? 0, size: found?.[1] ?? 0 };
  }),
};
