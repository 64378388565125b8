import type { Scope } from '../../core/arn.ts';
import type { Column, Connection } from './connection.ts';

/** The number of a scope in which nothing has been stored: no row has it. */
const unknown = 0;

/** What stands for an account and region in every key and index. */
export function scopeNumber(connection: Connection, { account, region }: Scope): number {
  return (
    connection.remember(
      `scope ${account} ${region}`,
      () =>
        connection.first<[number]>('SELECT number FROM scope WHERE account = ? AND region = ?', [account, region])?.[0],
    ) ?? unknown
  );
}

/** Makes the number if there is none yet. */
export function newScopeNumber(connection: Connection, account: Column, region: Column): number {
  const place = { account, region } as Scope;
  const known = scopeNumber(connection, place);
  if (known !== unknown) return known;
  connection.run('INSERT INTO scope (account, region) VALUES (?, ?)', [account, region]);
  return scopeNumber(connection, place);
}

/** A number that is a key stands in the first column of the statement for account and region, the first two of a change. */
export function scoped(sql: string): (connection: Connection, columns: readonly Column[]) => void {
  return (connection, [account = null, region = null, ...rest]) => {
    connection.run(sql, [newScopeNumber(connection, account, region), ...rest]);
  };
}
