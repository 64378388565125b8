import type { Scope } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import type { ExecutionListQuery, HistoryQuery, JobListQuery, LogStreamQuery, LostCommits } from '../contract.ts';
import type { StoreUnavailable } from '../open-error.ts';
import type { ExecutionState } from '../records.ts';
import type { Column } from './connection.ts';
import type { CommitFailure, Failure } from './failure.ts';

/** A job row without what its state says again. Columns, not objects: a slice of 1,000 crosses threads in half the time. */
export type JobColumns = readonly [
  account: string,
  region: string,
  jobId: string,
  jobName: string,
  jobQueueArn: string,
  jobDefinitionArn: string,
  shareIdentifier: string | null,
  createdAt: number,
  sequence: number,
  detail: string,
  tags: string,
  state: string,
];

/** An execution's row as lists show it. */
export type SummaryColumns = readonly [
  position: number,
  record: string,
  status: ExecutionState['status'],
  stoppedAt: number | null,
  redriveCount: number,
  redrivenAt: number | null,
];

/** An execution's row whole. */
export type ExecutionColumns = readonly [...SummaryColumns, state: string, input: string];

/** The key of the last row that a list has looked at. */
export type JobPlace = NonNullable<JobListQuery['after']>;

/** Versioned JSON of a record. */
export type RecordText = string;

/** The reads that the worker answers, each bounded: what may be long goes in slices, between which commits get their turn. */
export interface WorkerReads {
  jobs: {
    input: { scope: Scope; jobIds: readonly JobId[] };
    output: readonly (readonly [...JobColumns, specification: string])[];
  };
  /** Looks at one slice; `next` is absent when there is nothing beyond it. */
  jobSlice: { input: JobListQuery; output: { readonly rows: readonly JobColumns[]; readonly next?: JobPlace } };
  finishedJobs: { input: { stoppedBefore: number; limit: number }; output: readonly JobColumns[] };
  countFinishedJobs: { input: undefined; output: number };
  transitions: { input: { after: number; limit: number }; output: readonly RecordText[] };
  logStream: { input: { scope: Scope; groupName: string; name: string }; output: RecordText | undefined };
  logStreams: { input: LogStreamQuery; output: readonly RecordText[] };
  liveLogStreams: { input: { limit: number }; output: readonly RecordText[] };
  logSegments: { input: { scope: Scope; groupName: string; streamName: string }; output: readonly RecordText[] };
  expiredLogSegments: {
    input: { scope: Scope; groupName: string; before: number; limit: number };
    output: readonly RecordText[];
  };
  oldestFinishedLogStreams: { input: { limit: number }; output: readonly RecordText[] };
  logBytes: { input: undefined; output: number };
  idempotency: { input: { scope: Scope; key: string }; output: RecordText | undefined };
  execution: { input: { scope: Scope; arn: string }; output: ExecutionColumns | undefined };
  listExecutions: { input: ExecutionListQuery; output: readonly SummaryColumns[] };
  historyRows: { input: HistoryQuery; output: readonly RecordText[] };
  frameSlice: {
    input: { scope: Scope; arn: string; after: string; limit: number };
    output: readonly (readonly [id: string, frame: RecordText])[];
  };
  mapRun: { input: { scope: Scope; arn: string }; output: RecordText | undefined };
  mapRuns: {
    input: { scope: Scope; executionArn: string; after: string; limit: number };
    output: readonly RecordText[];
  };
  finishedExecutions: { input: { stoppedBefore: number; limit: number }; output: readonly SummaryColumns[] };
  runningExecutions: {
    input: { after: number; limit: number };
    output: readonly { readonly row: ExecutionColumns; readonly frames: readonly RecordText[] }[];
  };
  hasExecutionOf: { input: { revisionId: string }; output: boolean };
  loadFacts: { input: undefined; output: LoadFacts };
  recordSlice: { input: { after: number; limit: number }; output: readonly RecordColumns[] };
  waitingJobs: { input: { after: SequencePlace; limit: number }; output: readonly JobColumns[] };
}

export type ReadName = keyof WorkerReads;

export interface LoadFacts {
  readonly lastTransition: number;
  readonly sequences: { readonly lowest: number; readonly highest: number };
  readonly cursors: readonly (readonly [consumer: string, sequence: number])[];
}

export type RecordColumns = readonly [
  position: number,
  account: string,
  region: string,
  type: string,
  key: string,
  record: RecordText,
];

export interface SequencePlace {
  readonly sequence: number;
  readonly jobId: string;
}

/** To the worker. Requests are served in the order in which they are sent: a read sees every batch sent before it. */
export type Request =
  | { readonly kind: 'write'; readonly id: number; readonly batch: readonly Column[] }
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly name: ReadName;
      readonly input: WorkerReads[ReadName]['input'];
    }
  /** Answered late: writes and reads go on meanwhile. */
  | { readonly kind: 'back-up'; readonly id: number; readonly path: string }
  | { readonly kind: 'close'; readonly id: number };

/** What the main thread learns of a database that is open. */
export interface Opened {
  readonly installationId: string;
  readonly epoch: number;
  readonly lostCommits?: LostCommits;
}

/** From the worker: one of the first two once, then an answer to each request, and notes for the log at any time. */
export type Reply =
  | ({ readonly kind: 'opened' } & Opened)
  | { readonly kind: 'note'; readonly words: string }
  | { readonly kind: 'unavailable'; readonly failure: Failure<StoreUnavailable['reason']> }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: CommitFailure };
