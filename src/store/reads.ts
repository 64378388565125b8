import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { ArrayChildRecord, NodeRecord } from '../core/job-record.ts';
import type { FactCursor, LoggedFact } from './facts.ts';
import type { LaneItem, LaneTotal } from './lanes.ts';
import type {
  MetricChunk,
  MetricChunkPlace,
  MetricChunkQuery,
  MetricResolution,
  RecentPoints,
} from './metric-points.ts';
import type {
  ArrayBits,
  ConsumableJobsQuery,
  DueRow,
  ExecutionListQuery,
  ExecutionSummary,
  FinishedPlace,
  HistoryQuery,
  JobListQuery,
  JobPage,
  JobSlice,
  LoadedExecution,
  LogStreamPlace,
  LogStreamQuery,
  StoredEvent,
  StoredExecution,
  StoredFrame,
  StoredJob,
  StoredUsage,
  UsageQuery,
} from './queries.ts';
import type { MessageContent, MessagePlace, QueueMessage, SentBefore, SentBeforePlace } from './queue-messages.ts';
import type { StoredRecord } from './record-type.ts';
import type { IdempotencyRecord, JobRecord, LogSegmentRecord, LogStreamRecord, MapRunRecord } from './records.ts';
import type {
  ServiceJobListQuery,
  ServiceJobPage,
  ServiceJobRecord,
  ServiceJobTotals,
  StoredServiceJob,
} from './service-jobs.ts';

/**
 * What may be asked of a store, each with a limit. One entry here, and one implementation in each driver: the contract's
 * promises, the worker's protocol and both drivers are made from this table.
 */
export interface Reads {
  /** In the order asked; unknown ids are left out. */
  jobs(scope: Scope, jobIds: readonly JobId[]): readonly StoredJob[];
  /** Looks at a bounded number of jobs: a page may be short, or empty, and yet not be the last. */
  listJobs(query: JobListQuery): JobPage;
  /** Looks at a bounded number of jobs, as `listJobs` does. */
  consumableJobs(query: ConsumableJobsQuery): JobPage;
  /** Terminal jobs, longest finished first, after the last one of the page before, for the sweeper. */
  finishedJobs(query: {
    readonly stoppedBefore: EpochMilliseconds;
    readonly after?: FinishedPlace;
    readonly limit: number;
  }): readonly JobRecord[];
  countFinishedJobs(): number;
  /** In the order asked; arrays without bits are left out. */
  arrayBits(numbers: readonly number[]): readonly ArrayBits[];
  /** Children of some arrays that have rows, in the order asked; those without are left out. */
  arrayChildren(
    arrays: readonly { readonly number: number; readonly indexes: readonly number[] }[],
  ): readonly ArrayChildRecord[];
  /** The nodes of a job by index, after that of the page before. */
  nodes(query: { readonly number: number; readonly after?: number; readonly limit: number }): readonly NodeRecord[];
  /** Whether children or nodes of deleted jobs are left: `forgotten.trim` deletes them. */
  hasForgottenJobs(): boolean;
  /** In the order asked; unknown ids are left out. Requests are not read: each may be as large as a hundred jobs. */
  serviceJobs(scope: Scope, jobIds: readonly JobId[]): readonly ServiceJobRecord[];
  /** With its request; undefined where there is none. */
  serviceJob(scope: Scope, jobId: JobId): StoredServiceJob | undefined;
  /** Looks at a bounded number of jobs, as `listJobs` does. */
  listServiceJobs(query: ServiceJobListQuery): ServiceJobPage;
  /** Those of a queue, or of one of its quota shares, that wait: the highest rank first, then the oldest. */
  waitingServiceJobs(query: {
    readonly jobQueueArn: string;
    readonly quotaShareName?: string;
    readonly limit: number;
  }): readonly ServiceJobRecord[];
  /** Those that have ended, longest ago first, for the sweeper. */
  finishedServiceJobs(query: {
    readonly stoppedBefore: EpochMilliseconds;
    readonly limit: number;
  }): readonly ServiceJobRecord[];
  /** How many wait in a queue. */
  waitingServiceJobCount(jobQueueArn: string): number;
  /** Of one scope, or of all. */
  serviceJobTotals(scope?: Scope): ServiceJobTotals;
  /** The first hour of which usage is known, whatever its scope; undefined when there is none. */
  oldestUsage(): EpochMilliseconds | undefined;
  usage(query: UsageQuery): readonly StoredUsage[];
  /** In order, beginning with the first whose sequence is not below `from`. */
  facts(query: { readonly from: number; readonly limit: number }): readonly LoggedFact[];
  /** Work of a kind, the earliest first; keys decide between equal times. */
  due(query: { readonly of: string; readonly limit: number }): readonly DueRow[];
  /** What waits in a lane, due or not, the earliest first; keys decide between equal times. */
  laneItems(query: { readonly of: string; readonly lane: string; readonly limit: number }): readonly LaneItem[];
  laneTotal(query: { readonly of: string; readonly scope: Scope }): LaneTotal;
  /** In the order asked; unknown numbers are left out. */
  messageContents(numbers: readonly number[]): readonly MessageContent[];
  /** Messages of all queues by queue and number, after that of the slice before. */
  messageSlice(query: { readonly after?: MessagePlace; readonly limit: number }): readonly QueueMessage[];
  /** The highest number that a message or content has; 0 when there is none. */
  lastMessageNumber(): number;
  /** Deduplication keys of all queues by queue and key, after that of the slice before. */
  sentBeforeSlice(query: { readonly after?: SentBeforePlace; readonly limit: number }): readonly SentBefore[];
  /** Points as they were put, after those of the slice before. */
  recentPoints(query: { readonly after: number; readonly limit: number }): readonly RecentPoints[];
  metricChunks(query: MetricChunkQuery): readonly MetricChunk[];
  /** The `through` of chunks, in the order asked; 0 where there is none. */
  metricThroughs(places: readonly MetricChunkPlace[]): readonly number[];
  /** Where the oldest chunk of a resolution begins, in seconds; undefined when there is none. */
  oldestMetricChunk(resolution: MetricResolution): number | undefined;
  /** Bytes of the points of all chunks. */
  metricBytes(): number;
  logStream(scope: Scope, groupName: string, name: string): LogStreamRecord | undefined;
  logStreams(query: LogStreamQuery): readonly LogStreamRecord[];
  /** Streams that a task still wrote to when the server last knew, after the last one of the page before. */
  liveLogStreams(query: { readonly after?: LogStreamPlace; readonly limit: number }): readonly LogStreamRecord[];
  /** Segments of a stream by file name. */
  logSegments(scope: Scope, groupName: string, streamName: string): readonly LogSegmentRecord[];
  /** Segments of a group whose newest event is before `before`, for the retention sweeper. */
  expiredLogSegments(query: {
    readonly scope: Scope;
    readonly groupName: string;
    readonly before: EpochMilliseconds;
    readonly limit: number;
  }): readonly LogSegmentRecord[];
  /** Finished streams with segments, the one that ended longest ago first, for the disk-size cap. */
  oldestFinishedLogStreams(limit: number): readonly LogStreamRecord[];
  logBytes(): number;
  idempotency(scope: Scope, key: string): IdempotencyRecord | undefined;
  /** When the first of all idempotency records expires; undefined when there is none. */
  firstIdempotencyExpiry(): EpochMilliseconds | undefined;
  execution(scope: Scope, arn: string): StoredExecution | undefined;
  listExecutions(query: ExecutionListQuery): readonly ExecutionSummary[];
  executionHistory(query: HistoryQuery): readonly StoredEvent[];
  mapRun(scope: Scope, arn: string): MapRunRecord | undefined;
  /** The map runs of an execution by ARN, after the one of the page before. */
  mapRuns(query: {
    readonly scope: Scope;
    readonly executionArn: string;
    readonly after?: string;
    readonly limit: number;
  }): readonly MapRunRecord[];
  /** Ended executions, longest ended first, for the sweeper. */
  finishedExecutions(query: {
    readonly stoppedBefore: EpochMilliseconds;
    readonly limit: number;
  }): readonly ExecutionSummary[];
  /** Whether an execution, running or kept, has this revision. */
  hasExecutionOf(revisionId: string): boolean;
}

