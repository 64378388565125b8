import type { Scope } from '../../core/arn.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Connection } from './connection.ts';

type Table = 'job' | 'log_stream' | 'idempotency' | 'execution';

/**
 * The scopes that have rows in a table, in order: two seeks each. The inequality must not be of the pair, of which
 * SQLite uses the account alone: it would then pass over all rows of that account's regions.
 */
export function scopesWith(connection: Connection, table: Table): Scope[] {
  const next = `SELECT account, region FROM ${table} WHERE account = ? AND region > ? ORDER BY region LIMIT 1`;
  const nextAccount = `SELECT account, region FROM ${table} WHERE account > ? ORDER BY account, region LIMIT 1`;
  const scopes: Scope[] = [];
  let last: [string, string] = ['', ''];
  for (;;) {
    const found =
      connection.first<[string, string]>(next, last) ?? connection.first<[string, string]>(nextAccount, [last[0]]);
    if (!found) return scopes;
    last = found;
    scopes.push({ account: found[0] as AccountId, region: found[1] as Region });
  }
}
