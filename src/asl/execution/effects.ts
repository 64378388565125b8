import type { Resource } from '../definition/resource.ts';
import type { Json } from '../json/json.ts';
import type { TaskRef, TimerRef } from './events.ts';

/** What the host does after it has committed the changes of a step. All are idempotent by their ids. */
export type Effect =
  | StartTask
  | CancelTask
  | SetTimer
  | { readonly kind: 'cancelTimer'; readonly timer: TimerRef }
  | StartChild
  | { readonly kind: 'stopChild'; readonly frame: string; readonly cause: string }
  /** A distributed Map began or ended: the host keeps its map run. `frame` is the control record. */
  | MapRunStarted
  | { readonly kind: 'mapRunEnded'; readonly frame: string; readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' }
  | ObjectStoreCall
  /** The step stopped at its bound: send a `continue` event, other events may come first. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'executionEnded'; readonly outcome: Outcome };

export interface CancelTask {
  readonly kind: 'cancelTask';
  readonly task: TaskRef;
  readonly resource: Resource;
  readonly cause: string;
  /** Of the state's `Credentials`; absent: the execution's. */
  readonly roleArn?: string;
}

export interface MapRunStarted {
  readonly kind: 'mapRunStarted';
  readonly frame: string;
  readonly state: string;
  readonly mapRunArn: string;
  /** 0 means as many as may be. */
  readonly maxConcurrency: number;
  readonly toleratedCount?: number;
  readonly toleratedPercentage?: number;
}

export interface StartTask {
  readonly kind: 'startTask';
  readonly task: TaskRef;
  readonly state: string;
  readonly resource: Resource;
  /** What `Parameters` or `Arguments` made, or the state's input. */
  readonly arguments: Json;
  /** Their text, where that is one that was sent. */
  readonly argumentsText?: string;
  readonly credentials?: Json;
  /** For `.waitForTaskToken`: what SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat name the task by. */
  readonly taskToken?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

export interface SetTimer {
  readonly kind: 'setTimer';
  readonly timer: TimerRef;
  /** Milliseconds since the epoch; the `timer` event brings it back as `due`. Setting a timer again moves it. */
  readonly at: number;
  /** Wait-until follows the wall clock; timeouts, backoffs and lengths of time the monotonic one. */
  readonly clock: 'wall' | 'monotonic';
}

/**
 * The items of a distributed Map are to be read, or the results of its children written; answered by `itemsRead`,
 * `resultsWritten` or `objectStoreFailed`. The results are the `result` frames below `frame`.
 */
export interface ObjectStoreCall {
  readonly kind: 'readItems' | 'writeResults';
  /** The control record of the Map. */
  readonly frame: string;
  readonly resource?: string;
  /** `Parameters` or `Arguments`. */
  readonly parameters?: Json;
  /** `ReaderConfig` or `WriterConfig`. */
  readonly configuration?: Json;
}

export interface StartChild {
  readonly kind: 'startChild';
  /** Identifies the child execution; its `childSucceeded` or `childFailed` names it. */
  readonly frame: string;
  /** The control record of its map run. */
  readonly map: string;
  readonly state: string;
  readonly index: number;
  readonly input: Json;
  readonly executionType: 'STANDARD' | 'EXPRESS';
}

export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };
