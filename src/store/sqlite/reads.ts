import type { AccountId, Region } from '../../core/ids.ts';
import { type FactKind, fromFactRow } from '../facts.ts';
import type { ReadName } from '../reads.ts';
import type { IdempotencyRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { childReads } from './child-reads.ts';
import type { Connection } from './connection.ts';
import { executionReads } from './execution-reads.ts';
import { jobReads, lastJobNumber, waitingOrders } from './job-reads.ts';
import { jobSliceRead } from './job-slice.ts';
import { laneReads } from './lanes.ts';
import { logReads } from './log-reads.ts';
import { metricReads } from './metrics.ts';
import { messageReads } from './queue-messages.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';
import { serviceJobReads } from './service-jobs.ts';
import { usageReads } from './usage.ts';

type FactColumns = [
  sequence: number,
  account: AccountId,
  region: Region,
  at: number,
  kind: FactKind,
  subject: string,
  before: string | null,
  after: string | null,
  rest: string | null,
];

/** Every read of this driver. */
export const reads: SqliteReads<ReadName> = {
  ...jobReads,
  ...jobSliceRead,
  ...childReads,
  ...serviceJobReads,
  ...usageReads,
  ...laneReads,
  ...messageReads,
  ...metricReads,
  ...logReads,
  ...executionReads,
  facts: read(
    (connection, { from, limit }) =>
      connection.all<FactColumns>(
        'SELECT sequence, account, region, at, kind, subject, before, after, rest FROM fact JOIN scope ON number = scope ' +
          'WHERE sequence >= ? ORDER BY sequence LIMIT ?',
        [from, limit],
      ),
    (rows) =>
      rows.map(([sequence, account, region, at, kind, subject, before, after, rest]) => {
        const row = { account, region, at, kind, subject, from: before, to: after, rest };
        return { sequence, fact: fromFactRow(row) };
      }),
  ),
  due: read(
    (connection, { of, limit }) =>
      connection.all<[string, number, string]>(
        'SELECT key, due_at, body FROM due WHERE kind = ? ORDER BY due_at, key LIMIT ?',
        [of, limit],
      ),
    (rows) => rows.map(([key, dueAt, text]) => ({ key, dueAt, text })),
  ),
  firstIdempotencyExpiry: plainRead<'firstIdempotencyExpiry'>(
    (connection) => connection.first<[number]>('SELECT expires_at FROM idempotency ORDER BY expires_at LIMIT 1')?.[0],
  ),
  idempotency: read(
    (connection, scope, key) =>
      connection.first<[string]>('SELECT record FROM idempotency WHERE scope = ? AND key = ?', [
        scopeNumber(connection, scope),
        key,
      ]),
    (row) => row && fromVersionedJson<IdempotencyRecord>(row[0]),
  ),
  loadFacts: plainRead<'loadFacts'>(loadFacts),
  recordSlice: read(recordSlice, (rows) =>
    rows.map(([position, account, region, type, key, text]) => {
      const scope = { account: account as AccountId, region: region as Region };
      return [position, { ...scope, type, key, text }] as const;
    }),
  ),
};

type RecordColumns = [position: number, account: string, region: string, type: string, key: string, text: string];

function recordSlice(connection: Connection, after: number, limit: number): RecordColumns[] {
  const sql =
    'SELECT position, account, region, type, key, record FROM record JOIN scope ON scope.number = record.scope ' +
    'WHERE position > ? ORDER BY position LIMIT ?';
  return connection.all<RecordColumns>(sql, [after, limit]);
}

function loadFacts(connection: Connection) {
  const last = connection.first<[number | null]>('SELECT max(sequence) FROM fact')?.[0] ?? 0;
  const trimmed = connection.first<[number]>('SELECT through FROM fact_trim')?.[0] ?? 0;
  return {
    lastFact: Math.max(last, trimmed),
    lastJobNumber: lastJobNumber(connection),
    sequences: waitingOrders(connection),
    cursors: Object.fromEntries(
      connection
        .all<[string, number, number | null]>('SELECT consumer, sequence, part FROM cursor')
        .map(([consumer, sequence, part]) => [consumer, { sequence, ...(part === null ? {} : { part }) }]),
    ),
  };
}
