import type { Failure } from '../errors.ts';
import type { Json } from '../json/json.ts';
import type { ObjectStoreCall } from './effects.ts';
import type { ChildFailure } from './events.ts';

/** The version that every stored record begins with. */
export const recordVersion = 1;

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What never changes during an execution; the host keeps it with the execution and hands it to every step. */
export interface ExecutionInfo {
  /** The execution's ARN: `$$.Execution.Id`. */
  readonly id: string;
  readonly name: string;
  /** Null where a state is tested without one. */
  readonly roleArn: string | null;
  readonly stateMachineId: string;
  readonly stateMachineName: string;
  readonly region: string;
  readonly input: Json;
  /** The text that the input was sent as, where the input would be written otherwise (`verbatim`). */
  readonly inputText?: string;
  /** Standard executions end when their history is full; Express ones have no such limit. Default `STANDARD`. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  /** Whether it can be redriven. Default true; the context object of what cannot, a tested state too, counts no redrives. */
  readonly isRedrivable?: boolean;
  /** For a child execution of a distributed Map: the Map state whose processor it runs, and its `Map.Item`. */
  readonly processorOf?: string;
  readonly mapItem?: MapItem;
}

/** `$$.Map.Item` of an iteration. */
export interface MapItem {
  readonly index: number;
  readonly value: Json;
  /** The member name, when the items are those of an object. */
  readonly key?: string;
}

/** The one record that each step changes: small, whatever the execution carries. */
export interface ExecutionHeader {
  readonly v: typeof recordVersion;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  /** When `TimeoutSeconds` of the state machine strikes. */
  readonly deadline?: number;
  readonly nextEventId: number;
  readonly nextEntry: number;
  readonly redriveCount: number;
  readonly redrivenAt?: number;
  /** Work that the bound on one step left over; a `continue` event takes it up. */
  readonly pending: readonly Work[];
  /** How the execution is about to end, while what it ran is being stopped. */
  readonly ending?: Ending;
  /** Set once the execution has ended well. */
  readonly output?: Json;
  /** Its text, where that is one that was sent. */
  readonly outputText?: string;
  /** Why it ended. AWS tells neither of an execution that took too long. */
  readonly error?: string;
  readonly cause?: string;
}

export interface Ending {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** The event that the last one of the history follows; 0 where the execution is ended from outside. */
  readonly previousEvent: number;
}

/** A piece of work of one step: one transition, or one launched, stopped or gathered child. */
export type Work =
  | { readonly kind: 'enter'; readonly frame: string }
  | { readonly kind: 'rerun'; readonly frame: string }
  | { readonly kind: 'launch'; readonly frame: string }
  | { readonly kind: 'revive'; readonly frame: string }
  | { readonly kind: 'sweep'; readonly frame: string }
  | { readonly kind: 'settle'; readonly frame: string }
  | { readonly kind: 'finish'; readonly frame: string };

/** What a flow is doing in its current state. */
export type Phase =
  | { readonly kind: 'ready' }
  | TaskPhase
  | { readonly kind: 'waiting'; readonly until: number; readonly wall: boolean }
  | { readonly kind: 'backoff'; readonly until: number }
  | { readonly kind: 'container'; readonly control: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'aborted' };

export interface TaskPhase {
  readonly kind: 'task';
  /** When and with what seed the task was scheduled: enough to work out its arguments again after a crash. */
  readonly scheduledAt: number;
  readonly seed: string;
  readonly stage: 'scheduled' | 'started' | 'submitted';
  readonly taskToken?: string;
  /** The role that the state's `Credentials` name: what the task began is stopped as it. */
  readonly roleArn?: string;
  readonly timeoutAt?: number;
  readonly heartbeatAt?: number;
  readonly heartbeatSeconds?: number;
}

