import type { Catcher, Retrier, State } from '../definition/machine.ts';
import { type Failure, matchesError, StateError, stateErrors } from '../errors.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import type { Json } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { flowFailed } from './children.ts';
import { leave } from './complete.ts';
import { applyResultPath, evaluateAssign } from './data.ts';
import { failureDetails } from './history.ts';
import { endExecution } from './outcome.ts';
import { controlId, type FlowFrame } from './records.ts';
import { scopeOf } from './surroundings.ts';
import type { Turn } from './turn.ts';

/** Runs a piece of a state's work; what it throws as `StateError` the state fails with. */
export async function attempt(
  turn: Turn,
  flow: FlowFrame,
  state: State,
  work: () => Promise<void> | void,
): Promise<void> {
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof StateError)) throw fault;
    await failEvaluation(turn, turn.flow(flow.id) ?? flow, state, fault);
  }
}

async function failEvaluation(turn: Turn, flow: FlowFrame, state: State, fault: StateError): Promise<void> {
  const { failure, location } = fault;
  const cause = failure.error === stateErrors.dataLimitExceeded ? failure.cause : inContext(flow, failure.cause);
  let { previousEvent } = flow;
  if (failure.error === stateErrors.queryEvaluationError) {
    const details = { error: failure.error, cause, state: state.name, ...(location === undefined ? {} : { location }) };
    previousEvent = turn.record('EvaluationFailed', previousEvent, { evaluationFailedEventDetails: details });
  }
  if (fault.failed) previousEvent = turn.record(fault.failed, previousEvent, {});
  await fail(turn, { ...flow, previousEvent }, state, { ...failure, cause });
}

/** AWS's words for where a runtime error happened. */
function inContext(flow: FlowFrame, cause: string): string {
  return `An error occurred while executing the state '${flow.state}' (entered at the event id #${flow.enteredEvent}). ${cause}`;
}

/** A state has failed: retry, else catch, else its flow fails. */
export async function fail(turn: Turn, flow: FlowFrame, state: State, failure: Failure): Promise<void> {
  if ('retry' in state) {
    if (retry(turn, flow, state.retry, failure)) return;
    const index = state.catch.findIndex(({ errorEquals }) => matchesError(errorEquals, failure));
    const catcher = state.catch[index];
    if (catcher) {
      if (turn.inspection) turn.inspection.catchIndex = index;
      return handle(turn, flow, state, catcher, failure);
    }
  }
  giveUp(turn, flow, failure);
}

/** Nothing handles the failure: the flow fails, and with the top level the execution. */
function giveUp(turn: Turn, flow: FlowFrame, failure: Failure): void {
  if (flow.parent !== undefined) {
    flowFailed(turn, flow, failure);
    return;
  }
  turn.put({ ...flow, phase: { kind: 'failed', failure } });
  endExecution(turn, { status: 'FAILED', ...failureDetails(failure), previousEvent: flow.previousEvent });
}

function retry(turn: Turn, flow: FlowFrame, retriers: readonly Retrier[], failure: Failure): boolean {
  const index = retriers.findIndex(({ errorEquals }) => matchesError(errorEquals, failure));
  const retrier = retriers[index];
  const made = flow.retries[index] ?? 0;
  if (!retrier) return false;
  if (turn.inspection) turn.inspection.retryIndex = index;
  if (made >= retrier.maxAttempts) return false;
  const random = new SeededRandom(`${turn.event.seed}:${flow.entry}.${flow.attempt}:jitter`);
  const delay = retryDelay(retrier, made, random);
  if (turn.inspection) turn.inspection.retryBackoffIntervalSeconds = delay;
  const until = turn.at + Math.round(delay * 1000);
  dropChildren(turn, flow);
  const retries = retriers.map((_, i) => (flow.retries[i] ?? 0) + (i === index ? 1 : 0));
  const next = turn.put({ ...flow, attempt: flow.attempt + 1, retries, phase: { kind: 'backoff', until } });
  const timer = { frame: next.id, entry: next.entry, attempt: next.attempt, purpose: 'retry' } as const;
  turn.effect({ kind: 'setTimer', timer, at: until, clock: 'monotonic' });
  return true;
}

/** Seconds before the retry that follows `made` earlier ones: interval x rate^made, limited, then jittered. */
export function retryDelay(retrier: Retrier, made: number, random: SeededRandom): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** made;
  const delay = Math.min(grown, retrier.maxDelaySeconds ?? 31_622_400);
  return retrier.jitter === 'FULL' ? delay * random.fraction() : delay;
}

async function handle(turn: Turn, flow: FlowFrame, state: State, catcher: Catcher, failure: Failure): Promise<void> {
  dropChildren(turn, flow);
  const errorOutput: Json = { Error: failure.error, Cause: failure.cause };
  const seed = `${turn.event.seed}:${flow.entry}.${flow.attempt}:catch`;
  const scope = scopeOf(turn, flow, { at: turn.at, seed, data: errorOutput, errorOutput });
  try {
    const output = catcher.output
      ? await evaluateTemplate(catcher.output, scope)
      : applyResultPath(flow.input, catcher.resultPath, errorOutput);
    const assigned = await evaluateAssign(catcher.assign, scope);
    leave(turn, flow, state, { output, assigned, next: catcher.next });
  } catch (fault) {
    if (!(fault instanceof StateError)) throw fault;
    giveUp(turn, flow, { ...fault.failure, cause: inContext(flow, fault.failure.cause) });
  }
}

/** What a Parallel or Map state ran before it failed is of no more use once the failure is handled. */
function dropChildren(turn: Turn, flow: FlowFrame): void {
  if (turn.control(controlId(flow))) turn.delete(controlId(flow));
}
