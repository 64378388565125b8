import type { ArrayChildRecord, NodeRecord } from '../../core/job-record.ts';
import type { ArrayBits } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';

export const childReads: SqliteReads<'arrayBits' | 'arrayChildren' | 'nodes' | 'hasForgottenJobs'> = {
  arrayBits: plainRead<'arrayBits'>(bitsOf),
  arrayChildren: read(arrayChildren, (rows) =>
    rows.map(([number, index, state]) => ({
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

type ChildColumns = [number: number, index: number, state: string];

/** Children of a deleted array are there for a while, and are not shown. */
function arrayChildren(connection: Connection, ...[arrays]: ReadInput<'arrayChildren'>): ChildColumns[] {
  const sql = 'SELECT number, child, state FROM array_child WHERE number = ? AND child = ?';
  return arrays.flatMap(({ number, indexes }) => {
    if (!isJob(connection, number)) return [];
    return indexes
      .map((index) => connection.first<ChildColumns>(sql, [number, index]))
      .filter((row) => row !== undefined);
  });
}

type NodeRow = [index: number, state: string];

function nodes(connection: Connection, ...[{ number, after = -1, limit }]: ReadInput<'nodes'>): NodeRow[] {
  if (!isJob(connection, number)) return [];
  const sql = 'SELECT node, state FROM node WHERE number = ? AND node > ? ORDER BY node LIMIT ?';
  return connection.all<NodeRow>(sql, [number, after, limit]);
}

function isJob(connection: Connection, number: number): boolean {
  return connection.first('SELECT 1 FROM job WHERE number = ?', [number]) !== undefined;
}
