import type { Scope } from '../../core/arn.ts';
import type { JobStatus } from '../../core/job.ts';
import type { ExecutionListQuery } from '../contract.ts';
import type { ExecutionColumns, FixedExecutionColumns, HistoryRow } from '../execution-rows.ts';
import type { FactCursor, FactRow } from '../facts.ts';
import type { LaneItem, LanePlace, LaneTotal } from '../lanes.ts';
import type { RecentPoints } from '../metric-points.ts';
import type { DueRow, LogStreamPlace, StoredUsage } from '../queries.ts';
import type { MessageContent, QueueMessage, SentBefore } from '../queue-messages.ts';
import type { StoredRecord } from '../record-type.ts';
import type { UsageRecord } from '../records.ts';
import type { JobRow } from '../rows.ts';
import type { ServiceJobColumns, ServiceJobStatus } from '../service-jobs.ts';
import { compareText } from '../text-order.ts';
import { metricChunkTable } from './metric-table.ts';
import { type Journal, MemoryTable } from './table.ts';

/** Rows hold versioned JSON, as the rows of any driver: what a caller keeps of a record can never reach into the store. */
export interface RecordRow extends StoredRecord {
  /** Counts creations: replacing a record keeps its position. */
  readonly position: number;
}

export interface MemoryJobRow extends JobRow {
  readonly specification: string;
}

/** That a job needs a consumable resource, by its ARN. */
export interface JobConsumableRow {
  readonly resource: string;
  readonly createdAt: number;
  readonly number: number;
  readonly jobId: string;
}

export function jobConsumableKey({ number, resource }: Pick<JobConsumableRow, 'number' | 'resource'>): string {
  return `${number} ${resource}`;
}

export interface ArrayBitsRow {
  readonly number: number;
  readonly bits: Uint8Array;
}

/** A child of an array, or a node of a multi-node job. */
export interface ChildRow {
  readonly number: number;
  readonly index: number;
  readonly state: string;
}

export interface ServiceJobRow extends Scope, ServiceJobColumns {
  readonly jobId: string;
  /** Counts insertions. */
  readonly number: number;
  readonly jobName: string;
  readonly jobQueueArn: string;
  readonly shareIdentifier: string | null;
  readonly quotaShareName: string | null;
  readonly createdAt: number;
  readonly record: string;
  readonly payload: string;
}

export interface MemoryDueRow extends DueRow {
  readonly of: string;
}

/** Names a piece of work; a kind has no space. */
export function dueId({ of, key }: { readonly of: string; readonly key: string }): string {
  return `${of} ${key}`;
}

/** Names what waits in a lane; a kind has no space. */
export function laneId({ of, key }: LanePlace): string {
  return `${of} ${key}`;
}

export interface LaneTotalRow extends Scope, LaneTotal {
  readonly of: string;
}

export function laneTotalId(row: Scope & { readonly of: string }): string {
  return keyOf(row, row.of);
}

export interface LoggedFactRow extends FactRow {
  readonly sequence: number;
}

export interface LogStreamRow extends Scope {
  readonly groupName: string;
  readonly name: string;
  readonly live: boolean;
  readonly lastEventAt: number | null;
  readonly createdAt: number;
  readonly record: string;
}

export interface LogSegmentRow extends Scope {
  readonly groupName: string;
  readonly streamName: string;
  readonly file: string;
  readonly lastEventAt: number;
  readonly bytes: number;
  readonly record: string;
}

export interface IdempotencyRow extends Scope {
  readonly key: string;
  readonly expiresAt: number;
  readonly record: string;
}

export interface MemoryExecutionRow extends Scope, ExecutionColumns, FixedExecutionColumns {
  readonly arn: string;
  readonly position: number;
  readonly input: string;
}

/** What belongs to an execution is found by `execution`: its key. */
export interface OfExecution {
  readonly execution: string;
}

export interface FrameRow extends OfExecution {
  readonly id: string;
  readonly frame: string;
}

export interface MapRunRow extends OfExecution, Scope {
  readonly arn: string;
  readonly record: string;
}

/** A key of several parts that no other parts can make. */
export function keyOf(scope: Scope, ...parts: readonly string[]): string {
  return `${scope.account} ${scope.region} ${parts.map((part) => `${part.length}:${part}`).join('')}`;
}

/** Job lists are by queue and status, so that listing the few running jobs passes over no waiting ones. */
export function listKey(jobQueueArn: string, status: JobStatus): string {
  return `${jobQueueArn} ${status}`;
}

