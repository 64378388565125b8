import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';
import { upsert } from './statements.ts';

export const childChanges: SqliteChanges<'arrayBits.put' | 'arrayChild.put' | 'node.put' | 'forgotten.trim'> = {
  'arrayBits.put': {
    columns: 2,
    encode: ({ number, encode }, batch) => {
      batch.push(number, encode());
    },
    // Encoded after everything else of its batch, in which the job may have been deleted.
    apply: (connection, columns) => {
      if (hasJob(connection, columns)) connection.run(upsert('array_bits', ['number'], ['bits']), columns);
    },
  },
  'arrayChild.put': {
    columns: 3,
    encode: ({ record: { number, index, ...state } }, batch) => {
      batch.push(number, index, toVersionedJson(state));
    },
    apply: ofJob(upsert('array_child', ['number', 'child'], ['state'])),
  },
  'node.put': {
    columns: 3,
    encode: ({ record: { number, index, ...state } }, batch) => {
      batch.push(number, index, toVersionedJson(state));
    },
    apply: ofJob(upsert('node', ['number', 'node'], ['state'])),
  },
  'forgotten.trim': {
    columns: 1,
    encode: ({ limit }, batch) => {
      batch.push(limit);
    },
    apply: (connection, [limit]) => trimForgotten(connection, Number(limit)),
  },
};

/** A row of a job's, which must exist. */
function ofJob(sql: string): (connection: Connection, columns: readonly Column[]) => void {
  return (connection, columns) => {
    if (!hasJob(connection, columns)) throw new CommitRefused('failed', `there is no job number ${columns[0]}`);
    connection.run(sql, columns);
  };
}

function hasJob(connection: Connection, [number = null]: readonly Column[]): boolean {
  return connection.first('SELECT 1 FROM job WHERE number = ?', [number]) !== undefined;
}

/** Job by job, lowest number first, its children and then its nodes. */
function trimForgotten(connection: Connection, limit: number): void {
  for (let left = limit; left > 0; ) {
    const number = connection.first<[number]>('SELECT min(number) FROM forgotten_job')?.[0] ?? null;
    if (number === null) return;
    left -= deleteSome(connection, 'array_child', 'child', number, left);
    left -= deleteSome(connection, 'node', 'node', number, left);
    if (left > 0) connection.run('DELETE FROM forgotten_job WHERE number = ?', [number]);
  }
}

function deleteSome(connection: Connection, table: string, key: string, number: number, limit: number): number {
  const some = `SELECT ${key} FROM ${table} WHERE number = ? ORDER BY ${key} LIMIT ?`;
  return connection.run(`DELETE FROM ${table} WHERE number = ? AND ${key} IN (${some})`, [number, number, limit]);
}
