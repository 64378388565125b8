import type { ChangeKind, ChangeOf } from '../changes.ts';
import type { Column, Connection } from './connection.ts';

/** A change in two halves: the main thread takes what it holds into columns, the worker writes them. */
export interface SqliteChange<Kind extends ChangeKind> {
  /** How many columns `encode` appends. */
  readonly columns: number;
  readonly encode: (change: ChangeOf<Kind>, batch: Column[]) => void;
  /** Throws to refuse the whole batch. */
  readonly apply: (connection: Connection, columns: readonly Column[]) => void;
}

export type SqliteChanges<Kind extends ChangeKind> = { readonly [Each in Kind]: SqliteChange<Each> };
