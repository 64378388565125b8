import type { Scope } from '../../core/arn.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Connection } from './connection.ts';

/**
 * The scopes that have rows in a table, in order: one seek each. Every index begins with the scope, so that what is
 * asked of the whole store is asked of each scope and merged.
 */
export function scopesWith(connection: Connection, table: 'job' | 'log_stream' | 'idempotency' | 'execution'): Scope[] {
  const sql = `SELECT account, region FROM ${table} WHERE (account, region) > (?, ?) ORDER BY account, region LIMIT 1`;
  const scopes: Scope[] = [];
  let last: [string, string] | undefined = ['', ''];
  for (;;) {
    last = connection.first<[string, string]>(sql, last);
    if (!last) return scopes;
    scopes.push({ account: last[0] as AccountId, region: last[1] as Region });
  }
}
