import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds } from '../core/ids.ts';
import type { JobStatus } from '../core/job.ts';
import type { UnfinishedJob } from '../core/job-record.ts';
import type { ExecutionRecord, ExecutionState, JobRecord, JobSpecification, UsageRecord } from './records.ts';

/** A frame of an execution as the store knows it: JSON with an id. */
export interface StoredFrame {
  readonly id: string;
}

/** An event of a history as the store knows it: JSON with a number, from 1. */
export interface StoredEvent {
  readonly id: number;
}

/** The jobs of a queue, newest first by (createdAt, number); `after` is the `next` of the page before. */
export interface JobListQuery {
  readonly jobQueueArn: string;
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
  readonly after?: JobListPlace;
  readonly limit: number;
}

/** The jobs that need units of a consumable resource, newest first by (createdAt, number); `after` is the `next` of the page before. */
export interface ConsumableJobsQuery {
  readonly consumableArn: string;
  /** Absent: every status. */
  readonly statuses?: readonly JobStatus[];
  /** One of them must match, whatever its case. A trailing `*` matches any rest. */
  readonly jobNames?: readonly string[];
  readonly after?: JobListPlace;
  readonly limit: number;
}

/** A place in the order in which jobs are listed. */
export interface JobListPlace {
  readonly createdAt: EpochMilliseconds;
  readonly number: number;
}

/** A page of a list; `next` is where the next one begins, absent when there is nothing beyond. */
export interface JobPage {
  readonly jobs: readonly JobRecord[];
  readonly next?: JobListPlace;
}

/** A place among jobs that have ended, in the order in which they did. */
export interface FinishedPlace {
  readonly stoppedAt: EpochMilliseconds;
  readonly number: number;
}

export interface StoredJob {
  readonly record: JobRecord;
  readonly specification: JobSpecification;
}

/** What the children of an array are: the codec is of those who put it. */
export interface ArrayBits {
  /** The array's. */
  readonly number: number;
  readonly bits: Uint8Array;
}

/** Some of the jobs that have not ended, and the bits of those that are arrays. Those that are alike share their traits. */
export interface JobSlice {
  readonly jobs: readonly UnfinishedJob[];
  readonly bits: readonly ArrayBits[];
}

/** Hours from `from` on and before `to`, oldest first; `after` is the place of the last row of the page before. */
export interface UsageQuery {
  readonly scope: Scope;
  readonly from: EpochMilliseconds;
  readonly to: EpochMilliseconds;
  readonly after?: UsagePlace;
  readonly limit: number;
}

export interface UsagePlace {
  readonly hour: EpochMilliseconds;
  /** Counts rows in the order in which they came to be. */
  readonly position: number;
}

export type StoredUsage = UsageRecord & UsagePlace;

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
  /** Absent: every status. */
  readonly statuses?: readonly ExecutionState['status'][];
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

/** A place among the streams of all groups. */
export interface LogStreamPlace extends Scope {
  readonly groupName: string;
  readonly name: string;
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

/** A piece of work as the store has it. */
export interface DueRow {
  readonly key: string;
  readonly dueAt: EpochMilliseconds;
  readonly text: string;
}