/** A thread of control: the top level, a branch of a Parallel state, an iteration of an inline Map. */
export interface FlowFrame {
  readonly v: typeof recordVersion;
  readonly kind: 'flow';
  readonly id: string;
  /** The control record of the Parallel or Map state that it belongs to; absent for the top level. */
  readonly parent?: string;
  readonly index: number;
  readonly state: string;
  /** Identifies this visit to this state within the execution. */
  readonly entry: number;
  /** 0 for the first try of the state, then counts its retries. */
  readonly attempt: number;
  /** Retries made by each retrier during this visit. */
  readonly retries: readonly number[];
  readonly input: Json;
  /** The text that the input was sent as, where the input would be written otherwise. */
  readonly inputText?: string;
  readonly variables: Readonly<Record<string, Json>>;
  /** UTF-8 bytes of the values of `variables`. */
  readonly variableBytes: number;
  readonly previousEvent: number;
  /** The event of entering the current state; 0 until it is entered. */
  readonly enteredEvent: number;
  /** The event that entering the current state followed. */
  readonly enteredAfter: number;
  readonly enteredAt: number;
  readonly phase: Phase;
}

/** A child execution of a distributed Map, while it runs. */
export interface ChildFrame {
  readonly v: typeof recordVersion;
  readonly kind: 'child';
  readonly id: string;
  readonly index: number;
  /** The first item that it processes, and how many: more than one with an ItemBatcher. */
  readonly from: number;
  readonly items: number;
  /** Time and seed of its launch: its input can be worked out again. */
  readonly at: number;
  readonly seed: string;
}

/** What a branch or iteration left behind. */
export interface ResultFrame {
  readonly v: typeof recordVersion;
  readonly kind: 'result';
  readonly id: string;
  readonly index: number;
  readonly from: number;
  readonly items: number;
  readonly output?: Json;
  /** Its text, where that is one that was sent. */
  readonly text?: string;
  readonly failure?: Failure;
  /** How a child execution failed. */
  readonly status?: ChildFailure;
}

/** What controls the children of one visit to a Parallel or Map state. */
interface ControlCommon {
  readonly v: typeof recordVersion;
  readonly id: string;
  /** The flow that is in the state. */
  readonly parent: string;
  readonly state: string;
  /** Children launched so far: their indexes are 0 to this. */
  readonly launched: number;
  readonly active: number;
  /** The event that the state's end follows: of the child that ended last. */
  readonly previousEvent: number;
  /** Set once the state has failed or is being stopped: no child is launched any more, and those that run are stopped. */
  readonly stopping?: { readonly failure?: Failure; readonly swept: number };
  /** Until a redrive has run all children again that did not succeed: the first that it has not looked at. */
  readonly reviving?: number;
}

export interface ParallelFrame extends ControlCommon {
  readonly kind: 'parallel';
  readonly input: Json;
}

export interface MapFrame extends ControlCommon {
  readonly kind: 'map';
  /** The last event inside the iteration that ended last; absent before the first end. */
  readonly lastInside?: number;
  readonly mode: 'INLINE' | 'DISTRIBUTED';
  readonly total: number;
  /** Items that launched children have taken. */
  readonly taken: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly failedItems: number;
  /** 0 means as many as may be. */
  readonly maxConcurrency: number;
  readonly toleratedCount?: number;
  readonly toleratedPercentage?: number;
  readonly mapRunArn?: string;
  /** Set while the host reads its items or writes its results. */
  readonly call?: ObjectStoreCall;
  /** What the host said of the results that it wrote. */
  readonly written?: Json;
  readonly maxBatchItems?: number;
  readonly maxBatchBytes?: number;
}

/** What is large of a Map, written once: its control record is written again whenever a child begins or ends. */
export interface ItemsFrame {
  readonly v: typeof recordVersion;
  readonly kind: 'items';
  readonly id: string;
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
  readonly batchInput?: Json;
  /** The effective input of the Map state, which `ItemSelector` sees as `$`. */
  readonly input: Json;
}

export type ControlFrame = ParallelFrame | MapFrame;
export type Frame = FlowFrame | ControlFrame | ChildFrame | ResultFrame | ItemsFrame;

/** The id of the top-level flow. */
export const rootFrame = '0';

/** The id of the control record of a visit to a Parallel or Map state; each retry has its own. */
export function controlId(flow: FlowFrame): string {
  return `${flow.id}/${flow.entry}.${flow.attempt}`;
}

export function childId(control: string, index: number): string {
  return `${control}/${index}`;
}

export function itemsId(control: string): string {
  return `${control}/items`;
}
