import type { Machine, State } from './definition/machine.ts';
import type { Failure } from './errors.ts';
import type { Evaluator } from './evaluate/evaluation.ts';
import { complete } from './execution/complete.ts';
import type { Inspection } from './execution/data.ts';
import { attempt, fail } from './execution/failing.ts';
import { inspectIterations } from './execution/inspect-iterations.ts';
import { itemsRead } from './execution/object-store.ts';
import {
  type ExecutionHeader,
  type ExecutionInfo,
  type FlowFrame,
  recordVersion,
  rootFrame,
} from './execution/records.ts';
import { runState } from './execution/states.ts';
import { type ArgumentCheck, Turn } from './execution/turn.ts';
import { MemoryExecution } from './execution/view.ts';
import type { Json, JsonObject } from './json/json.ts';

/** What TestState is asked to try. */
export interface StateTest {
  readonly state: State;
  readonly input: Json;
  readonly variables?: Readonly<Record<string, Json>>;
  /** Members that stand in for those of the context object. */
  readonly context?: JsonObject;
  /** The result or failure of the task, or of the whole Parallel or Map. Without it those states cannot be finished. */
  readonly mock?: { readonly result: Json } | { readonly failure: Failure };
  /** Reads what a Map's `ItemReader` would, by its evaluated configuration. Throws `StateError`. Default: it reads nothing. */
  readonly readItems?: (configuration: Json | undefined) => ReadItems;
  /** How many retries each retrier has made. Default 0. */
  readonly retriesMade?: number;
  readonly info: ExecutionInfo;
  readonly at: number;
  readonly seed: string;
  /** Performs what could take long. */
  readonly evaluator: Evaluator;
  /** What is wrong with a task's arguments. */
  readonly checkArguments: ArgumentCheck;
}

/** What an `ItemReader` gave. */
export interface ReadItems {
  readonly items: readonly Json[];
  /** The part of the data that an `ItemsPointer` named. */
  readonly pointed?: Json;
}

/** What came of it. `WAITING`: the state waits for a task or children, and no mock was given. */
export interface StateTestResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR' | 'WAITING';
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly nextState?: string;
  readonly inspection: Inspection;
  readonly variables: Readonly<Record<string, Json>>;
  /** Of a task that is waited for. */
  readonly credentials?: Json;
}

/** Runs one state alone, as TestState does, and shows its data on the way. Waits are not waited for. */
export async function testState(test: StateTest): Promise<StateTestResult> {
  const turn = prepare(test);
  const flow = turn.put(flowOf(test));
  await attempt(turn, flow, test.state, async () => {
    await runState(turn, flow, test.state);
    await inspectMap(turn, test);
  });
  await applyMock(turn, test);
  return report(turn, test);
}

function prepare({ state, info, at, seed, context, evaluator, checkArguments }: StateTest): Turn {
  const machine: Machine = {
    startAt: state.name,
    queryLanguage: state.queryLanguage,
    states: new Map([[state.name, state]]),
  };
  const header: ExecutionHeader = {
    v: recordVersion,
    status: 'RUNNING',
    startedAt: at,
    nextEventId: 2,
    nextEntry: 2,
    redriveCount: 0,
    pending: [],
  };
  const options = { evaluator, checkArguments };
  const turn = new Turn(machine, new MemoryExecution(info), header, { type: 'start', at, seed }, options);
  turn.inspection = {};
  turn.givenContext = context;
  return turn;
}

function flowOf({ state, input, variables = {}, retriesMade = 0, at }: StateTest): FlowFrame {
  return {
    v: recordVersion,
    kind: 'flow',
    id: rootFrame,
    index: 0,
    state: state.name,
    entry: 1,
    attempt: 0,
    retries: 'retry' in state ? state.retry.map(() => retriesMade) : [],
    input,
    variables,
    variableBytes: 0,
    previousEvent: 1,
    enteredEvent: 1,
    enteredAfter: 0,
    enteredAt: at,
    phase: { kind: 'ready' },
  };
}

/** Shows what the iterations of a Map would get. */
async function inspectMap(turn: Turn, { state, readItems }: StateTest): Promise<void> {
  const flow = turn.flow(rootFrame);
  if (state.type !== 'Map' || flow?.phase.kind !== 'container') return;
  const map = turn.control(flow.phase.control);
  if (map?.kind === 'map' && map.call && readItems) {
    const { items, pointed } = readItems(map.call.configuration);
    Object.assign(turn.inspection ?? {}, {
      afterItemsPath: items,
      ...(pointed === undefined ? {} : { afterItemsPointer: pointed }),
    });
    itemsRead(turn, map.id, items);
  }
  await inspectIterations(turn, flow, state, flow.phase.control);
}

/** Ends what a state waits for with the mock; a Wait state's time passes at once. */
async function applyMock(turn: Turn, { state, mock }: StateTest): Promise<void> {
  const flow = turn.flow(rootFrame);
  if (!flow) return;
  const { kind } = flow.phase;
  const ready: FlowFrame = { ...flow, phase: { kind: 'ready' } };
  if (kind === 'waiting')
    return attempt(turn, ready, state, () => complete(turn, ready, state, { result: flow.input }));
  if ((kind !== 'task' && kind !== 'container') || !mock) return;
  if (flow.phase.kind === 'container') turn.delete(flow.phase.control);
  await attempt(turn, ready, state, () =>
    'failure' in mock ? fail(turn, ready, state, mock.failure) : complete(turn, ready, state, { result: mock.result }),
  );
}

function report(turn: Turn, { variables: before = {} }: StateTest): StateTestResult {
  const { output, next, variables = before, ...inspection } = turn.inspection ?? {};
  const flow = turn.flow(rootFrame);
  const { error, cause, status } = turn.header;
  const reason = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  if (status === 'FAILED') return { status: 'FAILED', ...reason, inspection, variables };
  if (flow?.phase.kind === 'backoff') return { status: 'RETRIABLE', inspection, variables };
  if (output === undefined) {
    const task = turn.effects.find((effect) => effect.kind === 'startTask');
    const as = task?.credentials === undefined ? {} : { credentials: task.credentials };
    return { status: 'WAITING', inspection, variables, ...as };
  }
  const more = { output, ...(next === undefined ? {} : { nextState: next }), inspection, variables };
  return { status: inspection.catchIndex === undefined ? 'SUCCEEDED' : 'CAUGHT_ERROR', ...more };
}