/** A place in the order in which jobs are loaded. */
export interface OrderPlace {
  readonly order: number;
  readonly number: number;
}

/** What `load` and longer reads are put together from, slice by slice; commits get their turn between two. */
export interface SliceReads {
  loadFacts(): LoadFacts;
  /** In order of creation, with their positions. */
  recordSlice(after: number, limit: number): readonly (readonly [position: number, record: StoredRecord])[];
  /** Jobs that have not ended, by order and number. */
  jobSlice(after: OrderPlace | undefined, limit: number): JobSlice;
  /** Executions that run, by position. */
  executionSlice(after: number, limit: number): readonly LoadedExecution[];
  /** Frames of an execution by id. */
  frameSlice(scope: Scope, arn: string, after: string, limit: number): readonly StoredFrame[];
}

export interface LoadFacts {
  /** The highest sequence that a fact ever had, 0 when there never was one: trimming gives none back. */
  readonly lastFact: number;
  /** The highest number that a job ever had; 0 when there was none. Deletion gives none back. */
  readonly lastJobNumber: number;
  /** Lowest and highest `order` of non-terminal jobs; 0 when there is none. */
  readonly sequences: { readonly lowest: number; readonly highest: number };
  readonly cursors: Readonly<Record<string, FactCursor>>;
}

/** All that a driver answers. */
export interface DriverReads extends Reads, SliceReads {}

export type ReadName = keyof DriverReads;
/** Those of executions, which drivers keep together. */
export type ExecutionReadName =
  | 'execution'
  | 'listExecutions'
  | 'executionHistory'
  | 'mapRun'
  | 'mapRuns'
  | 'finishedExecutions'
  | 'hasExecutionOf'
  | 'executionSlice'
  | 'frameSlice';
export type ReadInput<Name extends ReadName> = Parameters<DriverReads[Name]>;
export type ReadOutput<Name extends ReadName> = ReturnType<DriverReads[Name]>;
