import { scopeOf } from '../../core/arn.ts';
import { fromFactRow } from '../facts.ts';
import type { LogStreamQuery } from '../queries.ts';
import type { DriverReads } from '../reads.ts';
import type { IdempotencyRecord, LogSegmentRecord, LogStreamRecord } from '../records.ts';
import { compareText } from '../text-order.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { executionReads } from './execution-reads.ts';
import { always, filter, takeWhile } from './iteration.ts';
import { jobReads } from './job-reads.ts';
import { loadReads } from './load-reads.ts';
import { metricReads } from './metrics.ts';
import { messageReads } from './queue-messages.ts';
import { serviceJobReads } from './service-jobs.ts';
import {
  all,
  compareLastEvent,
  compareLastEventDescending,
  compareStreams,
  keyOf,
  type LogStreamRow,
  laneTotalId,
  type Tables,
} from './tables.ts';

/** Every read, answered at once from the tables. */
export function memoryReads(tables: Tables): DriverReads {
  const { due, facts, laneItems, laneTotals, streams, segments, idempotency } = tables;
  return {
    ...jobReads(tables),
    ...serviceJobReads(tables),
    ...messageReads(tables),
    ...metricReads(tables),
    oldestUsage: () => takeWhile(tables.usage.list('byAge', all).from(always), 1, always)[0]?.hour,
    usage: ({ scope, from, to, after = { hour: from, position: 0 }, limit }) =>
      takeWhile(
        tables.usage
          .list('byHour', keyOf(scope))
          .from(({ hour, position }) => hour >= from && (hour - after.hour || position - after.position) > 0),
        limit,
        ({ hour }) => hour < to,
      ).map((row) => ({ ...row })),
    due: ({ of, limit }) =>
      takeWhile(due.list('byTime', of).from(always), limit, always).map(({ key, dueAt, text }) => ({
        key,
        dueAt,
        text,
      })),
    laneItems: ({ of, lane, limit }) =>
      takeWhile(laneItems.list('byTime', `${of} ${lane}`).from(always), limit, always).map((row) => ({ ...row })),
    laneTotal: ({ of, scope }) => {
      const { items = 0, size = 0 } = laneTotals.get(laneTotalId({ ...scopeOf(scope), of })) ?? {};
      return { items, size };
    },
    firstIdempotencyExpiry: () => takeWhile(idempotency.list('byExpiry', all).from(always), 1, always)[0]?.expiresAt,
    facts: ({ from, limit }) =>
      takeWhile(
        facts.list('bySequence', all).from((row) => row.sequence >= from),
        limit,
        always,
      ).map(({ sequence, ...row }) => ({ sequence, fact: fromFactRow(row) })),
    logStream: (scope, groupName, name) => streamRecord(streams.get(keyOf(scope, groupName, name))),
    logStreams: (query) => listStreams(tables, query),
    liveLogStreams: ({ after, limit }) =>
      takeWhile(
        streams.list('live', all).from((row) => after === undefined || compareStreams(row, after) > 0),
        limit,
        always,
      ).map(toStream),
    logSegments: (scope, groupName, streamName) =>
      [...segments.list('byFile', keyOf(scope, groupName, streamName)).from(always)].map(toSegment),
    expiredLogSegments: ({ scope, groupName, before, limit }) =>
      takeWhile(
        segments.list('byAge', keyOf(scope, groupName)).from(always),
        limit,
        (row) => row.lastEventAt < before,
      ).map(toSegment),
    oldestFinishedLogStreams: (limit) => oldestFinished(tables, limit).map(toStream),
    logBytes: () => [...segments.values()].reduce((sum, row) => sum + row.bytes, 0),
    idempotency: (scope, key) => {
      const row = idempotency.get(keyOf(scope, key));
      return row && fromVersionedJson<IdempotencyRecord>(row.record);
    },
    ...executionReads(tables),
    ...loadReads(tables),
  };
}

function toStream(row: LogStreamRow): LogStreamRecord {
  return fromVersionedJson(row.record);
}

function streamRecord(row: LogStreamRow | undefined): LogStreamRecord | undefined {
  return row && toStream(row);
}

function toSegment(row: { record: string }): LogSegmentRecord {
  return fromVersionedJson(row.record);
}

function listStreams({ streams }: Tables, query: LogStreamQuery): LogStreamRecord[] {
  const { scope, groupName, namePrefix = '', after, limit } = query;
  const list = streams.list(indexOf(query), keyOf(scope, groupName));
  const compare = compareFor(query);
  const place = after && { name: after.name, lastEventAt: after.lastEventAt ?? null };
  const rows = list.from((row) => place === undefined || compare(row, place) > 0);
  return takeWhile(
    filter(rows, (row) => row.name.startsWith(namePrefix)),
    limit,
    always,
  ).map(toStream);
}

function indexOf({ order, descending }: LogStreamQuery) {
  return descending ? (`${order}Descending` as const) : order;
}

function compareFor({ order, descending }: LogStreamQuery) {
  if (order === 'lastEventAt') return descending ? compareLastEventDescending : compareLastEvent;
  const direction = descending ? -1 : 1;
  return (a: { name: string }, b: { name: string }) => compareText(a.name, b.name) * direction;
}

function oldestFinished({ streams, segments }: Tables, limit: number): LogStreamRow[] {
  const hasSegments = (row: LogStreamRow) => segments.list('byFile', keyOf(row, row.groupName, row.name)).size > 0;
  return takeWhile(filter(streams.list('finished', all).from(always), hasSegments), limit, always);
}
