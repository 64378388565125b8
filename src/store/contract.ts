import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, InstallationId, JobId } from '../core/ids.ts';
import type { JobStatus } from '../core/job.ts';
import type { JobState } from '../core/job-record.ts';
import type { StoredRecord } from './record-type.ts';
import type {
  ExecutionRecord,
  ExecutionState,
  IdempotencyRecord,
  JobRecord,
  JobSpecification,
  LogSegmentRecord,
  LogStreamRecord,
  MapRunRecord,
  Tags,
  TransitionRecord,
} from './records.ts';

/** One typed change. All the changes of one `commit` become durable together or not at all. */
export type Change =
  | { readonly kind: 'record.put'; readonly record: StoredRecord }
  | {
      readonly kind: 'record.delete';
      readonly type: string;
      readonly scope: Scope;
      readonly key: string;
    }
  | { readonly kind: 'job.insert'; readonly record: JobRecord; readonly specification: JobSpecification }
  | {
      readonly kind: 'job.update';
      readonly scope: Scope;
      readonly jobId: JobId;
      readonly state: JobState;
      /** Given when the job moves in its queue. */
      readonly order?: number;
    }
  | { readonly kind: 'job.tag'; readonly scope: Scope; readonly jobId: JobId; readonly tags: Tags }
  | { readonly kind: 'job.delete'; readonly scope: Scope; readonly jobId: JobId }
  | { readonly kind: 'transition'; readonly record: TransitionRecord }
  /** A consumer of the transition log has dealt with everything up to and including `sequence`. */
  | { readonly kind: 'cursor.put'; readonly consumer: string; readonly sequence: number }
  /** Deletes at most `limit` transitions with a sequence up to `through`. */
  | { readonly kind: 'transition.trim'; readonly through: number; readonly limit: number }
  | { readonly kind: 'stream.put'; readonly record: LogStreamRecord }
  | { readonly kind: 'stream.delete'; readonly scope: Scope; readonly groupName: string; readonly name: string }
  | { readonly kind: 'segment.put'; readonly record: LogSegmentRecord }
  | {
      readonly kind: 'segment.delete';
      readonly scope: Scope;
      readonly groupName: string;
      readonly streamName: string;
      readonly file: string;
    }
  | { readonly kind: 'execution.insert'; readonly record: ExecutionRecord; readonly state: ExecutionState }
  | {
      readonly kind: 'execution.update';
      readonly scope: Scope;
      readonly arn: string;
      readonly state: ExecutionState;
    }
  /** With its frames, history and map runs. */
  | { readonly kind: 'execution.delete'; readonly scope: Scope; readonly arn: string }
  | { readonly kind: 'frame.put'; readonly scope: Scope; readonly arn: string; readonly frame: StoredFrame }
  /** Deletes the frame `id` and all whose ids begin with it and a slash. */
  | { readonly kind: 'frame.delete'; readonly scope: Scope; readonly arn: string; readonly id: string }
  /** Adds events to a history: at least one, ids counting up by one, after those that it has. */
  | {
      readonly kind: 'history.append';
      readonly scope: Scope;
      readonly arn: string;
      readonly events: readonly StoredEvent[];
    }
  | { readonly kind: 'mapRun.put'; readonly record: MapRunRecord }
  | { readonly kind: 'idempotency.put'; readonly record: IdempotencyRecord }
  /** Deletes at most `limit` idempotency records that expired at or before `before`. */
  | { readonly kind: 'idempotency.trim'; readonly before: EpochMilliseconds; readonly limit: number };

/** A frame of an execution as the store knows it: JSON with an id. */
export interface StoredFrame {
  readonly id: string;
}

/** An event of a history as the store knows it: JSON with a number, from 1. */
export interface StoredEvent {
  readonly id: number;
}

