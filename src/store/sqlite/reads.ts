import type { AccountId, Region } from '../../core/ids.ts';
import type { ReadName } from '../reads.ts';
import type { IdempotencyRecord, TransitionRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { childReads } from './child-reads.ts';
import type { Connection } from './connection.ts';
import { executionReads } from './execution-reads.ts';
import { jobReads, lastJobNumber, waitingOrders } from './job-reads.ts';
import { logReads } from './log-reads.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';

/** Every read of this driver. */
export const reads: SqliteReads<ReadName> = {
  ...jobReads,
  ...childReads,
  ...logReads,
  ...executionReads,
  transitions: read(
    (connection, { after, limit }) =>
      connection.all<[string]>('SELECT record FROM transition WHERE sequence > ? ORDER BY sequence LIMIT ?', [
        after,
        limit,
      ]),
    (rows) => rows.map(([record]) => fromVersionedJson<TransitionRecord>(record)),
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
  const last = connection.first<[number | null]>('SELECT max(sequence) FROM transition')?.[0] ?? 0;
  const trimmed = connection.first<[number]>('SELECT through FROM transition_trim')?.[0] ?? 0;
  return {
    lastTransition: Math.max(last, trimmed),
    lastJobNumber: lastJobNumber(connection),
    sequences: waitingOrders(connection),
    cursors: Object.fromEntries(connection.all<[string, number]>('SELECT consumer, sequence FROM cursor')),
  };
}
