import type { Change, ChangeKind } from '../changes.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChange, SqliteChanges } from './change.ts';
import { childChanges } from './child-changes.ts';
import type { Column, Connection } from './connection.ts';
import { executionChanges } from './execution-changes.ts';
import { CommitRefused } from './failure.ts';
import { jobChanges } from './job-changes.ts';
import { logChanges } from './log-changes.ts';
import { scoped } from './scope-numbers.ts';
import { insert, statement, upsert } from './statements.ts';

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
  transition: {
    columns: 2,
    encode: ({ record }, batch) => {
      batch.push(record.sequence, toVersionedJson(record));
    },
    apply: statement(insert('transition', ['sequence', 'record'])),
  },
  'transition.trim': {
    columns: 2,
    encode: ({ through, limit }, batch) => {
      batch.push(through, limit);
    },
    apply: trimTransitions,
  },
  'cursor.put': {
    columns: 2,
    encode: ({ consumer, sequence }, batch) => {
      batch.push(consumer, sequence);
    },
    apply: statement(upsert('cursor', ['consumer'], ['sequence'])),
  },
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
    'lost-leadership',
    `another server has taken over this store (its epoch ${found ?? 'none'}, ours ${epoch})`,
  );
}

/** Columns: through, limit. */
function trimTransitions(connection: Connection, columns: readonly Column[]): void {
  const last = connection.first<[number | null]>(
    'SELECT max(sequence) FROM (SELECT sequence FROM transition WHERE sequence <= ? ORDER BY sequence LIMIT ?)',
    columns,
  )?.[0];
  if (last === undefined || last === null) return;
  connection.run('DELETE FROM transition WHERE sequence <= ?', [last]);
  connection.run(
    'INSERT INTO transition_trim (id, through) VALUES (1, ?) ON CONFLICT DO UPDATE SET through = max(through, excluded.through)',
    [last],
  );
}

/** Columns: before, limit. The longest expired go first. */
function trimIdempotency(connection: Connection, columns: readonly Column[]): void {
  const expired = connection.all<[scope: number, key: string]>(
    'SELECT scope, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at, key, scope LIMIT ?',
    columns,
  );
  for (const row of expired) connection.run('DELETE FROM idempotency WHERE scope = ? AND key = ?', row);
}