/** What memory is rebuilt from, in slices: all records first, then non-terminal jobs by sequence. */
export interface LoadedState {
  /** In the order of creation. */
  readonly records: readonly StoredRecord[];
  readonly jobs: AsyncIterable<readonly JobRecord[]>;
  /** Executions that run, oldest first. */
  readonly executions: AsyncIterable<readonly LoadedExecution[]>;
  /** The highest sequence that the transition log ever gave, 0 when nothing was ever in it: trimming gives none back. */
  readonly lastTransition: number;
  /** Lowest and highest queue sequence of non-terminal jobs; 0 when there is none. */
  readonly sequences: { readonly lowest: number; readonly highest: number };
  readonly cursors: Readonly<Record<string, number>>;
}

/** Newest first by (createdAt, jobId); `after` is the key of the last job of the page before. */
export interface JobListQuery {
  readonly scope: Scope;
  readonly jobQueueArn?: string;
  /** Absent: every status. */
  readonly statuses?: readonly JobStatus[];
  /** Lower case is compared with lower case. A trailing `*` matches any rest. */
  readonly jobName?: string;
  /** An ARN or name of a definition, with or without revision; a trailing `*` matches any rest. Case matters. */
  readonly jobDefinition?: string;
  readonly shareIdentifier?: string;
  /** Exclusive bounds on createdAt. */
  readonly createdBefore?: EpochMilliseconds;
  readonly createdAfter?: EpochMilliseconds;
  readonly after?: { readonly createdAt: EpochMilliseconds; readonly jobId: JobId };
  readonly limit: number;
}

export interface StoredJob {
  readonly record: JobRecord;
  readonly specification: JobSpecification;
}

export interface StoredExecution {
  /** Its place among all: a later one has a higher position. */
  readonly position: number;
  readonly record: ExecutionRecord;
  readonly state: ExecutionState;
}

/** An execution that runs, with all its frames. */
export interface LoadedExecution extends StoredExecution {
  readonly frames: readonly StoredFrame[];
}

/** What lists show of an execution: neither input nor header. */
export interface ExecutionSummary {
  readonly position: number;
  readonly record: Omit<ExecutionRecord, 'input'>;
  readonly state: Omit<ExecutionState, 'header' | 'launch'>;
}

/** Newest first; `after` is the position of the last execution of the page before. */
export interface ExecutionListQuery {
  readonly scope: Scope;
  /** Exactly what its executions have in common. */
  readonly of: 'stateMachine' | 'version' | 'alias' | 'mapRun';
  readonly arn: string;
  readonly status?: ExecutionState['status'];
  readonly redriven?: boolean;
  readonly after?: number;
  readonly limit: number;
}

/** A page of a history: events after (backwards: before) an event id, in that direction. */
export interface HistoryQuery {
  readonly scope: Scope;
  readonly arn: string;
  readonly backwards: boolean;
  /** Absent: from the beginning (backwards: the end). */
  readonly from?: number;
  /** At most so many; fewer when they are large. None only when there are no more. */
  readonly limit: number;
}

export interface LogStreamQuery {
  readonly scope: Scope;
  readonly groupName: string;
  readonly namePrefix?: string;
  /** `name` ascending, or `lastEventAt` with streams that have no events last; ties by name. */
  readonly order: 'name' | 'lastEventAt';
  readonly descending: boolean;
  readonly after?: { readonly name: string; readonly lastEventAt?: EpochMilliseconds };
  readonly limit: number;
}

/** The reads that are about executions of state machines. */
export type ExecutionReadName =
  | 'execution'
  | 'listExecutions'
  | 'executionHistory'
  | 'frames'
  | 'mapRun'
  | 'mapRuns'
  | 'finishedExecutions'
  | 'hasExecutionOf';

