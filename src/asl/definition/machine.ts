import type { IntrinsicNode } from '../intrinsics/parse.ts';
import type { Json } from '../json/json.ts';
import type { Expression } from '../jsonata/written.ts';
import type { Path, ReferenceStep } from '../path/path.ts';
import type { ChoiceRule } from './choice-rule.ts';
import type { Resource } from './resource.ts';

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A payload with its expressions parsed. `field` names an expression's place in the state, for messages. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Template])[] }
  | { readonly kind: 'array'; readonly items: readonly Template[] }
  | { readonly kind: 'path'; readonly path: Path; readonly field: string }
  /** What `InputPath` or `OutputPath` selects. */
  | { readonly kind: 'selected'; readonly path: Path }
  | { readonly kind: 'intrinsic'; readonly node: IntrinsicNode & { kind: 'call' }; readonly field: string }
  | { readonly kind: 'jsonata'; readonly expression: Expression; readonly field: string };

/** Variables that a state, rule or catcher sets, by name. */
export type Assignments = readonly (readonly [string, Template])[];

/** Where a result goes: a place in the raw input, the whole of it (no steps), or nowhere (null). */
export type ResultPath = readonly ReferenceStep[] | null;

/** What selects data; null selects an empty object, absence everything. */
export type SelectingPath = (Template & { readonly kind: 'selected' }) | null | undefined;

/** Fields that shape what goes in and out. Those of the state's other query language are absent. */
export interface DataFlow {
  readonly inputPath?: SelectingPath;
  readonly parameters?: Template | undefined;
  readonly resultSelector?: Template | undefined;
  readonly resultPath?: ResultPath | undefined;
  readonly outputPath?: SelectingPath;
  readonly arguments?: Template | undefined;
  readonly output?: Template | undefined;
  readonly assign?: Assignments | undefined;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  /** Seconds before the first retry, at least 1. */
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds?: number | undefined;
  readonly jitter: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly resultPath?: ResultPath | undefined;
  readonly output?: Template | undefined;
  readonly assign?: Assignments | undefined;
}

interface StateCommon extends DataFlow {
  readonly name: string;
  readonly queryLanguage: QueryLanguage;
  /** The next state; undefined where the state ends its flow. */
  readonly next?: string | undefined;
}

interface Recovering {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface PassState extends StateCommon {
  readonly type: 'Pass';
  readonly result?: Json | undefined;
}

export interface TaskState extends StateCommon, Recovering {
  readonly type: 'Task';
  readonly resource: Resource;
  /** Seconds: a constant, a path or an expression. */
  readonly timeoutSeconds?: Template | undefined;
  readonly heartbeatSeconds?: Template | undefined;
  readonly credentials?: Template | undefined;
}

export interface ChoiceState extends StateCommon {
  readonly type: 'Choice';
  readonly choices: readonly Choice[];
  readonly default?: string | undefined;
}

/** A rule of a Choice state with what it does when it applies. */
export interface Choice {
  readonly when: ChoiceRule | (Template & { readonly kind: 'jsonata' });
  readonly next: string;
  readonly assign?: Assignments | undefined;
  readonly output?: Template | undefined;
}

export interface WaitState extends StateCommon {
  readonly type: 'Wait';
  readonly until:
    | { readonly kind: 'seconds'; readonly value: Template }
    | { readonly kind: 'timestamp'; readonly value: Template };
}

export interface SucceedState extends StateCommon {
  readonly type: 'Succeed';
}

export interface FailState extends StateCommon {
  readonly type: 'Fail';
  readonly error?: Template | undefined;
  readonly cause?: Template | undefined;
}

export interface ParallelState extends StateCommon, Recovering {
  readonly type: 'Parallel';
  /** The start state of each branch. */
  readonly branches: readonly string[];
}

export interface MapState extends StateCommon, Recovering {
  readonly type: 'Map';
  readonly mode: 'INLINE' | 'DISTRIBUTED';
  /** Type of the child executions of a distributed Map. */
  readonly executionType: 'STANDARD' | 'EXPRESS';
  /** The start state of an iteration. */
  readonly startAt: string;
  /** Path to, or expression for, the items; absent means the whole effective input. */
  readonly items?: Template | undefined;
  readonly itemSelector?: Template | undefined;
  readonly maxConcurrency?: Template | undefined;
  readonly batcher?: ItemBatcher | undefined;
  readonly toleratedFailureCount?: Template | undefined;
  readonly toleratedFailurePercentage?: Template | undefined;
  readonly label?: string | undefined;
  readonly itemReader?: ItemSource | undefined;
  readonly resultWriter?: ItemSource | undefined;
}

/** `ItemReader` or `ResultWriter`: what the host does with an object store. */
export interface ItemSource {
  readonly resource?: string | undefined;
  readonly configuration?: Template | undefined;
  readonly parameters?: Template | undefined;
}

export interface ItemBatcher {
  readonly maxItems?: Template | undefined;
  readonly maxBytes?: Template | undefined;
  readonly batchInput?: Template | undefined;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State['type'];

/** A definition that passed validation, compiled: paths, rules and payloads are parsed, states are found by name. */
export interface Machine {
  readonly startAt: string;
  readonly queryLanguage: QueryLanguage;
  /** Seconds that an execution may take. */
  readonly timeoutSeconds?: number | undefined;
  readonly comment?: string | undefined;
  /** All states, nested ones too: names are unique in the whole state machine. */
  readonly states: ReadonlyMap<string, State>;
}
