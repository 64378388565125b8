import type { Change, ChangeKind } from '../changes.ts';
import { toFactRow } from '../facts.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChange, SqliteChanges } from './change.ts';
import { childChanges } from './child-changes.ts';
import type { Column, Connection } from './connection.ts';
import { executionChanges } from './execution-changes.ts';
import { CommitRefused } from './failure.ts';
import { jobChanges } from './job-changes.ts';
import { laneChanges } from './lanes.ts';
import { logChanges } from './log-changes.ts';
import { metricChanges } from './metrics.ts';
import { messageChanges } from './queue-messages.ts';
import { scoped } from './scope-numbers.ts';
import { serviceJobChanges } from './service-jobs.ts';
import { insert, statement, upsert } from './statements.ts';
import { usageChanges } from './usage.ts';

/** Every change of this driver. */
const changes: SqliteChanges<ChangeKind> = {
  'record.put': {
    columns: 5,
    encode: ({ record }, batch) => {
      batch.push(record.account, record.region, record.type, record.key, record.text);
    },
    apply: scoped(upsert('record', ['scope', 'type', 'key'], ['record'])),
  },
  'record.delete': {
    columns: 4,
    encode: ({ scope, type, key }, batch) => {
      batch.push(scope.account, scope.region, type, key);
    },
    apply: scoped('DELETE FROM record WHERE scope = ? AND type = ? AND key = ?'),
  },
  ...jobChanges,
  ...childChanges,
  ...serviceJobChanges,
  ...usageChanges,
  fact: {
    columns: 9,
    encode: ({ sequence, fact }, batch) => {
      const { account, region, at, kind, subject, from, to, rest } = toFactRow(fact);
      batch.push(account, region, sequence, at, kind, subject, from, to, rest);
    },
    apply: scoped(insert('fact', ['scope', 'sequence', 'at', 'kind', 'subject', 'before', 'after', 'rest'])),
  },
  'fact.trim': {
    columns: 4,
    encode: ({ through, before, keep, limit }, batch) => {
      batch.push(through, limit, before, keep);
    },
    apply: trimFacts,
  },
  'cursor.put': {
    columns: 3,
    encode: ({ consumer, cursor }, batch) => {
      batch.push(consumer, cursor.sequence, cursor.part ?? null);
    },
    apply: statement(upsert('cursor', ['consumer'], ['sequence', 'part'])),
  },
  'due.put': {
    columns: 4,
    encode: ({ of, key, dueAt, text }, batch) => {
      batch.push(of, key, dueAt, text);
    },
    apply: statement(upsert('due', ['kind', 'key'], ['due_at', 'body'])),
  },
  'due.hasten': {
    columns: 4,
    encode: ({ of, key, dueAt, text }, batch) => {
      batch.push(of, key, dueAt, text);
    },
    apply: statement(`${upsert('due', ['kind', 'key'], ['due_at', 'body'])} WHERE excluded.due_at < due_at`),
  },
  'due.delete': {
    columns: 2,
    encode: ({ of, key }, batch) => {
      batch.push(of, key);
    },
    apply: statement('DELETE FROM due WHERE kind = ? AND key = ?'),
  },
  ...laneChanges,
  ...messageChanges,
  ...metricChanges,
  ...logChanges,
  ...executionChanges,
  'idempotency.put': {
    columns: 5,
    encode: ({ record }, batch) => {
      batch.push(record.account, record.region, record.key, record.expiresAt, toVersionedJson(record));
    },
    apply: scoped(upsert('idempotency', ['scope', 'key'], ['expires_at', 'record'])),
  },
  'idempotency.trim': {
    columns: 2,
    encode: ({ before, limit }, batch) => {
      batch.push(before, limit);
    },
    apply: trimIdempotency,
  },
};

/** Appends a change to a batch: its kind, its columns. Flat, because that is cheap to post. */
export function encodeChange(change: Change, batch: Column[]): void {
  batch.push(change.kind);
  (changes[change.kind] as SqliteChange<typeof change.kind>).encode(change as never, batch);
}

/** Applies a batch in one transaction that first checks that this server still leads. Answers how many commits there are now. */
export function applyBatch(connection: Connection, epoch: number, batch: readonly Column[]): number {
  return connection.transaction(() => {
    const commits = countCommit(connection, epoch);
    for (let at = 0; at < batch.length; ) {
      const change = changes[batch[at] as ChangeKind];
      const end = at + 1 + change.columns;
      change.apply(connection, batch.slice(at + 1, end));
      at = end;
    }
    return commits;
  });
}

function countCommit(connection: Connection, epoch: number): number {
  const commits = connection.first<[number]>(
    'UPDATE leader SET commits = commits + 1 WHERE id = 1 AND epoch = ? RETURNING commits',
    [epoch],
  )?.[0];
  if (commits !== undefined) return commits;
  const found = connection.first<[number]>('SELECT epoch FROM leader WHERE id = 1')?.[0];
  throw new CommitRefused(
    'not-leading',
    `another server has taken over this store (its epoch ${found ?? 'none'}, ours ${epoch})`,
  );
}

/** Columns: through, limit, before, keep. */
function trimFacts(connection: Connection, [through = null, limit = null, ...rest]: readonly Column[]): void {
  const [before, keep] = rest.map(Number);
  const newest = connection.first<[number]>('SELECT sequence FROM fact ORDER BY sequence DESC LIMIT 1')?.[0] ?? 0;
  const oldest = connection.all<[sequence: number, at: number]>(
    'SELECT sequence, at FROM fact WHERE sequence <= ? ORDER BY sequence LIMIT ?',
    [through, limit],
  );
  const last = lastTrimmed(oldest, { before: before ?? 0, newest: newest - (keep ?? 0) });
  if (last === undefined) return;
  connection.run('DELETE FROM fact WHERE sequence <= ?', [last]);
  connection.run(
    'INSERT INTO fact_trim (id, through) VALUES (1, ?) ON CONFLICT DO UPDATE SET through = max(through, excluded.through)',
    [last],
  );
}

/** The last of the oldest facts, one after the other, that are old or far enough behind. */
function lastTrimmed(
  facts: readonly (readonly [sequence: number, at: number])[],
  bound: { readonly before: number; readonly newest: number },
): number | undefined {
  const kept = facts.findIndex(([sequence, at]) => at > bound.before && sequence > bound.newest);
  return (kept === -1 ? facts : facts.slice(0, kept)).at(-1)?.[0];
}

/** Columns: before, limit. The longest expired go first. */
function trimIdempotency(connection: Connection, columns: readonly Column[]): void {
  const expired = connection.all<[scope: number, key: string]>(
    'SELECT scope, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at, key, scope LIMIT ?',
    columns,
  );
  for (const row of expired) connection.run('DELETE FROM idempotency WHERE scope = ? AND key = ?', row);
}