/** Named reads, each with a limit. A read sees every change passed to `commit` before it was asked. */
export interface StoreReads {
  /** In the order asked; unknown ids are left out. */
  jobs(scope: Scope, jobIds: readonly JobId[]): Promise<readonly StoredJob[]>;
  listJobs(query: JobListQuery): Promise<readonly JobRecord[]>;
  /** Terminal jobs, longest finished first, for the sweeper. */
  finishedJobs(query: {
    readonly stoppedBefore: EpochMilliseconds;
    readonly limit: number;
  }): Promise<readonly JobRecord[]>;
  countFinishedJobs(): Promise<number>;
  transitions(query: { readonly after: number; readonly limit: number }): Promise<readonly TransitionRecord[]>;
  logStream(scope: Scope, groupName: string, name: string): Promise<LogStreamRecord | undefined>;
  logStreams(query: LogStreamQuery): Promise<readonly LogStreamRecord[]>;
  /** Streams that a task still wrote to when the server last knew. */
  liveLogStreams(limit: number): Promise<readonly LogStreamRecord[]>;
  /** Segments of a stream by file name. */
  logSegments(scope: Scope, groupName: string, streamName: string): Promise<readonly LogSegmentRecord[]>;
  /** Segments of a group whose newest event is before `before`, for the retention sweeper. */
  expiredLogSegments(query: {
    readonly scope: Scope;
    readonly groupName: string;
    readonly before: EpochMilliseconds;
    readonly limit: number;
  }): Promise<readonly LogSegmentRecord[]>;
  /** Finished streams with segments, the one that ended longest ago first, for the disk-size cap. */
  oldestFinishedLogStreams(limit: number): Promise<readonly LogStreamRecord[]>;
  logBytes(): Promise<number>;
  idempotency(scope: Scope, key: string): Promise<IdempotencyRecord | undefined>;
  execution(scope: Scope, arn: string): Promise<StoredExecution | undefined>;
  listExecutions(query: ExecutionListQuery): Promise<readonly ExecutionSummary[]>;
  executionHistory(query: HistoryQuery): Promise<readonly StoredEvent[]>;
  /** All frames of an execution, in the order of their ids. */
  frames(scope: Scope, arn: string): Promise<readonly StoredFrame[]>;
  mapRun(scope: Scope, arn: string): Promise<MapRunRecord | undefined>;
  /** The map runs of an execution by ARN, after the one of the page before. */
  mapRuns(query: {
    readonly scope: Scope;
    readonly executionArn: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly MapRunRecord[]>;
  /** Ended executions, longest ended first, for the sweeper. */
  finishedExecutions(query: {
    readonly stoppedBefore: EpochMilliseconds;
    readonly limit: number;
  }): Promise<readonly ExecutionSummary[]>;
  /** Whether an execution, running or kept, has this revision. */
  hasExecutionOf(revisionId: string): Promise<boolean>;
}

/** Commits that were on the disk once and are not there any more. */
export interface LostCommits {
  /** How many there were, as the witness beside the database says. */
  readonly witnessed: number;
  /** How many the database had. */
  readonly found: number;
}

/**
 * The truth; memory is its index. Asynchronous and domain-shaped: no SQL leaves a driver, and the calling thread never
 * makes a call that can fsync. Changes go to memory first, then to `commit`; no answer and no effect may leave before
 * `settled()` says that everything its handler could have seen is durable.
 */
export interface Store {
  readonly installationId: InstallationId;
  /** Grows with every opening; each commit checks it in its own transaction, so that one leader writes. */
  readonly epoch: number;
  /** Present until the operator has accepted the loss: what is known may be an older past, and nothing may be placed. */
  readonly lostCommits?: LostCommits;
  readonly reads: StoreReads;
  load(): Promise<LoadedState>;
  /**
   * Adds the changes to the open batch, which closes when the writer is free. Resolves when they are durable. Rejects
   * with `CommitFailed`, as does everything after it until `resume()`: memory must be rebuilt with `load()` first.
   */
  commit(changes: readonly Change[]): Promise<void>;
  /** Resolves when every change passed to `commit` so far is durable; rejects as `commit` does. At once when nothing waits. */
  settled(): Promise<void>;
  /** Ends the refusal that a failed commit began. Call after `load()` has rebuilt memory. */
  resume(): void;
  /** Waits for what was passed to `commit`, then lets go of the data. */
  close(): Promise<void>;
}

/** A store that outlives the process. */
export interface LastingStore extends Store {
  /**
   * Writes all that is durable, as it is at one moment, to a new file that can be opened in the place of the store's own.
   * Commits go on meanwhile. Rejects with `StoreUnavailable`.
   */
  backUp(path: string): Promise<void>;
}
