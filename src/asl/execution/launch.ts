import type { Machine, MapState } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { concurrencyOf, failState, goOn, hasRoom, recordIteration } from './children.ts';
import type { StartChild } from './effects.ts';
import { inContext, recordEvaluationFailed } from './failing.ts';
import { childInput, selectItem } from './item-input.ts';
import { startFlow } from './parallel.ts';
import { type ChildFrame, childId, type FlowFrame, type MapFrame, recordVersion } from './records.ts';
import type { Surroundings } from './surroundings.ts';
import { BrokenExecution, type Turn } from './turn.ts';
import { parentOf } from './view.ts';

/** Launches the next iteration, or child execution, of a Map that may have one more. */
export async function launchChild(turn: Turn, id: string): Promise<void> {
  const map = turn.control(id);
  if (map?.kind !== 'map' || map.stopping || map.reviving !== undefined) return;
  if (map.taken >= map.total || !hasRoom(map)) return;
  const flow = turn.flow(map.parent);
  if (!flow) throw new BrokenExecution(`the flow of ${id} is gone`);
  const state = turn.state(map.state);
  if (state.type !== 'Map') throw new BrokenExecution(`'${map.state}' is no Map state`);
  const launch = map.mode === 'INLINE' ? launchIteration : launchExecution;
  await withinMap(turn, map, flow, () => launch(turn, map, flow, state));
}

/** Does a launch; a payload of it that fails, fails the Map state itself, not an iteration. */
export async function withinMap(
  turn: Turn,
  map: MapFrame,
  flow: FlowFrame,
  launch: () => Promise<void>,
): Promise<void> {
  try {
    await launch();
  } catch (fault) {
    if (!(fault instanceof StateError)) throw fault;
    failLaunch(turn, map, flow, fault);
  }
}

function failLaunch(turn: Turn, map: MapFrame, flow: FlowFrame, fault: StateError): void {
  const failure = { ...fault.failure, cause: inContext(flow, fault.failure.cause) };
  let { previousEvent } = map;
  if (failure.error === stateErrors.queryEvaluationError) {
    previousEvent = recordEvaluationFailed(turn, flow, turn.state(map.state), failure, fault.location);
  }
  failState(turn, { ...map, previousEvent }, failure);
}

async function launchIteration(turn: Turn, map: MapFrame, flow: FlowFrame, state: MapState): Promise<void> {
  const index = map.launched;
  const occasion = { at: turn.at, seed: `${turn.event.seed}:${flow.entry}.${flow.attempt}:${index}` };
  const input = await selectItem(turn, map, flow, state, occasion, index);
  const counted = turn.put({ ...map, launched: index + 1, taken: map.taken + 1, active: map.active + 1 });
  // Entered only after its start is recorded: the iteration's own events follow that one.
  const iteration = startFlow(turn, {
    control: map.id,
    index,
    startAt: state.startAt,
    input,
    previousEvent: startsAfter(map, flow),
  });
  turn.put({ ...iteration, previousEvent: recordIteration(turn, 'Started', iteration) });
  goOn(turn, counted);
}

/**
 * What the start of an iteration follows: the start of the state, or, where it had to wait for another to end, what that one
 * did last.
 */
function startsAfter(map: MapFrame, flow: FlowFrame): number {
  return map.launched < concurrencyOf(map) ? flow.previousEvent : (map.lastInside ?? flow.previousEvent);
}

/** Launches a child execution for the next items, or launches again the one for `again`. */
export async function launchExecution(
  turn: Turn,
  map: MapFrame,
  flow: FlowFrame,
  state: MapState,
  again?: { readonly index: number; readonly from: number; readonly items: number },
): Promise<void> {
  const index = again?.index ?? map.launched;
  const from = again?.from ?? map.taken;
  const occasion = { at: turn.at, seed: `${turn.event.seed}:${flow.entry}.${flow.attempt}:${index}` };
  const { input, items } = await childInput(turn, map, flow, state, occasion, from, again?.items);
  const child = turn.put({
    v: recordVersion,
    kind: 'child',
    id: childId(map.id, index),
    index,
    from,
    items,
    ...occasion,
  });
  const counts = again ? {} : { launched: index + 1, taken: from + items };
  const counted = turn.put({ ...map, ...counts, active: map.active + 1 });
  turn.effect(startChild(map, state, child, input));
  if (!again) goOn(turn, counted);
}

function startChild(map: MapFrame, state: MapState, child: ChildFrame, input: Json): StartChild {
  const { executionType, name } = state;
  return { kind: 'startChild', frame: child.id, map: map.id, state: name, index: child.index, input, executionType };
}

/** What a child execution was launched to do, worked out again from its record. */
export async function describeChild(machine: Machine, around: Surroundings, child: ChildFrame): Promise<StartChild> {
  const map = around.frame(parentOf(child.id) ?? '');
  const flow = map?.kind === 'map' ? around.frame(map.parent) : undefined;
  const state = map?.kind === 'map' ? machine.states.get(map.state) : undefined;
  if (map?.kind !== 'map' || flow?.kind !== 'flow' || state?.type !== 'Map') {
    throw new BrokenExecution(`the Map of ${child.id} is gone`);
  }
  const { input } = await childInput(around, map, flow, state, child, child.from, child.items);
  return startChild(map, state, child, input);
}
