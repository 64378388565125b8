import type { Assignments, State, Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { limits } from '../limits.ts';
import { flowSucceeded } from './children.ts';
import { type AssignedValue, evaluateAssign, shapeOutput } from './data.ts';
import { type HistoryDetails, whole } from './history.ts';
import { succeedExecution } from './outcome.ts';
import type { FlowFrame } from './records.ts';
import { outerFlow, scopeOf } from './surroundings.ts';
import { payloadText, type Sent, sentText } from './text.ts';
import type { Turn } from './turn.ts';

/** What a state ends with. */
export interface Completion {
  /** What its work gave; for a state without work its input after `InputPath`. */
  readonly result: Json;
  /** The text of the result, where that is one that was sent. */
  readonly text?: string | undefined;
  /** Where the flow goes; default the state's `next`. */
  readonly next?: string | undefined;
  /** A choice rule's own fields take the place of the state's. */
  readonly assign?: Assignments | undefined;
  readonly output?: Template | undefined;
}

/** Ends a state that did its work: shapes its output, sets its variables, and goes on. Throws `StateError`. */
export async function complete(turn: Turn, flow: FlowFrame, state: State, completion: Completion): Promise<void> {
  const { result } = completion;
  const hasResult = state.type === 'Task' || state.type === 'Parallel' || state.type === 'Map';
  const scope = scopeOf(turn, flow, {
    at: turn.at,
    seed: `${turn.event.seed}:${flow.entry}.${flow.attempt}:complete`,
    ...(hasResult ? { result } : {}),
  });
  const dataFlow = completion.output ? { ...state, output: completion.output } : state;
  const output = await shapeOutput(dataFlow, state.queryLanguage, scope, result, turn.inspection);
  const assigned = await evaluateAssign(completion.assign ?? state.assign, { ...scope, data: result });
  const text = dataFlow.output ? undefined : sentText(output, { value: result, text: completion.text }, inputOf(flow));
  leave(turn, flow, state, { output, text, assigned, next: 'next' in completion ? completion.next : state.next });
}

/** A flow's input, which a state may hand on as it was sent. */
export function inputOf({ input, inputText }: FlowFrame): Sent {
  return { value: input, text: inputText };
}

/** How a state is left: with its output and variables, for the next state or the end of the flow. */
export interface Departure {
  readonly output: Json;
  /** The text of the output, where that is one that was sent. */
  readonly text: string | undefined;
  readonly assigned: ReadonlyMap<string, AssignedValue>;
  readonly next: string | undefined;
}

export function leave(turn: Turn, flow: FlowFrame, state: State, departure: Departure): void {
  const { output, text, assigned, next } = departure;
  const sent = { value: output, text };
  const outputText = payloadText(sent, state.name);
  const variables = setVariables(turn, flow, assigned);
  if (turn.inspection) {
    const led = next === undefined ? {} : { next };
    Object.assign(turn.inspection, { output, variables: variables.variables, ...led });
  }
  const details = exitDetails(state.name, outputText, assigned);
  const previousEvent = turn.record(`${state.type}StateExited` as 'PassStateExited', flow.previousEvent, details);
  if (next !== undefined) {
    enterNext(turn, { ...flow, ...variables, previousEvent }, next, sent);
    return;
  }
  if (flow.parent !== undefined) flowSucceeded(turn, { ...flow, previousEvent }, sent);
  else succeedExecution(turn, sent, previousEvent);
}

function enterNext(turn: Turn, { inputText: _before, ...flow }: FlowFrame, state: string, { value, text }: Sent): void {
  const entry = turn.newEntry();
  const input = { input: value, ...(text === undefined ? {} : { inputText: text }) };
  turn.put({ ...flow, state, entry, attempt: 0, retries: [], ...input, enteredEvent: 0, phase: { kind: 'ready' } });
  turn.later({ kind: 'enter', frame: flow.id });
}

function exitDetails(name: string, output: string, assigned: Departure['assigned']): HistoryDetails {
  const details = { name, output, outputDetails: whole };
  if (assigned.size === 0) return { stateExitedEventDetails: details };
  const assignedVariables = Object.fromEntries([...assigned].map(([variable, { text }]) => [variable, text]));
  return { stateExitedEventDetails: { ...details, assignedVariables, assignedVariablesDetails: whole } };
}

function setVariables(
  turn: Turn,
  flow: FlowFrame,
  assigned: Departure['assigned'],
): Pick<FlowFrame, 'variables' | 'variableBytes'> {
  if (assigned.size === 0) return { variables: flow.variables, variableBytes: flow.variableBytes };
  const variables = { ...flow.variables };
  let variableBytes = flow.variableBytes;
  for (const [name, { value, bytes }] of assigned) {
    const before = variables[name];
    if (before !== undefined) variableBytes -= Buffer.byteLength(JSON.stringify(before));
    variables[name] = value;
    variableBytes += bytes;
  }
  if (variableBytes + outerBytes(turn, flow) > limits.allVariablesBytes) {
    throw new StateError(
      stateErrors.dataLimitExceeded,
      'The variables exceed the maximum number of bytes service limit.',
    );
  }
  return { variables, variableBytes };
}

function outerBytes(turn: Turn, flow: FlowFrame): number {
  let bytes = 0;
  for (let outer = outerFlow(turn, flow); outer; outer = outerFlow(turn, outer)) bytes += outer.variableBytes;
  return bytes;
}