/** The same of service jobs. */
export function serviceListKey(jobQueueArn: string, status: ServiceJobStatus): string {
  return `${jobQueueArn} ${status}`;
}

/** Those of a scope that wait, or that have ended. */
export function serviceTotalKey(scope: Scope, waits: boolean): string {
  return keyOf(scope, waits ? 'waiting' : 'finished');
}

/** The key of a child or node within its table. */
export function childKey(number: number, index: number): string {
  return `${number} ${index}`;
}

/** The group of a list of executions. */
export function executionListKey(
  scope: Scope,
  arn: string,
  status: ExecutionColumns['status'],
  redriven: boolean,
): string {
  return keyOf(scope, arn, status, String(redriven));
}

/** The one group of an index over the whole store. */
export const all = 'all';

export type Tables = ReturnType<typeof createTables>;

export function createTables(journal: Journal) {
  return {
    cursors: new MemoryTable<{ consumer: string; cursor: FactCursor }, never>((row) => row.consumer, {}, journal),
    records: new MemoryTable<RecordRow, 'byPosition'>(
      (row) => keyOf(row, row.type, row.key),
      { byPosition: { group: () => all, compare: (a, b) => a.position - b.position } },
      journal,
    ),
    jobs: jobTable(journal),
    jobConsumables: new MemoryTable<JobConsumableRow, 'newestFirst'>(
      jobConsumableKey,
      {
        newestFirst: {
          group: ({ resource }) => resource,
          compare: (a, b) => b.createdAt - a.createdAt || b.number - a.number,
        },
      },
      journal,
    ),
    deletedJobs: new MemoryTable<{ highestNumber: number }, never>(() => all, {}, journal),
    arrayBits: new MemoryTable<ArrayBitsRow, never>((row) => String(row.number), {}, journal),
    arrayChildren: childTable(journal),
    nodes: childTable(journal),
    serviceJobs: serviceJobTable(journal),
    usage: usageTable(journal),
    forgottenJobs: new MemoryTable<{ number: number }, 'byNumber'>(
      (row) => String(row.number),
      { byNumber: { group: () => all, compare: (a, b) => a.number - b.number } },
      journal,
    ),
    due: new MemoryTable<MemoryDueRow, 'byTime'>(
      dueId,
      { byTime: { group: (row) => row.of, compare: (a, b) => a.dueAt - b.dueAt || compareText(a.key, b.key) } },
      journal,
    ),
    laneItems: new MemoryTable<LaneItem, 'byTime'>(
      laneId,
      {
        byTime: {
          group: ({ of, lane }) => `${of} ${lane}`,
          compare: (a, b) => a.dueAt - b.dueAt || compareText(a.key, b.key),
        },
      },
      journal,
    ),
    laneTotals: new MemoryTable<LaneTotalRow, never>(laneTotalId, {}, journal),
    messages: messageTable(journal),
    messageContents: new MemoryTable<MessageContent, 'byNumber'>(
      (row) => String(row.number),
      { byNumber: { group: () => all, compare: (a, b) => a.number - b.number } },
      journal,
    ),
    sentBefore: sentBeforeTable(journal),
    recentPoints: new MemoryTable<RecentPoints, 'byId'>(
      (row) => String(row.id),
      { byId: { group: () => all, compare: (a, b) => a.id - b.id } },
      journal,
    ),
    metricChunks: metricChunkTable(journal),
    facts: new MemoryTable<LoggedFactRow, 'bySequence'>(
      (row) => String(row.sequence),
      { bySequence: { group: () => all, compare: (a, b) => a.sequence - b.sequence } },
      journal,
    ),
    trimmed: new MemoryTable<{ through: number }, never>(() => all, {}, journal),
    streams: streamTable(journal),
    segments: segmentTable(journal),
    executions: executionTable(journal),
    frames: new MemoryTable<FrameRow, 'byId'>(
      (row) => frameKey(row.execution, row.id),
      { byId: { group: (row) => row.execution, compare: (a, b) => compareText(a.id, b.id) } },
      journal,
    ),
    histories: new MemoryTable<HistoryRow & OfExecution, 'forwards' | 'backwards'>(
      (row) => frameKey(row.execution, String(row.firstEvent)),
      {
        forwards: { group: (row) => row.execution, compare: (a, b) => a.firstEvent - b.firstEvent },
        backwards: { group: (row) => row.execution, compare: (a, b) => b.firstEvent - a.firstEvent },
      },
      journal,
    ),
    mapRuns: new MemoryTable<MapRunRow, 'byArn'>(
      (row) => keyOf(row, row.arn),
      { byArn: { group: (row) => row.execution, compare: (a, b) => compareText(a.arn, b.arn) } },
      journal,
    ),
    idempotency: new MemoryTable<IdempotencyRow, 'byExpiry'>(
      (row) => keyOf(row, row.key),
      { byExpiry: { group: () => all, compare: (a, b) => a.expiresAt - b.expiresAt || byKey(a, b, a.key, b.key) } },
      journal,
    ),
  };
}

