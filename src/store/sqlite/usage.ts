import type { StoredUsage } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import type { UsageRecord } from '../records.ts';
import { usageSumNames, usageSums } from '../usage-rows.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { type Names, namesOf, newNameNumber } from './names.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { newScopeNumber, scopeNumber } from './scope-numbers.ts';
import { insert, statement } from './statements.ts';

const key = ['scope', 'hour', 'queue', 'definition', 'share_identifier', 'principal'];
const sums = usageSumNames.map((name) => usageSums[name]);

/** Stands for a principal that is absent: names are numbered from 1. */
const nobody = 0;

const add =
  `${insert('usage', [...key, ...sums, 'peak_memory_bytes'])} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ` +
  `${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}, ` +
  'peak_memory_bytes = max(peak_memory_bytes, excluded.peak_memory_bytes)';

export const usageChanges: SqliteChanges<'usage.add' | 'usage.trim'> = {
  'usage.add': {
    columns: 1 + key.length + sums.length + 1,
    encode: ({ record }, batch) => {
      const { account, region, hour, jobQueueArn, jobDefinitionArn, shareIdentifier = '', principal = '' } = record;
      batch.push(account, region, hour, jobQueueArn, jobDefinitionArn, shareIdentifier, principal);
      for (const name of usageSumNames) batch.push(record[name]);
      batch.push(record.peakMemoryBytes);
    },
    apply: (connection, [account = null, region = null, hour = null, queue, definition, share = '', user, ...sums]) => {
      const [queueNumber, definitionNumber] = [queue, definition].map((arn) => newNameNumber(connection, String(arn)));
      const userNumber = user === '' ? nobody : newNameNumber(connection, String(user));
      const scope = newScopeNumber(connection, account, region);
      const key = [scope, hour, queueNumber ?? null, definitionNumber ?? null, share, userNumber];
      connection.run(add, [...key, ...sums]);
    },
  },
  'usage.trim': {
    columns: 2,
    encode: ({ before, limit }, batch) => {
      batch.push(before, limit);
    },
    apply: statement(
      'DELETE FROM usage WHERE position IN ' +
        '(SELECT position FROM usage INDEXED BY usage_by_age WHERE hour < ? ORDER BY hour, position LIMIT ?)',
    ),
  },
};

type UsageColumns = readonly [
  position: number,
  hour: number,
  queue: number,
  definition: number,
  share: string,
  principal: number,
  peakMemoryBytes: number,
  ...sums: number[],
];

export const usageReads: SqliteReads<'usage' | 'oldestUsage'> = {
  oldestUsage: plainRead<'oldestUsage'>(
    (connection) => connection.first<[number]>('SELECT hour FROM usage ORDER BY hour LIMIT 1')?.[0],
  ),
  usage: read(usage, ({ rows, names }, { scope }) => rows.map((row) => toUsage(row, names, scope))),
};

function usage(connection: Connection, ...[{ scope, from, to, after, limit }]: ReadInput<'usage'>) {
  const columns = ['position', ...key.slice(1), 'peak_memory_bytes', ...sums].join(', ');
  // One lower bound, or SQLite would pass over the rows between the two.
  const isPast = after !== undefined && after.hour >= from;
  const beyond = isPast ? '(hour, position) > (?, ?)' : 'hour >= ?';
  const start: Column[] = isPast ? [after.hour, after.position] : [from];
  const rows = connection.all<UsageColumns>(
    `SELECT ${columns} FROM usage INDEXED BY usage_by_hour WHERE scope = ? AND ${beyond} AND hour < ? ` +
      'ORDER BY hour, position LIMIT ?',
    [scopeNumber(connection, scope), ...start, to, limit],
  );
  return { rows, names: namesOf(connection, new Set(rows.flatMap((row) => [row[2], row[3], row[5]]))) };
}

function toUsage(row: UsageColumns, names: Names, { account, region }: ReadInput<'usage'>[0]['scope']): StoredUsage {
  const [position, hour, queue, definition, shareIdentifier, principal, peakMemoryBytes, ...values] = row;
  const taken = Object.fromEntries(usageSumNames.map((name, at) => [name, values[at] ?? 0]));
  return {
    account,
    region,
    position,
    hour,
    jobQueueArn: names[queue] ?? '',
    jobDefinitionArn: names[definition] ?? '',
    ...(shareIdentifier === '' ? {} : { shareIdentifier }),
    ...(principal === nobody ? {} : { principal: names[principal] ?? '' }),
    peakMemoryBytes,
    ...(taken as Pick<UsageRecord, (typeof usageSumNames)[number]>),
  };
}
