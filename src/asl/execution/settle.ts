import type { ItemSource } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { limits } from '../limits.ts';
import { complete } from './complete.ts';
import { attempt, fail } from './failing.ts';
import { failureDetails } from './history.ts';
import { itemsOf } from './item-input.ts';
import { withinMap } from './launch.ts';
import { callObjectStore } from './object-store.ts';
import { type ControlFrame, childId, type FlowFrame, type MapFrame, type ResultFrame } from './records.ts';
import { scopeOf } from './surroundings.ts';
import type { Sent } from './text.ts';
import { BrokenExecution, type Turn } from './turn.ts';

/** A Parallel or Map state with no child left to wait for: it has succeeded, failed, or been stopped. */
export async function settle(turn: Turn, id: string): Promise<void> {
  const control = turn.control(id);
  if (!control || control.reviving !== undefined) return;
  const flow = turn.flow(control.parent);
  if (!flow) throw new BrokenExecution(`the flow of ${id} is gone`);
  if (!control.stopping) return succeed(turn, control, flow);
  const { failure } = control.stopping;
  if (!failure) return recordAborted(turn, control);
  const state = turn.state(control.state);
  let { previousEvent } = control;
  if (control.kind === 'map' && control.mode === 'DISTRIBUTED') {
    previousEvent = turn.record('MapRunFailed', previousEvent, { mapRunFailedEventDetails: failureDetails(failure) });
    turn.effect({ kind: 'mapRunEnded', frame: control.id, status: 'FAILED' });
  }
  const told = control.kind === 'map' ? 'MapStateFailed' : 'ParallelStateFailed';
  await fail(turn, turn.put({ ...flow, previousEvent, phase: { kind: 'ready' } }), state, failure, told);
}

function recordAborted(turn: Turn, control: ControlFrame): void {
  let { previousEvent } = control;
  if (control.kind === 'map' && control.mode === 'DISTRIBUTED') {
    previousEvent = turn.record('MapRunAborted', previousEvent);
    turn.effect({ kind: 'mapRunEnded', frame: control.id, status: 'ABORTED' });
  }
  previousEvent = turn.record(control.kind === 'map' ? 'MapStateAborted' : 'ParallelStateAborted', previousEvent);
  turn.put({ ...control, previousEvent });
}

async function succeed(turn: Turn, control: ControlFrame, flow: FlowFrame): Promise<void> {
  const state = turn.state(control.state);
  if (control.kind === 'map' && state.type === 'Map' && state.resultWriter && control.written === undefined) {
    return writeResults(turn, control, flow, state.resultWriter);
  }
  const done = turn.put({ ...flow, previousEvent: recordSuccess(turn, control, flow), phase: { kind: 'ready' } });
  await attempt(turn, done, state, async () => {
    const written = control.kind === 'map' ? control.written : undefined;
    const { value: result, text } = written === undefined ? gather(turn, control) : { value: written };
    turn.delete(control.id);
    await complete(turn, done, state, { result, text });
  });
}

/**
 * Records that the state succeeded; answers what leaving it follows, as recorded on AWS: the same as that, or, since
 * November 2024, the start of the map run.
 */
function recordSuccess(turn: Turn, control: ControlFrame, flow: FlowFrame): number {
  const { previousEvent } = control;
  if (control.kind === 'map' && control.mode === 'DISTRIBUTED') {
    turn.effect({ kind: 'mapRunEnded', frame: control.id, status: 'SUCCEEDED' });
    turn.record('MapStateSucceeded', turn.record('MapRunSucceeded', previousEvent));
    return flow.previousEvent;
  }
  turn.record(control.kind === 'map' ? 'MapStateSucceeded' : 'ParallelStateSucceeded', previousEvent);
  return previousEvent;
}

async function writeResults(turn: Turn, control: MapFrame, flow: FlowFrame, writer: ItemSource): Promise<void> {
  if (control.call) return;
  const seed = `${turn.event.seed}:${flow.entry}.${flow.attempt}:write`;
  const scope = scopeOf(turn, flow, { at: turn.at, seed, data: itemsOf(turn, control.id).input });
  await withinMap(turn, control, flow, () => callObjectStore(turn, control, 'writeResults', writer, scope));
}

/**
 * The results of all children in their order; those of failures that were tolerated are left out. AWS puts the texts of a
 * Parallel state's branches together as they are; the result of a Map is written anew.
 */
function gather(turn: Turn, control: ControlFrame): Sent {
  const results: Json[] = [];
  const sent: ResultFrame[] = [];
  let characters = 2;
  for (let index = 0; index < control.launched; index += 1) {
    const frame = turn.frame(childId(control.id, index));
    if (frame?.kind !== 'result') throw new BrokenExecution(`child ${index} of ${control.id} has no result`);
    if (frame.output === undefined) continue;
    characters += JSON.stringify(frame.output).length + 1;
    if (characters > limits.payloadBytes + 1) throw tooLarge(control);
    results.push(frame.output);
    sent.push(frame);
  }
  if (control.kind === 'map' || sent.every(({ text }) => text === undefined)) return { value: results };
  return { value: results, text: `[${sent.map(({ text, output }) => text ?? JSON.stringify(output)).join(',')}]` };
}

function tooLarge(control: ControlFrame): StateError {
  return new StateError(
    stateErrors.dataLimitExceeded,
    `The state/task '${control.state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