/** The key of what is a queue's. */
export function ofQueue(queue: number, key: string | number): string {
  return `${queue} ${key}`;
}

function messageTable(journal: Journal) {
  return new MemoryTable<QueueMessage, 'byPlace' | 'ofQueue'>(
    (row) => ofQueue(row.queue, row.id),
    {
      byPlace: { group: () => all, compare: (a, b) => a.queue - b.queue || a.id - b.id },
      ofQueue: { group: (row) => String(row.queue), compare: (a, b) => a.id - b.id },
    },
    journal,
  );
}

function sentBeforeTable(journal: Journal) {
  return new MemoryTable<SentBefore, 'byPlace' | 'ofQueue'>(
    (row) => ofQueue(row.queue, row.key),
    {
      byPlace: { group: () => all, compare: (a, b) => a.queue - b.queue || compareText(a.key, b.key) },
      ofQueue: { group: (row) => String(row.queue), compare: (a, b) => compareText(a.key, b.key) },
    },
    journal,
  );
}

function jobTable(journal: Journal) {
  return new MemoryTable<MemoryJobRow, 'byNumber' | 'newestFirst' | 'waiting' | 'finished'>(
    (row) => row.jobId,
    {
      byNumber: { group: () => all, compare: (a, b) => a.number - b.number },
      newestFirst: {
        group: (row) => listKey(row.jobQueueArn, row.status),
        compare: (a, b) => b.createdAt - a.createdAt || b.number - a.number,
      },
      waiting: {
        group: (row) => (row.stoppedAt === null ? all : undefined),
        compare: (a, b) => a.order - b.order || a.number - b.number,
      },
      finished: {
        group: (row) => (row.stoppedAt === null ? undefined : all),
        compare: (a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0) || a.number - b.number,
      },
    },
    journal,
  );
}

function serviceJobTable(journal: Journal) {
  const byRank = (a: ServiceJobRow, b: ServiceJobRow) => b.rank - a.rank || a.number - b.number;
  const waits = (row: ServiceJobRow) => row.stoppedAt === null;
  return new MemoryTable<
    ServiceJobRow,
    'byNumber' | 'newestFirst' | 'ofQueue' | 'ofQuotaShare' | 'byState' | 'finished'
  >(
    (row) => row.jobId,
    {
      byNumber: { group: () => all, compare: (a, b) => a.number - b.number },
      newestFirst: {
        group: (row) => serviceListKey(row.jobQueueArn, row.status),
        compare: (a, b) => b.createdAt - a.createdAt || b.number - a.number,
      },
      ofQueue: { group: (row) => (waits(row) ? row.jobQueueArn : undefined), compare: byRank },
      ofQuotaShare: {
        group: (row) => (waits(row) && row.quotaShareName ? `${row.jobQueueArn} ${row.quotaShareName}` : undefined),
        compare: byRank,
      },
      byState: { group: (row) => serviceTotalKey(row, waits(row)), compare: (a, b) => a.number - b.number },
      finished: {
        group: (row) => (waits(row) ? undefined : all),
        compare: (a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0) || a.number - b.number,
      },
    },
    journal,
  );
}

function usageTable(journal: Journal) {
  return new MemoryTable<StoredUsage, 'byPosition' | 'byHour' | 'byAge'>(
    usageKey,
    {
      byPosition: { group: () => all, compare: (a, b) => a.position - b.position },
      byHour: { group: (row) => keyOf(row), compare: (a, b) => a.hour - b.hour || a.position - b.position },
      byAge: { group: () => all, compare: (a, b) => a.hour - b.hour || a.position - b.position },
    },
    journal,
  );
}

export function usageKey(record: UsageRecord): string {
  const { hour, jobQueueArn, jobDefinitionArn, shareIdentifier = '', principal = '' } = record;
  return keyOf(record, String(hour), jobQueueArn, jobDefinitionArn, shareIdentifier, principal);
}

/** Children of arrays, or nodes, by their job's number. */
function childTable(journal: Journal) {
  return new MemoryTable<ChildRow, 'byIndex'>(
    (row) => childKey(row.number, row.index),
    { byIndex: { group: (row) => String(row.number), compare: (a, b) => a.index - b.index } },
    journal,
  );
}

