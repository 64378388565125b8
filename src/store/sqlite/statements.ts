import type { Column, Connection } from './connection.ts';

/** What the worker does with the columns of a change. */
type Apply = (connection: Connection, columns: readonly Column[]) => void;

/** One statement with these columns as its parameters. */
export function statement(sql: string): Apply {
  return (connection, columns) => {
    connection.run(sql, columns);
  };
}

export function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

export function upsert(table: string, key: readonly string[], rest: readonly string[]): string {
  const updates = rest.map((column) => `${column} = excluded.${column}`);
  return `${insert(table, [...key, ...rest])} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`;
}
