import type { ParallelState } from '../definition/machine.ts';
import type { Json } from '../json/json.ts';
import { limitedText, shapeInput } from './data.ts';
import { childId, controlId, type FlowFrame, recordVersion } from './records.ts';
import { scopeOf } from './surroundings.ts';
import { sentText } from './text.ts';
import type { Turn } from './turn.ts';

/** Starts all branches of a Parallel state with the same input. */
export async function startParallel(turn: Turn, flow: FlowFrame, state: ParallelState): Promise<void> {
  const seed = `${turn.event.seed}:${flow.entry}.${flow.attempt}:run`;
  const input = await shapeInput(state, scopeOf(turn, flow, { at: turn.at, seed }), turn.inspection);
  limitedText(input, state.name);
  const previousEvent = turn.record('ParallelStateStarted', flow.previousEvent);
  const id = controlId(flow);
  const launched = state.branches.length;
  const common = { v: recordVersion, id, parent: flow.id, state: state.name, previousEvent } as const;
  turn.put({ ...common, kind: 'parallel', launched, active: launched, input });
  turn.put({ ...flow, previousEvent, phase: { kind: 'container', control: id } });
  const inputText = state.arguments ? undefined : sentText(input, { value: flow.input, text: flow.inputText });
  for (const [index, startAt] of state.branches.entries())
    startFlow(turn, { control: id, index, startAt, input, inputText, previousEvent });
}

/** Makes the flow of a branch or iteration, to be entered by this step or one that continues it. */
export function startFlow(turn: Turn, start: FlowStart): FlowFrame {
  const flow = turn.put(newFlow(turn, start));
  turn.later({ kind: 'enter', frame: flow.id });
  return flow;
}

interface FlowStart {
  readonly control: string;
  readonly index: number;
  readonly startAt: string;
  readonly input: Json;
  /** Where the input is as it was sent. */
  readonly inputText?: string | undefined;
  readonly previousEvent: number;
}

function newFlow(turn: Turn, start: FlowStart): FlowFrame {
  return {
    v: recordVersion,
    kind: 'flow',
    id: childId(start.control, start.index),
    parent: start.control,
    index: start.index,
    state: start.startAt,
    entry: turn.newEntry(),
    attempt: 0,
    retries: [],
    input: start.input,
    ...(start.inputText === undefined ? {} : { inputText: start.inputText }),
    variables: {},
    variableBytes: 0,
    previousEvent: start.previousEvent,
    enteredEvent: 0,
    enteredAfter: 0,
    enteredAt: turn.at,
    phase: { kind: 'ready' },
  };
}
