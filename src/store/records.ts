import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds } from '../core/ids.ts';

export type { JobRecord } from '../core/job-record.ts';
export type { JobSpecification } from '../core/job-specification.ts';
export type { UsageRecord, UsageSums } from '../core/usage.ts';

/** Tags of a resource: deleted with it. */
export type Tags = Readonly<Record<string, string>>;

/** A log stream of CloudWatch Logs. Not held in memory: there is one for each attempt ever made. */
export interface LogStreamRecord extends Scope {
  readonly groupName: string;
  readonly name: string;
  /** Where its segments are, below the log directory. */
  readonly directory: string;
  readonly createdAt: EpochMilliseconds;
  readonly firstEventAt?: EpochMilliseconds;
  readonly lastEventAt?: EpochMilliseconds;
  readonly lastIngestionAt?: EpochMilliseconds;
  readonly storedBytes: number;
  /** A task writes to it: its newest segments are not yet rows. */
  readonly live: boolean;
  /** What of its segments could not be read when it ended, in words with paths. */
  readonly damages?: readonly string[];
}

/** One closed segment of a stream: a row each, never a row an event. */
export interface LogSegmentRecord extends Scope {
  readonly groupName: string;
  readonly streamName: string;
  /** File name within the stream's directory; names sort in the order of writing. */
  readonly file: string;
  readonly firstEventAt: EpochMilliseconds;
  readonly lastEventAt: EpochMilliseconds;
  readonly events: number;
  readonly bytes: number;
}

/** The outcome of a request with an idempotency key, stored in the transaction of its effect. */
export interface IdempotencyRecord extends Scope {
  /** Service, operation and key. */
  readonly key: string;
  /** Hash of the input: a repeat with other input is refused by AWS's rules. */
  readonly fingerprint: string;
  readonly result: unknown;
  readonly expiresAt: EpochMilliseconds;
}

/** The key of an `IdempotencyRecord`, from the `idempotencyKey` of the request's context. */
export function idempotencyRecordKey(service: string, operation: string, idempotencyKey: string): string {
  return `${service}|${operation}|${idempotencyKey}`;
}

/** An execution of a state machine: what never changes. Its header, frames and history are rows of their own. */
export interface ExecutionRecord extends Scope {
  readonly formatVersion: 1;
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  /** The revision it runs, whatever becomes of its state machine: `StateMachineRevisionRecord`. */
  readonly revisionId: string;
  /** `EXPRESS`: only kept while it runs, to start it again after a crash, unless it is a child of a map run. */
  readonly kind: 'STANDARD' | 'EXPRESS';
  /** The JSON text as given. */
  readonly input: string;
  readonly traceHeader?: string;
  readonly startedAt: EpochMilliseconds;
  /** For a child execution of a distributed Map. */
  readonly mapRunArn?: string;
  readonly parent?: {
    readonly executionArn: string;
    readonly frame: string;
    readonly state: string;
    readonly index: number;
    /** How many items it processes; default 1. */
    readonly items?: number;
    /** Its item (`$$.Map.Item.Value`), unless that is its input. */
    readonly item?: unknown;
    readonly key?: string;
  };
  /** For an execution that another one started and waits for, or that names it as its starter. */
  readonly startedBy?: string;
}

/** What lists and filters of executions need, beside the header that each step changes. */
export interface ExecutionState {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly stoppedAt?: EpochMilliseconds;
  readonly redriveCount: number;
  readonly redrivenAt?: EpochMilliseconds;
  /** For a child execution: which launch of its Map state it answers; a redrive of the Map launches it again. */
  readonly launch?: string;
  /** The `ExecutionHeader` of the States Language library; absent until the first step. */
  readonly header?: unknown;
}

/** The map run of one distributed Map state. */
export interface MapRunRecord extends Scope {
  readonly formatVersion: 1;
  readonly arn: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** The control record of the Map state in its execution. */
  readonly frame: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
  readonly redriveCount: number;
  readonly redrivenAt?: EpochMilliseconds;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  /** While a redrive has children left to run again: the index of the first. Those behind it that did not succeed wait. */
  readonly pendingFrom?: number;
  readonly counts: MapRunCounts;
}

/** How far a map run has come. What neither runs, has ended nor waits to be redriven is pending. */
export interface MapRunCounts {
  readonly totalItems: number;
  /** Items that launched children have taken, and children launched and running. */
  readonly takenItems: number;
  readonly launched: number;
  readonly running: number;
  readonly items: Readonly<Record<ChildEnd, number>>;
  readonly executions: Readonly<Record<ChildEnd, number>>;
  /** Waiting to be redriven, by how they had ended: no longer counted as such, unless the map run ends before. Absent: none. */
  readonly pendingRedrive?: {
    readonly items: Readonly<Record<ChildFailed, number>>;
    readonly executions: Readonly<Record<ChildFailed, number>>;
  };
  /** Of those that ended badly, what no redrive will run again. Absent: none. */
  readonly notRedrivable?: { readonly items: number; readonly executions: number };
}

export type ChildFailed = 'failed' | 'timedOut' | 'aborted';
export type ChildEnd = 'succeeded' | ChildFailed;
