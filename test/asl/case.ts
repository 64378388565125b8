import type { DiagnosticCode, EventBody, ExecutionInfo, HistoryEventType, Json } from '../../src/asl/index.ts';
import type { TaskScripts } from './host.ts';

/** A definition that is run, and what comes of it. */
export interface RunCase {
  readonly name: string;
  /** The document and section that the expectation is taken from. */
  readonly proves: string;
  readonly definition: object;
  readonly input?: Json;
  readonly tasks?: TaskScripts;
  readonly events?: readonly { readonly at: number; readonly event: EventBody }[];
  readonly info?: Partial<ExecutionInfo>;
  /** Whether the arguments of tasks are checked by AWS's API shapes. */
  readonly checksTasks?: boolean;
  readonly output?: Json;
  /** The execution's end when it is not success. */
  readonly status?: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  /** A part of the cause. */
  readonly cause?: string;
  /** The types of all history events in their order. */
  readonly history?: readonly HistoryEventType[];
  /** Members that the first event of each type has. */
  readonly details?: Readonly<Record<string, object>>;
  /** The arguments that each task was started with, in order. */
  readonly calls?: readonly Json[];
  /** Seconds from start to end. */
  readonly seconds?: number;
}

/** A definition that is refused, or accepted with warnings, and where. */
export interface CheckCase {
  readonly name: string;
  readonly proves: string;
  readonly definition: object | string;
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly objectStore?: boolean;
  /** Whether what tasks call and are given is checked by AWS's API shapes. */
  readonly checksTasks?: boolean;
  /** Empty: it is valid. */
  readonly finds: readonly { readonly code: DiagnosticCode; readonly at?: string; readonly message?: string }[];
}

export type Case = RunCase | CheckCase;

/** A state machine of the states given, which starts with the first. */
export function machine(states: Readonly<Record<string, object>>, top: object = {}): object {
  return { StartAt: Object.keys(states)[0] ?? '', ...top, States: states };
}

/** The same in the JSONata query language. */
export function jsonata(states: Readonly<Record<string, object>>, top: object = {}): object {
  return machine(states, { QueryLanguage: 'JSONata', ...top });
}

export const job = 'arn:aws:states:::batch:submitJob.sync';
export const publish = 'arn:aws:states:::sns:publish';

/** One Task state that ends the machine. */
export function task(fields: object = {}): object {
  return { Type: 'Task', Resource: job, End: true, ...fields };
}

/** A run of one Pass state with these Parameters. */
export function parameters(name: string, proves: string, payload: Json, input: Json, output: Json): RunCase {
  return {
    name,
    proves,
    definition: machine({ P: { Type: 'Pass', Parameters: payload, End: true } }),
    input,
    output,
  };
}

/** A run of one Pass state whose Parameters cannot be made. */
export function parametersFail(
  name: string,
  proves: string,
  payload: Json,
  input: Json,
  error: string,
  cause?: string,
): RunCase {
  const definition = machine({ P: { Type: 'Pass', Parameters: payload, End: true } });
  return { name, proves, definition, input, status: 'FAILED', error, ...(cause === undefined ? {} : { cause }) };
}

/** A run of one JSONata Pass state with this Output. */
export function expression(name: string, proves: string, text: string, input: Json, output: Json): RunCase {
  const definition = jsonata({ P: { Type: 'Pass', Output: `{% ${text} %}`, End: true } });
  return { name, proves, definition, input, output };
}

export function expressionFails(name: string, proves: string, text: string, input: Json, cause: string): RunCase {
  const definition = jsonata({ P: { Type: 'Pass', Output: `{% ${text} %}`, End: true } });
  return { name, proves, definition, input, status: 'FAILED', error: 'States.QueryEvaluationError', cause };
}
