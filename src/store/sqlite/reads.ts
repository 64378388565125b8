import type { ReadName } from '../reads.ts';
import type { IdempotencyRecord, ResourceRecord, TransitionRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Connection } from './connection.ts';
import { executionReads } from './execution-reads.ts';
import { jobReads, waitingSequences } from './job-reads.ts';
import { logReads } from './log-reads.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';

/** Every read of this driver. */
export const reads: SqliteReads<ReadName> = {
  ...jobReads,
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
  resourceSlice: read(
    (connection, after, limit) =>
      connection.all<[number, string]>(
        'SELECT position, record FROM resource WHERE position > ? ORDER BY position LIMIT ?',
        [after, limit],
      ),
    (rows) => rows.map(([position, record]) => [position, fromVersionedJson<ResourceRecord>(record)] as const),
  ),
};

function loadFacts(connection: Connection) {
  const last = connection.first<[number | null]>('SELECT max(sequence) FROM transition')?.[0] ?? 0;
  const trimmed = connection.first<[number]>('SELECT through FROM transition_trim')?.[0] ?? 0;
  return {
    lastTransition: Math.max(last, trimmed),
    sequences: waitingSequences(connection),
    cursors: Object.fromEntries(connection.all<[string, number]>('SELECT consumer, sequence FROM cursor')),
  };
}
