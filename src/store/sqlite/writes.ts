import type { Column, Connection } from './connection.ts';
import { executionWrites } from './execution-writes.ts';
import { CommitRefused } from './failure.ts';
import { scopesWith } from './scopes.ts';

/** One kind of row change: how many columns it takes, and what it does. Throws to refuse the whole batch. */
interface Write {
  readonly columns: number;
  readonly apply: (connection: Connection, columns: readonly Column[]) => void;
}

/** What a batch is made of: a name, then that write's columns, then the next name... */
export const writes = {
  'record.put': upsert('record', ['account', 'region', 'type', 'key'], ['record']),
  'record.delete': statement('DELETE FROM record WHERE account = ? AND region = ? AND type = ? AND key = ?'),
  'job.insert': insert('job', [
    'account',
    'region',
    'job_id',
    'job_name',
    'job_queue_arn',
    'job_definition_arn',
    'share_identifier',
    'created_at',
    'sequence',
    'status',
    'stopped_at',
    'detail',
    'tags',
    'state',
  ]),
  'specification.insert': insert('job_specification', ['account', 'region', 'job_id', 'specification']),
  'job.update': existing(
    'UPDATE job SET state = ?, status = ?, stopped_at = ? WHERE account = ? AND region = ? AND job_id = ?',
  ),
  'job.move': existing(
    'UPDATE job SET sequence = ?, state = ?, status = ?, stopped_at = ? WHERE account = ? AND region = ? AND job_id = ?',
  ),
  'job.tag': statement('UPDATE job SET tags = ? WHERE account = ? AND region = ? AND job_id = ?'),
  'job.delete': statement('DELETE FROM job WHERE account = ? AND region = ? AND job_id = ?'),
  transition: insert('transition', ['sequence', 'record']),
  'transition.trim': { columns: 2, apply: trimTransitions },
  'cursor.put': upsert('cursor', ['consumer'], ['sequence']),
  'stream.put': upsert(
    'log_stream',
    ['account', 'region', 'group_name', 'name'],
    ['live', 'last_event_at', 'ended_at', 'record'],
  ),
  'stream.delete': statement('DELETE FROM log_stream WHERE account = ? AND region = ? AND group_name = ? AND name = ?'),
  'segment.put': upsert(
    'log_segment',
    ['account', 'region', 'group_name', 'stream_name', 'file'],
    ['last_event_at', 'bytes', 'record'],
  ),
  'segment.delete': statement(
    'DELETE FROM log_segment WHERE account = ? AND region = ? AND group_name = ? AND stream_name = ? AND file = ?',
  ),
  ...executionWrites,
  'idempotency.put': upsert('idempotency', ['account', 'region', 'key'], ['expires_at', 'record']),
  'idempotency.trim': { columns: 2, apply: trimIdempotency },
} satisfies Record<string, Write>;

export type WriteName = keyof typeof writes;

/** Applies a batch in one transaction that first checks that this server still leads. Answers how many commits there are now. */
export function applyBatch(connection: Connection, epoch: number, batch: readonly Column[]): number {
  return connection.transaction(() => {
    const commits = countCommit(connection, epoch);
    for (let at = 0; at < batch.length; ) {
      const write: Write = writes[batch[at] as WriteName];
      const end = at + 1 + write.columns;
      write.apply(connection, batch.slice(at + 1, end));
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

function statement(sql: string): Write {
  return { columns: sql.split('?').length - 1, apply: (connection, columns) => connection.run(sql, columns) };
}

/** A statement that must find its row. */
function existing(sql: string): Write {
  return {
    ...statement(sql),
    apply: (connection, columns) => {
      if (connection.run(sql, columns) === 0)
        throw new CommitRefused('failed', `no row for: ${sql} [${columns.slice(-3)}]`);
    },
  };
}

function insert(table: string, columns: readonly string[]): Write {
  return statement(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
}

function upsert(table: string, key: readonly string[], rest: readonly string[]): Write {
  const columns = [...key, ...rest];
  const updates = rest.map((column) => `${column} = excluded.${column}`);
  return statement(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
      `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
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
  const [before = null, limit = null] = columns;
  type Expired = [account: string, region: string, key: string, expiresAt: number];
  const expired = scopesWith(connection, 'idempotency').flatMap(({ account, region }) =>
    connection.all<Expired>(
      'SELECT account, region, key, expires_at FROM idempotency ' +
        'WHERE account = ? AND region = ? AND expires_at <= ? ORDER BY expires_at, key LIMIT ?',
      [account, region, before, limit],
    ),
  );
  // Scopes come in order and sorting is stable, so that equal times keep the order of scope and key.
  const first = expired.sort((a, b) => a[3] - b[3]).slice(0, Number(limit));
  for (const [account, region, key] of first) {
    connection.run('DELETE FROM idempotency WHERE account = ? AND region = ? AND key = ?', [account, region, key]);
  }
}
