import type { LogStreamQuery } from '../contract.ts';
import type { Column, Connection } from './connection.ts';
import type { RecordText, WorkerReads } from './protocol.ts';
import { scopesWith } from './scopes.ts';

/** Sorts after every character that a name can hold: a code point that Unicode sets aside. */
const lastCharacter = '\u{10FFFF}';

export function logStream(
  connection: Connection,
  { scope, groupName, name }: WorkerReads['logStream']['input'],
): RecordText | undefined {
  return connection.first<[RecordText]>(
    'SELECT record FROM log_stream WHERE account = ? AND region = ? AND group_name = ? AND name = ?',
    [scope.account, scope.region, groupName, name],
  )?.[0];
}

export function logStreams(connection: Connection, query: LogStreamQuery): RecordText[] {
  return query.order === 'name' ? streamsByName(connection, query) : streamsByEvent(connection, query);
}

function streamsByName(connection: Connection, query: LogStreamQuery): RecordText[] {
  const { namePrefix = '', after, descending } = query;
  const end = namePrefix + lastCharacter;
  const range = descending ? 'name >= ? AND name < ?' : 'name >= ? AND name < ? AND name > ?';
  const bounds = descending ? [namePrefix, lesser(end, after?.name)] : [namePrefix, end, after?.name ?? ''];
  return streamPage(connection, query, range, bounds, ['name'], query.limit);
}

function lesser(end: string, name: string | undefined): string {
  return name !== undefined && Buffer.compare(Buffer.from(name), Buffer.from(end)) < 0 ? name : end;
}

/** Streams with events first, then those without: the index holds the latter as NULL, at its beginning. */
function streamsByEvent(connection: Connection, query: LogStreamQuery): RecordText[] {
  const { after, limit } = query;
  const withEvents = after && after.lastEventAt === undefined ? [] : streamsWithEvents(connection, query);
  if (withEvents.length >= limit) return withEvents;
  return [...withEvents, ...streamsWithoutEvents(connection, query, limit - withEvents.length)];
}

function streamsWithEvents(connection: Connection, query: LogStreamQuery): RecordText[] {
  const { after, descending, namePrefix = '' } = query;
  const start = after ?? { lastEventAt: descending ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER, name: '' };
  return streamPage(
    connection,
    query,
    `last_event_at IS NOT NULL AND (last_event_at, name) ${descending ? '<' : '>'} (?, ?) AND ${hasPrefix}`,
    [start.lastEventAt ?? null, start.name, namePrefix, namePrefix],
    ['last_event_at', 'name'],
    query.limit,
  );
}

function streamsWithoutEvents(connection: Connection, query: LogStreamQuery, limit: number): RecordText[] {
  const { after, descending, namePrefix = '' } = query;
  const start = after && after.lastEventAt === undefined ? after.name : descending ? lastCharacter : '';
  return streamPage(
    connection,
    query,
    `last_event_at IS NULL AND name ${descending ? '<' : '>'} ? AND ${hasPrefix}`,
    [start, namePrefix, namePrefix],
    ['name'],
    limit,
  );
}

const hasPrefix = 'substr(name, 1, length(?)) = ?';

function streamPage(
  connection: Connection,
  { scope, groupName, descending }: LogStreamQuery,
  condition: string,
  values: readonly Column[],
  order: readonly string[],
  limit: number,
): RecordText[] {
  const ordered = order.map((column) => (descending ? `${column} DESC` : column)).join(', ');
  return texts(
    connection.all<[RecordText]>(
      'SELECT record FROM log_stream WHERE account = ? AND region = ? AND group_name = ? ' +
        `AND ${condition} ORDER BY ${ordered} LIMIT ?`,
      [scope.account, scope.region, groupName, ...values, limit],
    ),
  );
}

export function liveLogStreams(connection: Connection, { limit }: { limit: number }): RecordText[] {
  const sql =
    'SELECT record FROM log_stream WHERE account = ? AND region = ? AND live = 1 ORDER BY group_name, name LIMIT ?';
  const rows = scopesWith(connection, 'log_stream').flatMap(({ account, region }) =>
    connection.all<[RecordText]>(sql, [account, region, limit]),
  );
  return texts(rows.slice(0, limit));
}

export function oldestFinishedLogStreams(connection: Connection, { limit }: { limit: number }): RecordText[] {
  const sql =
    'SELECT record, ended_at FROM log_stream WHERE account = ? AND region = ? AND live = 0 AND segments > 0 ' +
    'ORDER BY ended_at, group_name, name LIMIT ?';
  const rows = scopesWith(connection, 'log_stream').flatMap(({ account, region }) =>
    connection.all<[RecordText, number]>(sql, [account, region, limit]),
  );
  return texts(rows.sort((a, b) => a[1] - b[1]).slice(0, limit));
}

export function logSegments(
  connection: Connection,
  { scope, groupName, streamName }: WorkerReads['logSegments']['input'],
): RecordText[] {
  return texts(
    connection.all<[RecordText]>(
      'SELECT record FROM log_segment WHERE account = ? AND region = ? AND group_name = ? AND stream_name = ? ORDER BY file',
      [scope.account, scope.region, groupName, streamName],
    ),
  );
}

export function expiredLogSegments(
  connection: Connection,
  { scope, groupName, before, limit }: WorkerReads['expiredLogSegments']['input'],
): RecordText[] {
  return texts(
    connection.all<[RecordText]>(
      'SELECT record FROM log_segment WHERE account = ? AND region = ? AND group_name = ? AND last_event_at < ? ' +
        'ORDER BY last_event_at, stream_name, file LIMIT ?',
      [scope.account, scope.region, groupName, before, limit],
    ),
  );
}

export function logBytes(connection: Connection): number {
  return connection.first<[number]>('SELECT bytes FROM log_total')?.[0] ?? 0;
}

function texts(rows: readonly (readonly [RecordText, ...Column[]])[]): RecordText[] {
  return rows.map(([record]) => record);
}