/** The key of what belongs to an execution. */
export function frameKey(execution: string, id: string): string {
  return `${execution} ${id}`;
}

type ExecutionLists = ExecutionListQuery['of'];

function executionTable(journal: Journal) {
  const list = (arnOf: (row: MemoryExecutionRow) => string | null) => ({
    group: (row: MemoryExecutionRow) => {
      const arn = arnOf(row);
      return arn === null ? undefined : executionListKey(row, arn, row.status, row.redriveCount > 0);
    },
    compare: (a: MemoryExecutionRow, b: MemoryExecutionRow) => b.position - a.position,
  });
  const byPosition = (a: MemoryExecutionRow, b: MemoryExecutionRow) => a.position - b.position;
  return new MemoryTable<MemoryExecutionRow, ExecutionLists | 'all' | 'running' | 'finished' | 'byRevision'>(
    (row) => keyOf(row, row.arn),
    {
      stateMachine: list((row) => row.stateMachineArn),
      version: list((row) => row.versionArn),
      alias: list((row) => row.aliasArn),
      mapRun: list((row) => row.mapRunArn),
      all: { group: () => all, compare: byPosition },
      running: { group: (row) => (row.stoppedAt === null ? all : undefined), compare: byPosition },
      finished: {
        group: (row) => (row.stoppedAt === null ? undefined : all),
        compare: (a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0) || byPosition(a, b),
      },
      byRevision: { group: (row) => row.revisionId, compare: byPosition },
    },
    journal,
  );
}

function streamTable(journal: Journal) {
  const group = (row: LogStreamRow) => keyOf(row, row.groupName);
  return new MemoryTable<
    LogStreamRow,
    'name' | 'nameDescending' | 'lastEventAt' | 'lastEventAtDescending' | 'live' | 'finished'
  >(
    (row) => keyOf(row, row.groupName, row.name),
    {
      name: { group, compare: (a, b) => compareText(a.name, b.name) },
      nameDescending: { group, compare: (a, b) => compareText(b.name, a.name) },
      lastEventAt: { group, compare: (a, b) => compareLastEvent(a, b) },
      lastEventAtDescending: { group, compare: (a, b) => compareLastEventDescending(a, b) },
      live: { group: (row) => (row.live ? all : undefined), compare: compareStreams },
      finished: {
        group: (row) => (row.live ? undefined : all),
        compare: (a, b) => endedAt(a) - endedAt(b) || compareStreams(a, b),
      },
    },
    journal,
  );
}

function segmentTable(journal: Journal) {
  return new MemoryTable<LogSegmentRow, 'byFile' | 'byAge'>(
    (row) => keyOf(row, row.groupName, row.streamName, row.file),
    {
      byFile: {
        group: (row) => keyOf(row, row.groupName, row.streamName),
        compare: (a, b) => compareText(a.file, b.file),
      },
      byAge: {
        group: (row) => keyOf(row, row.groupName),
        compare: (a, b) =>
          a.lastEventAt - b.lastEventAt || compareText(a.streamName, b.streamName) || compareText(a.file, b.file),
      },
    },
    journal,
  );
}

/** A place in the order by last event. */
export interface LastEventPlace {
  readonly name: string;
  readonly lastEventAt: number | null;
}

/** Streams without events come last, both ways. */
export function compareLastEvent(a: LastEventPlace, b: LastEventPlace): number {
  return compareWithAbsentLast(a.lastEventAt, b.lastEventAt, 1) || compareText(a.name, b.name);
}

export function compareLastEventDescending(a: LastEventPlace, b: LastEventPlace): number {
  return compareWithAbsentLast(a.lastEventAt, b.lastEventAt, -1) || compareText(b.name, a.name);
}

function compareWithAbsentLast(a: number | null, b: number | null, direction: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return (a - b) * direction;
}

/** A stream without events ended when it was made. */
function endedAt(row: LogStreamRow): number {
  return row.lastEventAt ?? row.createdAt;
}

/** By name: the order of live streams. */
export function compareStreams(a: LogStreamPlace, b: LogStreamPlace): number {
  return compareText(a.groupName, b.groupName) || compareText(a.name, b.name) || compareScopes(a, b);
}

function byKey(a: Scope, b: Scope, aKey: string, bKey: string): number {
  return compareText(aKey, bKey) || compareScopes(a, b);
}

function compareScopes(a: Scope, b: Scope): number {
  return compareText(a.account, b.account) || compareText(a.region, b.region);
}
