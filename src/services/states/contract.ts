import type { HistoryEvent, Json, Machine, Resource, TaskRef } from '../../asl/index.ts';
import type { Scope } from '../../core/arn.ts';
import type { Transaction } from '../../store/index.ts';
import type { StateMachineRevisionRecord } from './records.ts';

/**
 * The parts of this service and what each promises the others. `machines/` owns definitions, `executions/` owns what is in
 * motion, `integrations/` owns what a Task state calls, `activities/` the workers' side of activities.
 */

/** What StartExecution runs: a state machine's revision, chosen by the ARN that was given. */
export interface Runnable {
  readonly revision: StateMachineRevisionRecord;
  /** The ARN was that of a version or an alias. */
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
}

/** Definitions, compiled. */
export interface MachineCatalog {
  /**
   * Resolves the ARN of a state machine, a version, an alias (drawn by its weights), or `machineArn/label` where AWS has it.
   * Throws AWS's `InvalidArn`, `StateMachineDoesNotExist`, `StateMachineDeleting`.
   */
  resolve(scope: Scope, stateMachineArn: string): Runnable;
  /** Compiled once for each revision. */
  compile(revision: StateMachineRevisionRecord): Machine;
  /** Undefined when nothing has that id any more. */
  revision(scope: Scope, revisionId: string): StateMachineRevisionRecord | undefined;
}

/** The same for who checks definitions. */
export interface CompiledMachines extends MachineCatalog {
  /** Takes what was compiled when the revision was checked: the largest definitions take tenths of a second to read. */
  keep(revision: StateMachineRevisionRecord, machine: Machine): void;
}

/** One try of a Task state, as an integration sees it. */
export interface TaskCall extends Scope {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  readonly stateName: string;
  readonly task: TaskRef;
  /** Unique for (execution, state entry, try), the same again after a crash: the idempotency key of what it starts. */
  readonly key: string;
  readonly resource: Resource;
  readonly arguments: Json;
  /** Their text, where that is one that was sent. */
  readonly argumentsText?: string;
  readonly credentials?: Json;
  /** For `.waitForTaskToken`, and for every activity: what SendTask* names the try by. The same again after a crash. */
  readonly taskToken?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /**
   * How far the try had come, when `start` is called again after a restart: `TaskPhase.stage` of its frame. What was
   * submitted is then not called again, and an activity task that a worker has is not offered again. Absent: `scheduled`.
   */
  readonly stage?: 'scheduled' | 'started' | 'submitted';
}

/** Names a try whose outcome no longer matters. */
export type CancelledCall = Pick<TaskCall, 'key' | 'executionArn' | 'roleArn' | 'resource' | 'task' | keyof Scope>;

/** What comes of a try. The host ignores what comes late or twice. */
export type TaskReport =
  | { readonly type: 'taskStarted'; readonly workerName?: string }
  | { readonly type: 'taskSubmitted'; readonly output: Json }
  | { readonly type: 'taskSucceeded'; readonly output: Json }
  | {
      readonly type: 'taskFailed';
      readonly error?: string;
      readonly cause?: string;
      readonly stage?: 'schedule' | 'start' | 'submit' | 'run';
    }
  | { readonly type: 'taskTimedOut'; readonly cause?: string };

/** What Task states call. */
export interface Integrations {
  /** What is wrong with the arguments of a task, in AWS's words: it is not started then. */
  checkArguments(resource: Resource, given: Json): Promise<readonly string[]>;
  /**
   * Begins a try; its reports follow, never within this call. After a crash it is called again with the same key and must
   * not begin anything twice.
   */
  start(call: TaskCall, report: (report: TaskReport) => void): void;
  /**
   * For a `cancelTask` effect, within the transaction of its step: notes durably that what the try began is to be stopped.
   * A crash between that commit and `cancel` then leaves nothing running.
   */
  noteCancel(transaction: Transaction, call: CancelledCall, cause: string): void;
  /**
   * The try's outcome no longer matters: stop what it began, in the background, as far as AWS does. After the commit of
   * `noteCancel`. After a restart, call `start` for what is outstanding before any `cancel`.
   */
  cancel(call: CancelledCall, cause: string): void;
  /** Memory is rebuilt: forget everything under way; `start` is called anew for what goes on. */
  reset(): void;
}

/** The workers' side of activities: a queue for each activity, in memory; the executions' records make it whole again. */
export interface ActivityQueues {
  /** Offers a task to the workers of `activityArn`; `started` is called once a worker has taken it. */
  offer(activityArn: string, task: ActivityTask): void;
  /** No worker may take it any more. */
  withdraw(key: string): void;
  reset(): void;
}

export interface ActivityTask {
  readonly key: string;
  readonly taskToken: string;
  readonly input: Json;
  /** Its text, where that is one that was sent. */
  readonly inputText?: string;
  readonly started: (workerName?: string) => void;
}

/** Executions in motion, as operations and integrations use them. */
export interface Executions {
  start(scope: Scope, request: StartRequest): StartedExecution | Promise<StartedExecution>;
  /** Runs an Express execution and answers when it has ended. */
  startSync(scope: Scope, request: StartRequest, signal: AbortSignal): Promise<SyncOutcome>;
  /** SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat. Throws `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut`. */
  answer(taskToken: string, answer: TokenAnswer): Promise<void>;
  /** Throws what `answer` would for that token. */
  requireToken(taskToken: string): void;
  /** Whether any execution, running or kept, still refers to the revision: it may be swept when not. */
  refersTo(revisionId: string): Promise<boolean>;
  /**
   * Calls `listener` once the execution has ended and that is durable, soon if it already has; with undefined if there is
   * no such execution. For `states:startExecution.sync`. Forgotten when memory is rebuilt. Answers how to stop listening.
   */
  onEnded(scope: Scope, executionArn: string, listener: (ended: EndedExecution | undefined) => void): () => void;
  /** Ends a running Standard execution; answers when it stopped, also one that had ended before. Throws `ExecutionDoesNotExist`. */
  stop(scope: Scope, executionArn: string, reason: { readonly error?: string; readonly cause?: string }): Promise<Date>;
  /**
   * Called when a state machine is deleted, and again after a restart or rebuild while it is: its executions are stopped, as
   * AWS ends them. Settles once none of them runs any more; the machine is gone then.
   */
  onMachineDeleted(scope: Scope, stateMachineArn: string): void | Promise<void>;
}

export interface StartRequest {
  readonly runnable: Runnable;
  /** Generated when absent. */
  readonly name?: string;
  /** JSON text; `{}` when absent. */
  readonly input?: string;
  readonly traceHeader?: string;
  /** The execution that starts this one, for `states:startExecution`. */
  readonly startedBy?: string;
}

export interface StartedExecution {
  readonly executionArn: string;
  readonly startDate: Date;
}

/** A Standard execution after its end, with the members of DescribeExecution. */
export interface EndedExecution extends StartedExecution {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly stopDate: Date;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface SyncOutcome extends StartedExecution {
  readonly name: string;
  readonly stopDate: Date;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export type TokenAnswer =
  /** `text` is what the output was sent as, where it would be written otherwise. */
  | { readonly kind: 'success'; readonly output: Json; readonly text?: string }
  | { readonly kind: 'failure'; readonly error?: string; readonly cause?: string }
  | { readonly kind: 'heartbeat' };

/** Where history goes beside the store, when a state machine has a logging configuration. */
export interface HistorySink {
  append(
    revision: StateMachineRevisionRecord,
    execution: { readonly arn: string; readonly redriveCount?: number } & Scope,
    events: readonly HistoryEvent[],
  ): void;
}
