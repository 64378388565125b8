import type { ArrayChildRecord, NodeRecord } from '../../core/job-record.ts';
import type { ArrayBits } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';

export const childReads: SqliteReads<'arrayBits' | 'arrayChildren' | 'nodes' | 'hasForgottenJobs'> = {
  arrayBits: plainRead<'arrayBits'>(bitsOf),
  arrayChildren: read(arrayChildren, (rows, { number }) =>
    rows.map(([index, state]) => ({
      number,
      index,
      ...fromVersionedJson<Omit<ArrayChildRecord, 'number' | 'index'>>(state),
    })),
  ),
  nodes: read(nodes, (rows, { number }) =>
    rows.map(([index, state]) => ({ number, index, ...fromVersionedJson<Pick<NodeRecord, 'state'>>(state) })),
  ),
  hasForgottenJobs: plainRead<'hasForgottenJobs'>(
    (connection) => connection.first('SELECT 1 FROM forgotten_job LIMIT 1') !== undefined,
  ),
};

export function bitsOf(connection: Connection, numbers: readonly number[]): ArrayBits[] {
  return numbers.flatMap((number) => {
    const bits = connection.first<[Uint8Array]>('SELECT bits FROM array_bits WHERE number = ?', [number])?.[0];
    return bits ? [{ number, bits }] : [];
  });
}

type ChildColumns = [index: number, state: string];

/** Children of a deleted array are there for a while, and are not shown. */
function arrayChildren(connection: Connection, ...[{ number, indexes }]: ReadInput<'arrayChildren'>): ChildColumns[] {
  if (!isJob(connection, number)) return [];
  const sql = 'SELECT child, state FROM array_child WHERE number = ? AND child = ?';
  return indexes
    .map((index) => connection.first<ChildColumns>(sql, [number, index]))
    .filter((row) => row !== undefined);
}

function nodes(connection: Connection, ...[{ number, after = -1, limit }]: ReadInput<'nodes'>): ChildColumns[] {
  if (!isJob(connection, number)) return [];
  const sql = 'SELECT node, state FROM node WHERE number = ? AND node > ? ORDER BY node LIMIT ?';
  return connection.all<ChildColumns>(sql, [number, after, limit]);
}

function isJob(connection: Connection, number: number): boolean {
  return connection.first('SELECT 1 FROM job WHERE number = ?', [number]) !== undefined;
}
