import type { Json } from '../json/json.ts';

/** One try of a task: the idempotency key of what it starts, together with the execution. */
export interface TaskRef {
  readonly frame: string;
  readonly entry: number;
  readonly attempt: number;
}

/** What a timer is for. `execution` belongs to the top-level flow. */
export type TimerPurpose = 'wait' | 'retry' | 'timeout' | 'heartbeat' | 'execution';

export interface TimerRef extends TaskRef {
  readonly purpose: TimerPurpose;
}

/** How a child execution ends that does not succeed. */
export type ChildFailure = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What happens to an execution. */
export type ExecutionEvent = EventStamp & EventBody;

/** Each event brings its time and randomness, so that a step can be repeated exactly. */
export interface EventStamp {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Secret random text: task tokens and UUIDs are drawn from it. */
  readonly seed: string;
}

export type EventBody =
  | { readonly type: 'start'; readonly variables?: Readonly<Record<string, Json>> }
  | { readonly type: 'taskStarted'; readonly task: TaskRef; readonly workerName?: string }
  | { readonly type: 'taskSubmitted'; readonly task: TaskRef; readonly output: Json }
  /** `text` is what the output was sent as, where it would be written otherwise. */
  | { readonly type: 'taskSucceeded'; readonly task: TaskRef; readonly output: Json; readonly text?: string }
  | {
      readonly type: 'taskFailed';
      readonly task: TaskRef;
      readonly error?: string;
      readonly cause?: string;
      /** What failed: the call itself, its start, its submission, or (default) the task. It decides the history's words. */
      readonly stage?: 'schedule' | 'start' | 'submit' | 'run';
    }
  | { readonly type: 'taskTimedOut'; readonly task: TaskRef; readonly cause?: string }
  | { readonly type: 'taskHeartbeat'; readonly task: TaskRef }
  /** `due` is the time that the timer was set for: by any clock, the host decides when that has come. */
  | { readonly type: 'timer'; readonly timer: TimerRef; readonly due: number }
  | { readonly type: 'childSucceeded'; readonly frame: string; readonly output: Json }
  | {
      readonly type: 'childFailed';
      readonly frame: string;
      readonly error?: string;
      readonly cause?: string;
      /** Default `FAILED`. */
      readonly status?: ChildFailure;
    }
  | { readonly type: 'itemsRead'; readonly frame: string; readonly items: readonly Json[] }
  | { readonly type: 'resultsWritten'; readonly frame: string; readonly output: Json }
  | { readonly type: 'objectStoreFailed'; readonly frame: string; readonly cause: string }
  | { readonly type: 'updateMap'; readonly frame: string; readonly change: MapChange }
  | { readonly type: 'stop'; readonly error?: string; readonly cause?: string }
  | { readonly type: 'redrive' }
  | { readonly type: 'continue' };

/** What UpdateMapRun may change. */
export interface MapChange {
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
}
