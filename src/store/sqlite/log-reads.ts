import type { Scope } from '../../core/arn.ts';
import type { LogStreamQuery } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import type { LogSegmentRecord, LogStreamRecord } from '../records.ts';
import { compareText } from '../text-order.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Column, Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';

/** Versioned JSON of a record. */
type RecordText = string;

export const logReads: SqliteReads<
  | 'logStream'
  | 'logStreams'
  | 'liveLogStreams'
  | 'logSegments'
  | 'expiredLogSegments'
  | 'oldestFinishedLogStreams'
  | 'logBytes'
> = {
  logStream: read(logStream, (text) => (text === undefined ? undefined : fromVersionedJson<LogStreamRecord>(text))),
  logStreams: read(logStreams, toStreams),
  liveLogStreams: read(liveLogStreams, toStreams),
  logSegments: read(logSegments, toSegments),
  expiredLogSegments: read(expiredLogSegments, toSegments),
  oldestFinishedLogStreams: read(oldestFinishedLogStreams, toStreams),
  logBytes: plainRead<'logBytes'>(logBytes),
};

function toStreams(texts: readonly RecordText[]): LogStreamRecord[] {
  return texts.map((text) => fromVersionedJson<LogStreamRecord>(text));
}

function toSegments(texts: readonly RecordText[]): LogSegmentRecord[] {
  return texts.map((text) => fromVersionedJson<LogSegmentRecord>(text));
}

/** Sorts after every character that a name can hold: a code point that Unicode sets aside. */
const lastCharacter = '\u{10FFFF}';

function logStream(connection: Connection, scope: Scope, groupName: string, name: string): RecordText | undefined {
  return connection.first<[RecordText]>(
    'SELECT record FROM log_stream WHERE scope = ? AND group_name = ? AND name = ?',
    [scopeNumber(connection, scope), groupName, name],
  )?.[0];
}

function logStreams(connection: Connection, query: LogStreamQuery): RecordText[] {
  return query.order === 'name' ? streamsByName(connection, query) : streamsByEvent(connection, query);
}

/** One bound at each end: of two lower bounds SQLite would seek to the first and pass over rows up to the other. */
function streamsByName(connection: Connection, query: LogStreamQuery): RecordText[] {
  const { namePrefix = '', after, descending } = query;
  const end = namePrefix + lastCharacter;
  if (descending) {
    const before = after && compareText(after.name, end) < 0 ? after.name : end;
    return streamPage(connection, query, 'name >= ? AND name < ?', [namePrefix, before], ['name'], query.limit);
  }
  const isPast = after && compareText(after.name, namePrefix) >= 0;
  const range = isPast ? 'name > ? AND name < ?' : 'name >= ? AND name < ?';
  return streamPage(connection, query, range, [isPast ? after.name : namePrefix, end], ['name'], query.limit);
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
    // Not of streams without events: NULL is neither less nor greater.
    `(last_event_at, name) ${descending ? '<' : '>'} (?, ?) AND ${hasPrefix}`,
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

/** Left to itself, SQLite goes through all streams by name to find those without events. */
function indexFor(order: LogStreamQuery['order']): string {
  return order === 'name' ? '' : 'INDEXED BY log_stream_by_event';
}

function streamPage(
  connection: Connection,
  { scope, groupName, order, descending }: LogStreamQuery,
  condition: string,
  values: readonly Column[],
  sorting: readonly string[],
  limit: number,
): RecordText[] {
  const ordered = sorting.map((column) => (descending ? `${column} DESC` : column)).join(', ');
  return texts(
    connection.all<[RecordText]>(
      `SELECT record FROM log_stream ${indexFor(order)} WHERE scope = ? AND group_name = ? ` +
        `AND ${condition} ORDER BY ${ordered} LIMIT ?`,
      [scopeNumber(connection, scope), groupName, ...values, limit],
    ),
  );
}

function liveLogStreams(connection: Connection, ...[{ after, limit }]: ReadInput<'liveLogStreams'>): RecordText[] {
  const start = after ? [after.groupName, after.name, scopeNumber(connection, after)] : ['', '', 0];
  const sql =
    'SELECT record FROM log_stream WHERE live = 1 AND (group_name, name, scope) > (?, ?, ?) ' +
    'ORDER BY group_name, name, scope LIMIT ?';
  return texts(connection.all<[RecordText]>(sql, [...start, limit]));
}

function oldestFinishedLogStreams(connection: Connection, limit: number): RecordText[] {
  const sql =
    'SELECT record FROM log_stream WHERE live = 0 AND segments > 0 ORDER BY ended_at, group_name, name, scope LIMIT ?';
  return texts(connection.all<[RecordText]>(sql, [limit]));
}

function logSegments(connection: Connection, scope: Scope, groupName: string, streamName: string): RecordText[] {
  return texts(
    connection.all<[RecordText]>(
      'SELECT record FROM log_segment WHERE scope = ? AND group_name = ? AND stream_name = ? ORDER BY file',
      [scopeNumber(connection, scope), groupName, streamName],
    ),
  );
}

function expiredLogSegments(
  connection: Connection,
  ...[{ scope, groupName, before, limit }]: ReadInput<'expiredLogSegments'>
): RecordText[] {
  return texts(
    connection.all<[RecordText]>(
      'SELECT record FROM log_segment WHERE scope = ? AND group_name = ? AND last_event_at < ? ' +
        'ORDER BY last_event_at, stream_name, file LIMIT ?',
      [scopeNumber(connection, scope), groupName, before, limit],
    ),
  );
}

function logBytes(connection: Connection): number {
  return connection.first<[number]>('SELECT bytes FROM log_total')?.[0] ?? 0;
}

function texts(rows: readonly (readonly [RecordText, ...Column[]])[]): RecordText[] {
  return rows.map(([record]) => record);
}
