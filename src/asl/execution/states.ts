import { parseTimestamp } from '../choice/timestamp.ts';
import type {
  ChoiceState,
  FailState,
  PassState,
  State,
  StateType,
  SucceedState,
  Template,
  WaitState,
} from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { firstThatHolds } from '../evaluate/choice.ts';
import type { Condition } from '../evaluate/evaluation.ts';
import type { StateScope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { badReference, wrongType } from '../evaluate/wrong-type.ts';
import { limits } from '../limits.ts';
import { complete } from './complete.ts';
import { selectInput, shapeInput } from './data.ts';
import { fail } from './failing.ts';
import { startMap } from './map.ts';
import { evaluateNumber } from './numbers.ts';
import { startParallel } from './parallel.ts';
import type { FlowFrame } from './records.ts';
import { scopeOf } from './surroundings.ts';
import { scheduleTask, taskRef } from './tasks.ts';
import type { Turn } from './turn.ts';

type Runner<S extends State> = (turn: Turn, flow: FlowFrame, state: S) => Promise<void>;

const runners: { readonly [Type in StateType]: Runner<State & { type: Type }> } = {
  Pass: runPass,
  Task: scheduleTask,
  Choice: runChoice,
  Wait: runWait,
  Succeed: runSucceed,
  Fail: runFail,
  Parallel: startParallel,
  Map: startMap,
};

/** Does the work of the state that a flow is in, as far as it goes without waiting. Throws `StateError`. */
export function runState(turn: Turn, flow: FlowFrame, state: State): Promise<void> {
  const run = runners[state.type] as Runner<State>;
  return run(turn, flow, state);
}

function stateScope(turn: Turn, flow: FlowFrame): StateScope {
  return scopeOf(turn, flow, { at: turn.at, seed: `${turn.event.seed}:${flow.entry}.${flow.attempt}:run` });
}

async function runPass(turn: Turn, flow: FlowFrame, state: PassState): Promise<void> {
  const input = await shapeInput(state, stateScope(turn, flow), turn.inspection);
  await complete(turn, flow, state, { result: state.result === undefined ? input : state.result });
}

async function runChoice(turn: Turn, flow: FlowFrame, state: ChoiceState): Promise<void> {
  const scope = stateScope(turn, flow);
  const input = await selectInput(state, scope, turn.inspection);
  const index = await firstThatHolds(conditionsOf(state), { ...scope, data: input });
  const choice = index === undefined ? undefined : state.choices[index];
  if (choice) {
    const { next, output } = choice;
    return complete(turn, flow, state, { result: input, next, assign: choice.assign ?? [], output });
  }
  if (state.default !== undefined) return complete(turn, flow, state, { result: input, next: state.default });
  const cause = 'Failed to transition out of the state. The state has no Default, and no choice rule matched.';
  throw new StateError(stateErrors.noChoiceMatched, cause);
}

const conditions = new WeakMap<ChoiceState, readonly Condition[]>();

function conditionsOf(state: ChoiceState): readonly Condition[] {
  const known = conditions.get(state) ?? state.choices.map(({ when }) => when);
  conditions.set(state, known);
  return known;
}

async function runWait(turn: Turn, flow: FlowFrame, state: WaitState): Promise<void> {
  const scope = stateScope(turn, flow);
  const input = await selectInput(state, scope, turn.inspection);
  const until = await waitUntil(turn, state, { ...scope, data: input });
  if (until <= turn.at) return complete(turn, flow, state, { result: input });
  const wall = state.until.kind === 'timestamp';
  turn.put({ ...flow, phase: { kind: 'waiting', until, wall } });
  const timer = { ...taskRef(flow), purpose: 'wait' } as const;
  turn.effect({ kind: 'setTimer', timer, at: until, clock: wall ? 'wall' : 'monotonic' });
}

async function waitUntil(turn: Turn, state: WaitState, scope: StateScope): Promise<number> {
  const { kind, value: template } = state.until;
  if (kind === 'seconds') {
    return turn.at + (await evaluateNumber(template, scope, { least: 0, most: limits.longestSeconds })) * 1000;
  }
  const value = await evaluateTemplate(template, scope);
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (time !== undefined) return withinReach(turn.at, time);
  if (template.kind === 'jsonata' && typeof value !== 'string') throw wrongType(template, 'string', value);
  const cause = badReference(template, 'ISO-8601 extended offset date-time format string', value);
  throw new StateError(template.kind === 'jsonata' ? stateErrors.queryEvaluationError : stateErrors.runtime, cause);
}

/** A time to wait until, cut off at its second. AWS counts the seconds until then in 32 bits, which is 24,855 days. */
function withinReach(now: number, time: number): number {
  const until = Math.floor(time / 1000) * 1000;
  if (until - now <= limits.longestDelayMilliseconds) return until;
  throw new StateError(stateErrors.runtime, 'Wait state delay is too long.');
}

/** A Wait whose time has come. */
export async function waitOver(turn: Turn, flow: FlowFrame, state: WaitState): Promise<void> {
  const input = await selectInput(state, stateScope(turn, flow));
  await complete(turn, turn.put({ ...flow, phase: { kind: 'ready' } }), state, { result: input });
}

async function runSucceed(turn: Turn, flow: FlowFrame, state: SucceedState): Promise<void> {
  const result = await selectInput(state, stateScope(turn, flow), turn.inspection);
  await complete(turn, flow, state, { result });
}

async function runFail(turn: Turn, flow: FlowFrame, state: FailState): Promise<void> {
  const scope = stateScope(turn, flow);
  if (turn.inspection) turn.inspection.afterInputPath = flow.input;
  const error = await failText(state.error, scope);
  const cause = await failText(state.cause, scope);
  await fail(turn, flow, state, {
    error: error.slice(0, limits.errorLength),
    cause: cause.slice(0, limits.causeLength),
  });
}

async function failText(template: Template | undefined, scope: StateScope): Promise<string> {
  if (!template) return '';
  const value = await evaluateTemplate(template, scope);
  if (typeof value === 'string') return value;
  throw wrongType(template, 'string', value);
}
